import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { playlistCount, queriesOf, readCorpusFile } from "../../corpus/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { sqlString, withDuckDb } from "../../system/index.js";
import { cleanPlaylists } from "../clean/clean-playlists.js";
import { prepareDataset } from "../prepare/prepare-dataset.js";
import { generateSample } from "../sample/generate-sample.js";
import { readCorpus } from "./read-corpus.js";

const at = folderOfEachTest("corpus");

interface Sequence {
  playlist_id: string;
  playlist: string;
  artist_sequence: (string | null)[];
  track_sequence: string[];
}

describe("reading back", () => {
  it("gives the same corpus as the table, numbered by first appearance, with artists and titles", async () => {
    await generateSample({ playlists: 300, output: at("s.csv") });
    const master = at("m.parquet");
    await cleanPlaylists({
      inputs: [at("s.csv")],
      output: master,
      rejects: at("r.jsonl"),
    });
    const hashes: string[] = [];
    for (const threads of [1, 2]) {
      const { files, corpora, parts } = await prepareDataset({
        master,
        outputFolder: at(`out${threads}`),
        threads,
      });
      hashes.push(
        createHash("sha256")
          .update(await readFile(files.model_input_full))
          .digest("hex"),
      );
      const corpus = (await readCorpus(files.train, { threads }))!;
      const rows = await withDuckDb({}, (database) =>
        database.rows<Sequence>(`FROM read_parquet(${sqlString(files.train)})`),
      );
      expect(playlistCount(corpus)).toBe(parts.train.playlists);
      let seen = -1;
      rows.forEach((row, p) => {
        const items = [...corpus.items.slice(corpus.offsets[p], corpus.offsets[p + 1])];
        expect(items.map((item) => corpus.tracks[item])).toEqual(row.track_sequence);
        expect(items.map((item) => corpus.artists![item])).toEqual(row.artist_sequence);
        for (const item of items) {
          expect(item).toBeLessThanOrEqual(seen + 1);
          seen = Math.max(seen, item);
        }
        expect(corpus.playlistIds![p]).toBe(row.playlist_id);
        expect(corpus.titles![p]).toBe(row.playlist);
      });
      expect(corpus.tracks.length).toBe(seen + 1);
      expect(await readCorpusFile(corpora.train)).toEqual(corpus);
      expect(await readCorpusFile(corpora.model_input_full)).toEqual(
        await readCorpus(files.model_input_full),
      );
      const queries = await withDuckDb({}, (database) =>
        database.rows<{ context: string[]; next: string; title: string }>(
          `SELECT track_test_x AS context, track_test_y AS next, playlist AS title FROM read_parquet(${sqlString(files.test)})`,
        ),
      );
      expect(queriesOf(await readCorpusFile(corpora.test))).toEqual(queries);
      expect(queries.length).toBe(parts.test.playlists);
      expect(
        queries.every((query) => query.context.length >= 2 && query.next !== "" && query.title !== ""),
      ).toBe(true);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  it("is not read from other files", async () => {
    await generateSample({ playlists: 10, output: at("s.csv") });
    const master = at("m.parquet");
    await cleanPlaylists({ inputs: [at("s.csv")], output: master });
    expect(await readCorpus(master)).toBeUndefined();
    await writeFile(at("broken.parquet"), "PAR1");
    for (const name of ["gone.parquet", "broken.parquet"]) expect(await readCorpus(at(name))).toBeUndefined();
  });

  it("reads the file that was named, with its own columns", async () => {
    // DuckDB takes "[1]" for a pattern, which "1" matches, and "playlist=x" for a column.
    const paths = ["mixes [1]", "mixes 1", "playlist=x"].map((folder) => at(folder, "train.parquet"));
    for (const [i, path] of paths.entries()) {
      await mkdir(dirname(path));
      await withDuckDb({}, (database) =>
        database.run(
          `COPY (SELECT '${i}' AS playlist_id, 'Mine' AS playlist, ['A'] AS artist_sequence, ['A-B'] AS track_sequence,
             'A-B' AS track_test_x, 'A-B' AS track_test_y) TO ${sqlString(path)} (FORMAT parquet)`,
        ),
      );
    }
    for (const [i, path] of paths.entries()) {
      const corpus = (await readCorpus(path))!;
      expect([corpus.playlistIds, corpus.titles]).toEqual([[String(i)], ["Mine"]]);
    }
  });
});
