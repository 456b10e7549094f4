/**
 * Cleaning and preparing, compared with pandas on the same file in one run: seconds and peak memory. Segue also writes the table,
 * the split and the rejects to disk; pandas keeps its sequences in memory and writes nothing.
 *
 *     node bench/clean-prepare.mjs [playlists.csv.gz]          (default: the real playlists)
 *     node bench/clean-prepare.mjs --rows 12900000             (a generated file of that size)
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPython, realPlaylists, repository, runJson } from "./support.mjs";

const library = join(repository, "dist/playlists/index.js");

if (process.argv[2] === "--ours") {
  const { cleanPlaylists, prepareDataset } = await import(library);
  const [, , , input, folder] = process.argv;
  const master = join(folder, "master.parquet");
  const cleaned = await cleanPlaylists({
    inputs: [input],
    output: master,
    rejects: join(folder, "rejects.jsonl"),
  });
  const prepared = await prepareDataset({ master, outputFolder: folder });
  console.log(
    JSON.stringify({
      rows: cleaned.rows,
      playlists: prepared.playlists - prepared.droppedPlaylists,
      tracks: prepared.tracks,
      clean_seconds: cleaned.seconds,
      prepare_seconds: prepared.seconds,
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), "segue-bench-"));
  try {
    let input = process.argv[2];
    if (input === "--rows") {
      const { generateSample } = await import(library);
      input = join(folder, "generated.csv");
      await generateSample({ rows: Number(process.argv[3]), output: input });
    }
    input ??= realPlaylists();
    const sides = {
      segue: runJson(process.execPath, [fileURLToPath(import.meta.url), "--ours", input, folder]),
    };
    const python = findPython("pandas");
    if (python !== undefined)
      sides.pandas = runJson(python, [join(repository, "bench/peers/pandas_clean_prepare.py"), input]);
    else console.log("pandas is not installed (Debian: apt-get install python3-pandas): Segue's side alone");
    console.table(sides);
    const { segue, pandas } = sides;
    if (pandas) {
      const seconds = (side) => side.clean_seconds + side.prepare_seconds;
      console.log(
        `segue takes ${(seconds(segue) / seconds(pandas)).toFixed(2)} of pandas' time and ` +
          `${(segue.peak_rss_mb / pandas.peak_rss_mb).toFixed(2)} of its memory`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
