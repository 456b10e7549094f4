/** The outcome of a run: its main figures, as an object and as a few lines. */
import type { CheckResult } from "../../deployment/index.js";
import {
  dataRunsOf,
  hitRatioOf,
  type KeptEndpoint,
  keptEndpoint,
  sampleOf,
  type TestFigures,
  type TrainedPoint,
} from "../../flows/index.js";
import { shellWord } from "../../system/index.js";
import type { Client, RunResult } from "../../workflow/index.js";
import { withFlags } from "../../workflow/terminal/run-text/commands.js";
import { colour, columns, interval } from "../../workflow/terminal/text/format.js";

type Endpoint = KeptEndpoint | { readonly target: "planned"; readonly requests: readonly object[] };

export interface RunOutcome {
  readonly flows: ReadonlyArray<{ readonly flow: string; readonly run: string; readonly seconds: number }>;
  readonly seconds: number;
  readonly rows?: number;
  readonly rejected?: number;
  readonly k?: number;
  /** The grid, best first. */
  readonly ranking?: readonly TrainedPoint[];
  readonly best?: string;
  readonly validationHitRatio?: number;
  readonly testHitRatio?: number;
  readonly baseProtocolTestHitRatio?: number;
  readonly popularityHitRatio?: number;
  readonly randomBetHitRatio?: number;
  /** If the figures rest on little data: what they mean and what to do, one sentence each. */
  readonly remarks: readonly string[];
  readonly check?: CheckResult;
  /** The endpoint, if left running. */
  readonly endpoint?: KeptEndpoint;
  /** For a dry run: the requests that would be sent to AWS, in order. */
  readonly requests?: readonly object[];
}

/** Reads the figures back from the artifacts of the runs. */
export async function runOutcome(
  client: Client,
  results: readonly RunResult[],
  seconds: number,
): Promise<RunOutcome> {
  const reader = (flow: string) => {
    const result = results.find((each) => each.flow === flow);
    return result && client.flow(flow).run(result.run);
  };
  const intermediate = results.find((each) => each.flow === "intermediate");
  const clean = await reader("intermediate")
    ?.task("clean_data")
    .artifact<{ rows: number; rejected: number }>("clean");
  const modeling = reader("modeling");
  const ranking = await modeling?.task("keep_best").artifact<TrainedPoint[]>("ranking");
  const test = await modeling?.task("eval").artifact<TestFigures>("testFigures");
  const check = await reader("deployment")?.task("check").artifact<CheckResult | null>("check");
  // The check may have restarted the endpoint.
  const endpoint = await reader("deployment")?.task("check").artifact<Endpoint>("endpoint");
  const isKept = await reader("deployment")?.task("end").artifact<boolean>("kept");
  // Imported late, so that nothing waits for it.
  const { remarksOn } = await import("../../evaluation/index.js");
  return {
    flows: results.map(({ flow, run, seconds: took }) => ({ flow, run, seconds: took })),
    seconds,
    ...(clean && { rows: clean.rows, rejected: clean.rejected }),
    ...(ranking && { ranking, best: ranking[0]!.name, validationHitRatio: ranking[0]!.hitRatio }),
    ...(test && {
      k: test.k,
      testHitRatio: test.hitRatio,
      baseProtocolTestHitRatio: test.base,
      popularityHitRatio: test.popularity,
      randomBetHitRatio: test.randomBet,
    }),
    remarks: remarksOn({
      test,
      ranking,
      cleaned: clean && { ...clean, run: intermediate!.run },
      sample: modeling && (await sampleOf(await dataRunsOf(client, modeling))),
      kFlag: "--knn-k",
    }),
    check: check ?? undefined,
    endpoint: isKept && endpoint !== undefined && endpoint.target !== "planned" ? kept(endpoint) : undefined,
    requests: endpoint?.target === "planned" ? endpoint.requests : undefined,
  };
}

/**
 * Prints the outcome for people.
 *
 * @param flags added to the commands that it suggests, such as --datastore; "" for none
 */
export function printOutcome(outcome: RunOutcome, report: string | undefined, flags: string): void {
  const lines: string[] = [];
  if (outcome.ranking !== undefined && outcome.k !== undefined) {
    const header = ["", "model", `hit ratio@${outcome.k}`, "95 %", "base protocol", "fit"];
    const rows = outcome.ranking.map((point, place) => [
      place === 0 ? "→" : "",
      point.name,
      hitRatioOf(point),
      interval(point.interval),
      point.base?.hitRatio.toFixed(4) ?? "",
      `${point.fitSeconds.toFixed(1)} s`,
    ]);
    lines.push("", "The grid on the validation part:", columns([header, ...rows]), "");
    lines.push(
      `test         ${outcome.best} hit ratio@${outcome.k} ${figure(outcome.testHitRatio)}`,
      `             popularity ${figure(outcome.popularityHitRatio)} · random bet ${figure(outcome.randomBetHitRatio)}` +
        (outcome.baseProtocolTestHitRatio === undefined
          ? ""
          : ` · nearest tracks by the base protocol ${figure(outcome.baseProtocolTestHitRatio)}`),
    );
  }
  if (outcome.check !== undefined) {
    const { track, answer, latency } = outcome.check;
    lines.push("", `The endpoint, asked what should follow ${colour("bold", track)}:`);
    for (const each of answer.slice(0, 5)) lines.push(`  ${each.track}  ${each.score.toFixed(4)}`);
    lines.push(
      `  checked against the bundle: same tracks, order and scores; p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`,
    );
  }
  if (outcome.remarks.length > 0)
    lines.push("", ...outcome.remarks.map((remark) => `note         ${remark}`));
  if (report !== undefined) lines.push("", `report       ${report}`);
  if (outcome.endpoint !== undefined)
    lines.push(`endpoint     left running: ${keptEndpoint(outcome.endpoint)}`);
  if (lines.length === 0) lines.push("");
  lines.push(`done in ${outcome.seconds.toFixed(1)} s`);
  if (outcome.check !== undefined)
    lines.push(
      `next         ${[`recommend ${shellWord(outcome.check.track)}`, "serve", "studio"].map((verb) => withFlags(`segue ${verb}`, flags)).join(" · ")}`,
    );
  console.log(lines.join("\n"));
}

/** Only what identifies it, of the artifact. */
function kept(endpoint: KeptEndpoint): KeptEndpoint {
  if (endpoint.target === "local") return { target: "local", url: endpoint.url, pid: endpoint.pid };
  return { target: "sagemaker", endpoint: endpoint.endpoint };
}

const figure = (share: number | undefined) => (share === undefined ? "–" : share.toFixed(4));
