/** The answer of `segue recommend` for people: rank, track, score, reasons. */
import { type Reason, reasonsAsText } from "../../recommenders/index.js";
import { cut } from "../../system/index.js";
import { colour, columns } from "../../workflow/terminal/text/format.js";
import { uncoloured } from "../../workflow/terminal/text/printable.js";

export interface Shown {
  readonly track: string;
  /** Undefined for an extended playlist. */
  readonly score?: number;
  readonly reasons?: readonly Reason[];
}

const rank = (i: number) => String(i + 1).padStart(3);
const barWidth = 12;
/** What a row has beside the track: the rank, the bar and the gaps. */
const beside = 3 + 2 + 2 + barWidth;

/**
 * One row per track.
 *
 * @param width columns of the terminal: scores are bars, tracks are cut to fit, and each reason has a line of its own below. Undefined:
 *   not a terminal; scores are numbers, and nothing is cut
 */
export function recommendationText(answer: readonly Shown[], width?: number): string {
  const asShown = width === undefined ? onOneLine : (name: string) => uncoloured(onOneLine(name));
  const shown = answer.map((each) => ({ ...each, track: asShown(each.track) }));
  if (width === undefined)
    return columns(
      shown.map(({ track, score, reasons }, i) => [
        ...[rank(i), track],
        ...(score === undefined ? [] : [score.toFixed(4)]),
        ...(reasons === undefined ? [] : [reasonsAsText(reasons)]),
      ]),
    );
  const bar = barsOf(shown);
  const room = Math.max(20, width - beside);
  const rows = shown.map(({ track, score }, i) => [rank(i), cut(track, room), ...bar(score)]);
  return columns(rows)
    .split("\n")
    .flatMap((row, i) => [
      row,
      ...(shown[i]!.reasons ?? []).map((reason) => `     ${reasonsAsText([reason])}`),
    ])
    .join("\n");
}

const onOneLine = (name: string) => name.replace(/[\n\r\t\u2028\u2029]+/g, " ");

/** From 0, or from the lowest score if some are below. */
function barsOf(shown: readonly Shown[]): (score?: number) => string[] {
  let most = Number.MIN_VALUE;
  let least = 0;
  for (const { score = 0 } of shown) {
    most = Math.max(most, score);
    least = Math.min(least, score);
  }
  return (score) => {
    if (score === undefined) return [];
    const blocks = Math.max(1, Math.round((barWidth * (score - least)) / (most - least || 1)));
    return [colour("dim", "▇".repeat(blocks))];
  };
}
