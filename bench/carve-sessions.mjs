/**
 * Turns the last playlists of a sequences file into queries, as session benchmarks do. The other playlists are for training; tracks that
 * do not occur there are removed; every prefix of what is left is a query.
 *
 *   node bench/carve-sessions.mjs sessions.jsonl.gz 14000 carved    # carved/train.jsonl, carved/queries.jsonl
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import "./support.mjs";

const [input, last = "14000", folder = "carved"] = process.argv.slice(2);
if (input === undefined || !(Number(last) >= 1)) {
  console.error("usage: node bench/carve-sessions.mjs SEQUENCES [PLAYLISTS] [FOLDER]");
  process.exit(2);
}
const bytes = readFileSync(input);
const lines = (input.endsWith(".gz") ? gunzipSync(bytes) : bytes)
  .toString("utf8")
  .split("\n")
  .filter(Boolean);
const train = lines.slice(0, -Number(last));
const known = new Set(train.flatMap((line) => JSON.parse(line).tracks));
const queries = [];
for (const line of lines.slice(-Number(last))) {
  const { tracks, title } = JSON.parse(line);
  const kept = tracks.filter((track) => known.has(track));
  for (let i = 1; i < kept.length; i++) queries.push({ context: kept.slice(0, i), next: kept[i], title });
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "train.jsonl"), `${train.join("\n")}\n`);
writeFileSync(join(folder, "queries.jsonl"), `${queries.map((query) => JSON.stringify(query)).join("\n")}\n`);
console.log(`${train.length} playlists for training, ${queries.length} queries in ${folder}`);
