/** Notes below the figures of `segue evaluate`. */
import type { Evaluation } from "../../evaluation/index.js";

/** Remarks on figures that rest on little data. @param playlists the playlist of each query, if queries come from playlists */
export async function remarksFor(
  asked: Pick<Evaluation, "queries" | "catalogue" | "knownTargets" | "knownContexts" | "copies"> & {
    readonly k: number;
    readonly hitRatio: number;
    readonly interval?: readonly [number, number];
  },
  playlists: Uint32Array | undefined,
): Promise<string[]> {
  const { remarksOn } = await import("../../evaluation/index.js");
  const queries = playlists === undefined ? asked.queries : new Set(playlists).size;
  const unit = playlists === undefined ? "queries" : "playlists";
  return remarksOn({ test: { ...asked, queries }, kFlag: "-k", unit });
}

export function printRemarks(remarks: readonly string[]): void {
  if (remarks.length > 0) console.log(["", ...remarks.map((remark) => `note: ${remark}`)].join("\n"));
}
