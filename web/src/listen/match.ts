/** Looks up lines: track ids, "Artist - Title", or something similar. */
import { ask, type Track } from "../lib/api.js";

export interface Match {
  readonly line: string;
  /** The matching track; undefined if none is similar. */
  readonly track?: Track;
  /** How similar the track is, from 0 to 1. */
  readonly score?: number;
}

/** The server's limits per request. */
const most = { lines: 500, letters: 2000 };

/** The track of each line, in order. @throws ApiError if the server does not answer */
export async function match(lines: readonly string[], signal?: AbortSignal): Promise<Match[]> {
  const all: Match[] = [];
  for (let at = 0; at < lines.length; at += most.lines) {
    const part = lines.slice(at, at + most.lines).map((line) => line.slice(0, most.letters));
    all.push(...(await ask<{ matches: Match[] }>("/v1/studio/match", { lines: part }, signal)).matches);
  }
  return all;
}
