/** `segue show --compare`: two runs side by side, as the studio compares them. */
// Not through the room's door, which is slow to load.
import { type ComparedGroup, type Comparison, compareRuns } from "../../studio/runs/compare-runs.js";
import { textWidth } from "../../system/index.js";
import type { Client, RunReader } from "../../workflow/index.js";
import { colour, columns } from "../../workflow/terminal/text/format.js";
import { wrapped } from "../../workflow/terminal/text/line-breaks.js";
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

const terminal = 80;

/** Groups of rows in columns. If they are too wide for a terminal, the names of the runs take two lines, and long names of rows more. */
function table(groups: readonly ComparedGroup[], places: readonly string[], last: string): string {
  const rows = groups.flatMap(({ rows }) =>
    rows.map(({ values, difference = "" }) => [...values, difference]),
  );
  const widthOf = (heads: readonly string[]) =>
    [...heads, last].reduce((sum, head, i) => {
      return sum + 2 + Math.max(...[head, ...rows.map((row) => row[i]!)].map(textWidth));
    }, 0);
  const names = groups.flatMap(({ rows }) => rows.map(({ name }) => textWidth(name)));
  const isWide = 2 + Math.max(...names) + widthOf(places) > terminal;
  const heads = isWide ? places.map((place) => place.split(/(?<=\/)/)) : places.map((place) => [place]);
  const room = isWide ? Math.max(16, terminal - 2 - widthOf(heads.map((lines) => lines.at(-1)!))) : Infinity;
  return columns([
    ...heads[0]!.map((_, i, { length }) => [
      "",
      ...heads.map((lines) => lines[i]!),
      i === length - 1 ? last : "",
    ]),
    ...groups.flatMap(({ title, rows }) => [
      [title],
      ...rows.flatMap(({ name, values, difference = "" }) => {
        const [first, ...others] = wrapped(name, room);
        return [[`  ${first}`, ...values, difference], ...others.map((line) => [`    ${line}`])];
      }),
    ]),
  ]);
}

/** Parameters as the lines of a diff, since a grid is too long for a column. */
export function comparisonText(
  { run, figures, steps, about }: Comparison,
  parameters: Comparison["parameters"]["rows"],
  places: readonly string[],
): string {
  const changed = parameters.flatMap(({ name, values: [a, b] }) => [
    ...(a === "" ? [] : [colour("red", `- ${name} = ${a}`)]),
    ...(b === "" ? [] : [colour("green", `+ ${name} = ${b}`)]),
  ]);
  return [
    table([run, ...figures, steps], places, about === "" ? "" : "difference"),
    ...(about === "" ? [] : ["", about]),
    "",
    ...(changed.length > 0 ? ["Parameters that differ", ...changed] : ["The parameters are the same."]),
  ].join("\n");
}
