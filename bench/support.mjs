/** What the benches share: where the repository and the real data are, which Python has gensim, and running a command. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folder of real data: SEGUE_SHARED_DATA, or shared/data beside the repository. */
export const sharedData = process.env.SEGUE_SHARED_DATA ?? join(repository, "../shared/data");

/** The real playlists, or an end with a message that says how to name another file. */
export function realPlaylists() {
  const path = join(sharedData, "playlists.csv.gz");
  if (existsSync(path)) return path;
  console.error(`no ${path}: give a playlists file as the first argument, or set SEGUE_SHARED_DATA`);
  process.exit(2);
}

/** A Python that imports gensim (SEGUE_GENSIM_PYTHON, else Debian's), or undefined. */
export function findGensim() {
  for (const python of [process.env.SEGUE_GENSIM_PYTHON, "/usr/bin/python3", "python3"]) {
    if (python && spawnSync(python, ["-c", "import gensim"], { stdio: "ignore" }).status === 0) return python;
  }
  return undefined;
}

/** Runs a command that prints one JSON object on its standard output, and returns it. */
export function runJson(command, args) {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${done.status ?? done.signal}`);
  return JSON.parse(done.stdout);
}

/** The same playlists with few tracks, so that matrices fit into a core's second-level cache; tracks below `minCount` stay rare. */
export function withFewTracks({ tracks, items, offsets }, minCount, few) {
  const counts = new Uint32Array(tracks.length);
  for (const item of items) counts[item]++;
  return {
    tracks: Array.from({ length: few + tracks.length }, (_, track) => `${track}`),
    items: items.map((item) => (counts[item] >= minCount ? item % few : few + item)),
    offsets,
  };
}
