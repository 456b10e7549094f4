import { expect, it } from "vitest";
import { readCorpusFile } from "../../corpus/index.js";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { sqlString, withDuckDb } from "../../system/index.js";
import { readCorpus } from "../dataset/read-corpus.js";
import { partNames, prepareDataset } from "./prepare-dataset.js";

const at = folderOfEachTest("prepare");

it("gives the same from more plays than are handled at once, however far apart those of a playlist are", async () => {
  const master = at("master.parquet");
  await withDuckDb({}, (database) =>
    database.run(
      `COPY (
        SELECT
          i AS row_id,
          'u' AS user_id,
          'A' || (i * 7919 % 3000) % 40 AS artist,
          (i * 7919 % 3000)::VARCHAR AS track,
          CASE WHEN i % 500 = 250 THEN 'long ' || (i // 500 % 5) ELSE 'short ' || i // 500 END AS playlist
        FROM range(2_050_000) t(i)
      ) TO ${sqlString(master)} (FORMAT parquet)`,
    ),
  );
  const facts = await prepareDataset({ master, outputFolder: at("out"), threads: 2 });
  expect(facts).toMatchObject({ rows: 2_050_000, playlists: 4105, tracks: 3000, droppedPlaylists: 0 });
  const same = await withDuckDb({}, (database) =>
    database.rows(
      `WITH plain AS (
        SELECT
          'u-' || playlist AS playlist_id,
          list_sort(list({row_id: row_id, artist: artist, track: artist || '-' || track})) AS plays,
          row_number() OVER (ORDER BY min(row_id)) - 1 AS place
        FROM read_parquet(${sqlString(master)})
        GROUP BY playlist
      )
      SELECT count(*) AS playlists
      FROM plain
      JOIN read_parquet(${sqlString(facts.files.model_input_full)}, file_row_number = true) AS made
        ON made.playlist_id = plain.playlist_id AND made.file_row_number = place
      WHERE made.track_sequence = [play.track FOR play IN plays] AND made.artist_sequence = [play.artist FOR play IN plays]`,
    ),
  );
  expect(same).toEqual([{ playlists: 4105 }]);
  for (const name of partNames.filter((part) => part !== "train"))
    expect(await readCorpusFile(facts.corpora[name])).toEqual(await readCorpus(facts.files[name]));
}, 120_000);
