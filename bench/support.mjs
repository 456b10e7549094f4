/** Shared by the benches: errors in words, reading arguments, the paths of the repository and the real data, finding a Python with gensim, training with it, running commands. */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Arguments that are wrong, and commands that have said what is wrong, end the bench in words; other errors keep their stack. */
process.on("uncaughtException", (error) => {
  const isExpected = error.name === "SegueError" || error.code === "ENOENT" || error.cause === "told";
  console.error(
    isExpected ? `error: ${error.message}${error.hint ? `\n  → ${error.hint}` : ""}` : error.stack,
  );
  process.exit(error.exitCode ?? 1);
});

export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** As `parseArgs` of node:util; for arguments that the bench does not take, exits with a message. */
export function parseArguments(config) {
  try {
    return parseArgs(config);
  } catch ({ message }) {
    const flags = Object.keys(config.options).map((name) => `--${name}`);
    console.error(`error: ${message.split(". ")[0]}\n  → the flags are ${flags.join(", ")}`);
    process.exit(2);
  }
}

/** The folder of real data: SEGUE_SHARED_DATA, or shared/data beside the repository. */
export const sharedData = process.env.SEGUE_SHARED_DATA ?? join(repository, "../shared/data");

/** The path of the real playlists; without them, exits with a message that says how to give another file. */
export function realPlaylists() {
  const path = join(sharedData, "playlists.csv.gz");
  if (existsSync(path)) return path;
  console.error(`no ${path}: give a playlists file as the first argument, or set SEGUE_SHARED_DATA`);
  process.exit(2);
}

/** A Python that imports a module (the one named in SEGUE_PYTHON, else Debian's, else any), or undefined. */
export function findPython(module) {
  return [process.env.SEGUE_PYTHON, "/usr/bin/python3", "python3"].find(
    (python) => python && spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0,
  );
}

/** A Python that imports gensim; if there is none, prints what to install, and the bench continues without it. */
export function findGensimOrTell() {
  const python = findPython("gensim");
  if (python === undefined) {
    console.log(
      "gensim is not installed (Debian: apt-get install python3-gensim libopenblas0-pthread): Segue's side alone",
    );
  }
  return python;
}

/**
 * Trains gensim's Word2Vec (48 dimensions, window 10, 5 negatives, min_count 3) on two threads. Returns its words per second, and its hit
 * ratio@100 by the base protocol.
 *
 * @param files paths of JSON lines: playlists to train on, and queries
 */
export function trainGensim(python, files, { sg, epochs, seed }) {
  const peer = join(repository, "bench/peers/gensim_word2vec.py");
  const { words_per_second: speed, hit_ratio: ratio } = runJson(
    python,
    [peer, ...files, Number(sg), epochs, 2, seed].map(String),
  );
  return { speed, ratio };
}

/** Writes one JSON object per line. */
export function writeJsonLines(path, objects) {
  writeFileSync(path, objects.map((object) => `${JSON.stringify(object)}\n`).join(""));
}

/** Runs a command that prints one JSON object on its standard output, and returns it. */
export function runJson(command, args) {
  const done = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (done.status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${done.status ?? done.signal}`, {
      cause: "told",
    });
  return JSON.parse(done.stdout);
}

/** The same playlists with few distinct tracks, so that matrices fit into a core's L2 cache; tracks below `minCount` stay rare. */
export function withFewTracks({ tracks, items, offsets }, minCount, few) {
  const counts = new Uint32Array(tracks.length);
  for (const item of items) counts[item]++;
  return {
    tracks: Array.from({ length: few + tracks.length }, (_, track) => `${track}`),
    items: items.map((item) => (counts[item] >= minCount ? item % few : few + item)),
    offsets,
  };
}
