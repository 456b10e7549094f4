/** Names that stand for one thing: what merging them did, where it was on, and what it would do. */
import type { Database } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import type { PlaysOptions } from "./number-plays.js";

export interface MergedNames {
  /** How many more artists and tracks there are for differing from another in capitals alone. */
  readonly twins: { readonly artists: number; readonly tracks: number };
  /** The plays whose artist or title was written anew, where merging those was on. */
  readonly respelled?: number;
  /** What merging versions did, where it was on: tracks before and after, and plays whose title was shortened. */
  readonly merged?: { readonly tracksBefore: number; readonly tracksAfter: number; readonly rows: number };
}

/** After `indexPlays` with the same options, and before `numberPlays`. */
export async function mergedNames(
  database: Database,
  { mergeVersions, mergeCapitals }: Pick<PlaysOptions, "mergeVersions" | "mergeCapitals">,
): Promise<MergedNames> {
  const twins = await database.row<MergedNames["twins"]>(sqlFile("twins"));
  const respelled =
    mergeCapitals &&
    (await database.row<{ plays: number }>("SELECT coalesce(sum(plays), 0)::BIGINT AS plays FROM spellings"));
  const merged = mergeVersions && (await database.row<NonNullable<MergedNames["merged"]>>(sqlFile("merged")));
  return { twins, ...(respelled && { respelled: respelled.plays }), ...(merged && { merged }) };
}

/** What to say of it, a line each. */
export function mergedNamesLines({ twins, respelled, merged }: MergedNames): string[] {
  const lines: string[] = [];
  if (merged !== undefined)
    lines.push(`merged versions of one song: ${merged.tracksBefore} tracks became ${merged.tracksAfter}`);
  if (respelled !== undefined) lines.push(`merged names that differ only in case: ${respelled} rows changed`);
  else if (twins.artists + twins.tracks > 0)
    lines.push(
      `${twins.artists} artists and ${twins.tracks} tracks differ from another only in case: --merge-capitals counts them as one`,
    );
  return lines;
}
