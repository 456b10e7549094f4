/** An analysis as text for the terminal: figures and small charts within 80 columns. */
import { cut, textWidth } from "../system/index.js";
import type { Analysis } from "./analyze.js";
import type { Bin, Ranked } from "./distributions.js";
import { agreementText, noPowerLawText, tracksOnMap, unknownNextText } from "./wording.js";

const number = (value: number) => value.toLocaleString("en");
const counted = (count: number, one: string, many: string) => `${number(count)} ${count === 1 ? one : many}`;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of at most `width` columns, in steps of an eighth. */
function bar(share: number, width: number): string {
  const units = Math.round(Math.max(0, Math.min(1, share)) * width * 8);
  return "█".repeat(Math.floor(units / 8)) + eighths[units % 8]!;
}

/** Cuts or pads to a number of terminal columns. */
export function fitColumns(text: string, columns: number): string {
  const shown = cut(text.replace(/[\p{Cc}\u202d\u202e]/gu, " "), columns);
  return shown + " ".repeat(columns - textWidth(shown));
}

function bins(title: string, list: readonly Bin[]): string[] {
  const most = Math.max(...list.map((bin) => Math.log1p(bin.count)), 1);
  return [
    title,
    ...list.map(({ from, to, count }) => {
      const range = from === to ? number(from) : `${number(from)}–${number(to)}`;
      return `  ${range.padStart(17)} ${number(count).padStart(9)} ${bar(Math.log1p(count) / most, 48)}`.trimEnd();
    }),
    "",
  ];
}

function ranking(title: string, list: readonly Ranked[]): string[] {
  const most = list[0]?.plays ?? 1;
  return [
    title,
    ...list.map(({ name, plays }) =>
      `  ${fitColumns(name, 40)} ${number(plays).padStart(9)} ${bar(plays / most, 26)}`.trimEnd(),
    ),
    "",
  ];
}

/** Indented lines within 80 columns. */
function wrapped(text: string): string[] {
  return (text.match(/\S{79,}|\S.{0,77}(?=\s|$)/gu) ?? []).map((line) => `  ${line}`);
}

function unknownNext(list: Analysis["unknownNext"]): string[] {
  if (list.length === 0) return [unknownNextText.none, ""];
  return [
    "next tracks that a model cannot know, by min_count",
    ...list.map(({ minCount, share }) =>
      `  ${String(minCount).padStart(17)} ${`${(100 * share).toFixed(1)} %`.padStart(9)} ${bar(share, 48)}`.trimEnd(),
    ),
    "",
  ];
}

/** Adding 0 turns -0 into 0. */
const ratioText = (ratio: number) => (Number(ratio.toFixed(1)) + 0).toFixed(1);
/** No p-value is 0. */
const pText = (p: number) => (p < 0.001 ? "<.001" : p.toFixed(3));

/** The text that `segue analyze` prints: at most 80 columns wide, without colours. */
export function analysisText(analysis: Analysis): string {
  const { powerLaw, map, lengths } = analysis;
  const lines = [
    [
      counted(analysis.playlists, "playlist", "playlists"),
      counted(analysis.plays, "entry", "entries"),
      counted(analysis.songs, "song", "songs"),
      ...(analysis.artists === undefined ? [] : [counted(analysis.artists, "artist", "artists")]),
    ].join(", "),
    `a playlist has ${lengths.mean.toFixed(1)} tracks on average, half of them ${number(lengths.median)} or fewer, the longest ${number(lengths.longest)}`,
    "",
    ...(analysis.artistBins ? bins("artists by playlist entries (log scale)", analysis.artistBins) : []),
    ...bins("songs by playlist entries (log scale)", analysis.songBins),
    ...(analysis.topArtists ? ranking("most played artists", analysis.topArtists) : []),
    ...ranking("most played songs", analysis.topSongs),
    ...unknownNext(analysis.unknownNext),
  ];
  if (powerLaw) {
    lines.push(
      `power law of the ${powerLaw.what.toLowerCase()}`,
      `  alpha ${powerLaw.alpha.toFixed(3)} ± ${powerLaw.alphaError.toFixed(3)}, xmin ${number(powerLaw.xmin)}, tail ${number(powerLaw.tail)} of ${number(powerLaw.total)}, D ${powerLaw.distance.toFixed(4)}`,
    );
    if (powerLaw.goodness)
      lines.push(
        `  goodness of fit p ${powerLaw.goodness.p.toFixed(2)} (${number(powerLaw.goodness.samples)} samples): ${powerLaw.goodness.p < 0.1 ? "to be doubted" : "plausible"}`,
      );
    for (const { alternative, ratio, p } of powerLaw.comparisons) {
      const verdict =
        p > 0.1
          ? "cannot tell"
          : ratio > 0
            ? "power law likelier"
            : `${alternative.replaceAll("_", " ")} likelier`;
      lines.push(
        `  against ${alternative.replaceAll("_", " ").padEnd(19)} R ${ratioText(ratio).padStart(9)}  p ${pText(p)}  ${verdict}`,
      );
    }
    lines.push("");
  } else {
    const what = analysis.artistBins ? "artists" : "songs";
    lines.push(`power law of the ${what}`, ...wrapped(noPowerLawText(analysis)), "");
  }
  if (map) {
    lines.push(
      `map of ${tracksOnMap(map)}`,
      `  ${number(map.agreement.tracks)} with a genre word, divergence ${map.divergence.toFixed(3)}`,
      ...wrapped(agreementText(map)),
      "",
    );
  }
  return lines.join("\n");
}
