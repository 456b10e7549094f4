/** The report of a deployment run, where people look for it. */
import { join } from "node:path";
import { writeFileAtomic } from "../../system/index.js";
import type { Client, RunResult } from "../../workflow/index.js";

/**
 * Copies the card of the deployment flow's last step, which covers all four flows, to the outputs.
 *
 * @param data the run's data folder; default "data"
 * @returns the report's path; undefined for a run of another flow
 */
export async function writeReport(
  client: Client,
  { flow, run }: Pick<RunResult, "flow" | "run">,
  data = "data",
): Promise<string | undefined> {
  if (flow !== "deployment") return undefined;
  const page = await client.flow(flow).run(run).task("end").card();
  if (page === undefined) return undefined;
  // The flows are slow to load.
  const { placesOf } = await import("../../flows/index.js");
  const path = join((await placesOf(data))("outputs"), "report.html");
  await writeFileAtomic(path, page);
  return path;
}
