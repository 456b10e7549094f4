/** Several names of one thing: what merging them has changed or would change. */
import type { Database } from "../../system/index.js";
import { sqlFile } from "../sql-file.js";
import type { PlaysOptions } from "./number-plays.js";

export interface MergedNames {
  /** How many fewer artists and tracks there would be if case did not matter. */
  readonly twins: { readonly artists: number; readonly tracks: number };
  /** The plays whose artist or title was changed; only with `mergeCapitals`. */
  readonly respelled?: number;
  /** Tracks before and after, and plays whose title was shortened; only with `mergeVersions`. */
  readonly merged?: { readonly tracksBefore: number; readonly tracksAfter: number; readonly rows: number };
}

/** Call it after `indexPlays` with the same options, and before `numberPlays`. */
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

/** Lines for the output. */
export function mergedNamesLines({ twins, respelled, merged }: MergedNames): string[] {
  const lines: string[] = [];
  if (merged !== undefined)
    lines.push(`merged versions of one song: ${merged.tracksBefore} tracks became ${merged.tracksAfter}`);
  if (respelled !== undefined) lines.push(`merged names that differ only in case: ${respelled} rows changed`);
  else if (twins.artists + twins.tracks > 0)
    lines.push(
      `${some(twins.artists, "artist")} and ${some(twins.tracks, "track")} differ from another only in case: --merge-capitals counts them as one`,
    );
  return lines;
}

const some = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
