/**
 * Search over a million track titles: Segue's index compared with MiniSearch 7 (prefix search and fuzziness on), in one run.
 *
 *   node scripts/build.mjs --no-web && node bench/serving-search.mjs [--tracks 200000]
 *
 * Each side runs in its own process, so that memory is measured separately. Queries: 300 tracks, two words of each, one with a typo.
 */
import { spawnSync } from "node:child_process";
import { parseArguments } from "./support.mjs";

const { values } = parseArguments({
  options: { tracks: { type: "string", default: "200000" }, side: { type: "string" } },
});
const count = Number(values.tracks);

function makeTracks(Random) {
  const random = new Random(1);
  const letters = "etaoinshrdlucmfwypvbgk";
  // Word frequencies as in titles: a few very common, most rare.
  const words = Array.from({ length: Math.max(1000, count / 8) }, () =>
    Array.from(
      { length: 3 + random.below(7) },
      () => letters[Math.floor(random.next() ** 2 * letters.length)],
    ).join(""),
  );
  const word = () => words[Math.floor(random.next() ** 3 * words.length)];
  const artists = Array.from({ length: count / 10 }, () => `${word()} ${word()}`);
  const tracks = Array.from(
    { length: count },
    () => `${artists[random.below(artists.length)]}-${word()} ${word()} ${word()}`,
  );
  const queries = Array.from({ length: 300 }, () => {
    const track = tracks[random.below(count)];
    const own = track
      .split(/[ -]/)
      .filter((w) => w.length >= 4)
      .slice(-2);
    const [first = "love", ...rest] = own;
    const at = 1 + random.below(first.length - 2);
    return { track, query: [first.slice(0, at) + first.slice(at + 1), ...rest].join(" ") };
  });
  return { tracks, queries };
}

async function memoryNow() {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function measure(build, find) {
  const { Random } = await import("../dist/system/index.js");
  // A round trip through JSON flattens lazily concatenated strings.
  const { tracks, queries } = JSON.parse(JSON.stringify(makeTracks(Random)));
  const before = await memoryNow();
  const started = performance.now();
  const index = await build(tracks);
  const buildSeconds = (performance.now() - started) / 1000;
  const after = await memoryNow();
  const times = [];
  let found = 0;
  for (const { track, query } of queries) {
    const start = performance.now();
    const hits = find(index, query, tracks);
    times.push(performance.now() - start);
    if (hits.includes(track)) found++;
  }
  times.sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      build_seconds: buildSeconds,
      memory_mb: (after - before) / 2 ** 20,
      p50_ms: times[150],
      p99_ms: times[297],
      found_in_10: found / queries.length,
    }),
  );
}

if (values.side === "segue") {
  const { TrackSearch } = await import("../dist/serving/search/track-search.js");
  await measure(
    (tracks) => TrackSearch.build(tracks),
    (index, query) => index.find(query, 10).map((hit) => hit.track),
  );
} else if (values.side === "minisearch") {
  const { default: MiniSearch } = await import("minisearch");
  await measure(
    (tracks) => {
      const index = new MiniSearch({ fields: ["t"], searchOptions: { prefix: true, fuzzy: 0.2 } });
      index.addAll(tracks.map((t, id) => ({ id, t })));
      return index;
    },
    (index, query, tracks) =>
      index
        .search(query)
        .slice(0, 10)
        .map((hit) => tracks[hit.id]),
  );
} else {
  const run = (side) => {
    const done = spawnSync(
      process.execPath,
      [
        "--expose-gc",
        "--max-old-space-size=12000",
        import.meta.filename,
        "--side",
        side,
        "--tracks",
        values.tracks,
      ],
      { encoding: "utf8" },
    );
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout);
  };
  const [ours, theirs] = [run("segue"), run("minisearch")];
  console.log(
    `search over ${count} tracks`.padEnd(34),
    "segue".padStart(10),
    "minisearch".padStart(12),
    "ratio".padStart(8),
  );
  for (const key of Object.keys(ours)) {
    console.log(
      key.padEnd(34),
      ours[key].toFixed(2).padStart(10),
      theirs[key].toFixed(2).padStart(12),
      (theirs[key] / ours[key]).toFixed(1).padStart(8),
    );
  }
}
