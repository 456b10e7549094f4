/** `segue show --compare`: two runs side by side, as the studio compares them. */
// Not through the room's door, which is slow to load.
import { type Comparison, compareRuns } from "../../studio/compare-runs.js";
import type { Client, RunReader } from "../../workflow/index.js";
import { colour, columns } from "../../workflow/terminal/format.js";
import { runFigures } from "./run-figures.js";

export async function printComparison(
  client: Client,
  runs: readonly [RunReader, RunReader],
  json = false,
): Promise<void> {
  const of = async (run: RunReader) => {
    const [summary, tasks, figures] = await Promise.all([
      run.summary(),
      run.tasks(),
      runFigures(client, run),
    ]);
    return { run: { ...summary, tasks }, figures };
  };
  const both = [await of(runs[0]), await of(runs[1])] as const;
  const compared = compareRuns(both);
  const places = both.map(({ run: { flow, run } }) => `${flow}/${run}`);
  const differing = compared.parameters.rows.filter(({ values: [a, b] }) => a !== b);
  if (!json) return console.log(comparisonText(compared, differing, places));
  const parameters = differing.map(({ name }) => [name, both.map(({ run }) => run.parameters[name] ?? null)]);
  console.log(
    JSON.stringify({
      runs: places,
      samePlaylists: compared.sameQuestions ?? null,
      figures: compared.figures.flatMap(({ title, rows }) =>
        rows.map(({ name, figures = [] }) => {
          const values = figures.map((figure) => figure?.value ?? null);
          const [a, b] = values;
          return {
            group: title,
            name,
            values,
            intervals: figures.map((figure) => figure?.interval ?? null),
            difference: typeof a === "number" && typeof b === "number" ? a - b : null,
          };
        }),
      ),
      parameters: Object.fromEntries(parameters),
    }),
  );
}

/** Parameters as the lines of a diff, since a grid is too long for a column. */
function comparisonText(
  { run, figures, steps, about }: Comparison,
  parameters: Comparison["parameters"]["rows"],
  places: readonly string[],
): string {
  const rows = [run, ...figures, steps].flatMap(({ title, rows }) => [
    [title],
    ...rows.map(({ name, values, difference = "" }) => [`  ${name}`, ...values, difference]),
  ]);
  const changed = parameters.flatMap(({ name, values: [a, b] }) => [
    ...(a === "" ? [] : [colour("red", `- ${name} = ${a}`)]),
    ...(b === "" ? [] : [colour("green", `+ ${name} = ${b}`)]),
  ]);
  return [
    columns([["", ...places, about === "" ? "" : "difference"], ...rows]),
    ...(about === "" ? [] : ["", about]),
    "",
    ...(changed.length > 0 ? ["Parameters that differ", ...changed] : ["The parameters are the same."]),
  ].join("\n");
}
