/** The report of a deployment run: the data, which model was kept and why, where it hits, and what the endpoint answers. */
import type { CheckResult } from "../../deployment/index.js";
import { type Findings, remarksOn } from "../../evaluation/index.js";
import type { CleanFacts, PrepareFacts } from "../../playlists/index.js";
import { SegueError } from "../../system/index.js";
import { type Card, type Client, drawRun } from "../../workflow/index.js";
import { gridRow, type TrainedPoint } from "../grid/ranking.js";
import type { TestFigures } from "../model/test-model.js";
import { dataRunsOf, orNone, sampleOf } from "./data-runs.js";
import { gridCaption, gridChart, slicesChart } from "./hit-ratio-charts.js";

/** Facts from the runs that a deployment is based on. */
interface FactsOfRuns {
  readonly test: TestFigures;
  /** The counts of cleaning; absent if the intermediate run is gone. */
  readonly cleaned?: Findings["cleaned"];
  /** Which part of the data was used, if not all. */
  readonly sample?: Findings["sample"];
  /** The counts of preparing; absent if the primary run is gone. */
  readonly prepared?: PrepareFacts | undefined;
  /** The distributions of the data, by name, as Vega-Lite specifications; absent if the primary run is gone or has none. */
  readonly pictures?: Readonly<Record<string, object>> | undefined;
  /** SVG pictures of the runs that still exist, in order. */
  readonly runs: readonly string[];
}

export interface ReportFacts extends FactsOfRuns {
  /** The modeling run's ranking, best first. */
  readonly ranking: readonly TrainedPoint[];
  /** What the endpoint answered; null if none was started. */
  readonly check: CheckResult | null;
  /** Whether the deployed model was refitted on all playlists. */
  readonly refit: boolean;
}

/** @throws SegueError if the modeling run is gone */
export async function readReportFacts(client: Client, modelingRun: string): Promise<FactsOfRuns> {
  const modeling = client.flow("modeling").run(modelingRun);
  const test = await modeling.task("eval").artifact<TestFigures>("testFigures");
  // The other runs may have been removed; the report then omits their part.
  const dataRuns = await dataRunsOf(client, modeling);
  const { primary, intermediate } = dataRuns;
  const clean = intermediate && (await orNone(intermediate.artifact<CleanFacts>("clean")));
  const found = [intermediate, primary, modeling].flatMap((run) => (run === undefined ? [] : [run]));
  const runs = await Promise.all(found.map((run) => orNone(drawRun(run))));
  return {
    test,
    cleaned: clean && { ...clean, run: await intermediate!.id() },
    sample: await sampleOf(dataRuns),
    prepared: primary && (await orNone(primary.artifact<PrepareFacts>("prepared"))),
    pictures: primary && (await orNone(primary.artifact<Record<string, object>>("pictures"))),
    runs: runs.filter((picture) => picture !== undefined),
  };
}

/** The distributions that show how hard the task is, with captions. */
const shown = {
  lengths: "Short playlists leave little to go by",
  songs: "Most songs are in a handful of playlists: there is little to learn about them",
  "unknown-next": "No model can name a track that it has never seen: so many targets are out of reach",
  "top-artists": "What is played most",
} as const;

/** @throws SegueError if no model was ranked */
export function drawReport(card: Card, facts: ReportFacts): void {
  const { test, check, prepared, ranking } = facts;
  const best = ranking[0];
  if (best === undefined)
    throw new SegueError("the modeling run ranked no model", { hint: "segue run modeling" });
  card.title("What should play next?");
  card.values([
    { title: `hit ratio@${test.k}, test`, value: test.hitRatio.toFixed(4), note: best.name },
    ...(test.base === undefined
      ? []
      : [{ title: "nearest tracks", value: test.base.toFixed(4), note: "the base protocol" }]),
    { title: "popularity", value: test.popularity.toFixed(4) },
    { title: "random bet", value: test.randomBet.toFixed(4) },
    ...(check === null
      ? []
      : [
          {
            title: "endpoint p50",
            value: `${check.latency.p50.toFixed(1)} ms`,
            note: `p99 ${check.latency.p99.toFixed(1)} ms`,
          },
        ]),
  ]);
  card.markdown(inWords(test, best));
  const remarks = remarksOn({
    test,
    ranking,
    cleaned: facts.cleaned,
    sample: facts.sample,
    kFlag: "--knn-k",
  });
  if (remarks.length > 0) card.markdown(remarks.map((remark) => `- ${escapeMarkdown(remark)}`).join("\n"));
  if (check !== null) {
    card.markdown(
      `## The endpoint\n\nAsked what should follow **${escapeMarkdown(check.track)}**, it answered:`,
    );
    card.table(check.answer.map(({ track, score }) => ({ track, score: score.toFixed(4) })));
  }
  card.markdown("## The grid\n\nEvery recommender on the validation part, best first.");
  card.table(ranking.map(gridRow), { highlight: 0 });
  card.chart(gridChart(ranking), { caption: gridCaption("Hit ratio") });
  card.markdown(
    `## The test\n\nOn playlists that neither training nor the choice has seen.${
      facts.refit ? " The deployed model was refitted afterwards, on all playlists." : ""
    }`,
  );
  card.table(test.rows);
  card.chart(slicesChart(test), { caption: "Where the best model hits" });
  if (prepared !== undefined || facts.pictures !== undefined) card.markdown("## The playlists");
  if (prepared !== undefined) card.values(countsOf(prepared));
  for (const [name, caption] of Object.entries(shown)) {
    const spec = facts.pictures?.[name];
    if (spec !== undefined) card.chart(spec, { caption });
  }
  if (facts.runs.length > 0) card.markdown("## The runs");
  for (const picture of facts.runs) card.image(picture);
}

/** The metrics as a sentence, for people who do not read ratios. */
function inWords(
  { hitRatio, interval: [low, high], k, queries, popularity, base }: TestFigures,
  best: TrainedPoint,
) {
  const of100 = (share: number) => (100 * share).toFixed(share < 0.1 ? 1 : 0);
  const times = (other: number) => (hitRatio / other).toFixed(1);
  const beside = [
    ...(base === undefined || base === 0 ? [] : [`${times(base)} times as often as nearest tracks`]),
    ...(popularity === 0 || best.recommender === "popularity"
      ? []
      : [`${times(popularity)} times as often as the ${k} most popular tracks`]),
  ];
  return (
    `Of ${queries.toLocaleString("en")} ${queries === 1 ? "playlist" : "playlists"} that it had never seen, the last track was hidden. ` +
    `In **${of100(hitRatio)} of 100** ` +
    // If all or none hit, the bootstrap shows no spread, which is not certainty.
    `${low === high ? "" : `(95 % interval ${of100(low)} to ${of100(high)}) `}it was among the ${k} that ${escapeMarkdown(best.name)} named` +
    `${beside.length === 0 ? "" : `: ${beside.join(", and ")}`}.`
  );
}

function countsOf({ rows, playlists, tracks, artists, parts, copies }: PrepareFacts) {
  const number = (value: number) => value.toLocaleString("en");
  const { train, validation, test } = parts;
  return [
    { title: "plays", value: number(rows) },
    {
      title: "playlists",
      value: number(playlists),
      note: `train ${number(train.playlists)}, validation ${number(validation.playlists)}, test ${number(test.playlists)}${
        copies === undefined ? "" : `; ${number(copies.playlists)} of the same tracks as another`
      }`,
    },
    { title: "tracks", value: number(tracks) },
    { title: "artists", value: number(artists) },
  ];
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#]/g, (sign) => `\\${sign}`);
}
