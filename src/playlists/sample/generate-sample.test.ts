import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { queriesOf, readCorpusFile } from "../../corpus/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { cleanPlaylists } from "../clean/clean-playlists.js";
import { prepareDataset } from "../prepare/prepare-dataset.js";
import { generateSample } from "./generate-sample.js";

const folder = folderOfTests("sample");

const at = (name: string) => join(folder, name);

describe("generateSample", () => {
  it("gives the same bytes for the same seed, others for another", async () => {
    await generateSample({ seed: 1, playlists: 50, output: at("a.csv") });
    await generateSample({ seed: 1, playlists: 50, output: at("b.csv") });
    await generateSample({ seed: 2, playlists: 50, output: at("c.csv") });
    const [a, b, c] = await Promise.all(
      ["a.csv", "b.csv", "c.csv"].map((name) => readFile(at(name), "utf8")),
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  it("refuses a file name of another format", async () => {
    for (const name of ["s.parquet", "s.jsonl.gz", "s.JSON"])
      await expect(generateSample({ playlists: 5, output: at(name) }), name).rejects.toMatchObject({
        message: `${at(name)} is not the name of a CSV file`,
        exitCode: 2,
      });
    expect((await readdir(folder)).filter((name) => name.startsWith("s."))).toEqual([]);
    await expect(generateSample({ playlists: 5, output: at("s.txt") })).resolves.toMatchObject({
      playlists: 5,
    });
  });

  it("has the requested number of rows, and a note that it is generated", async () => {
    const facts = await generateSample({ rows: 12_345, output: at("rows.csv.gz") });
    const lines = gunzipSync(await readFile(at("rows.csv.gz")))
      .toString()
      .trimEnd()
      .split("\n");
    expect(lines.length).toBe(12_345 + 1);
    expect(facts.rows).toBe(12_345);
    expect(await readFile(facts.note, "utf8")).toMatch(/generated.*\n.*None of its users/);
  });

  it("has the requested mean length of playlists", async () => {
    const facts = await generateSample({ rows: 60_000, meanLength: 82, output: at("long.csv") });
    const mean = facts.rows / facts.playlists;
    expect(mean).toBeGreaterThan(70);
    expect(mean).toBeLessThan(94);
  });

  it("has the quirks of the #nowplaying data", async () => {
    await generateSample({ playlists: 600, output: at("quirks.csv") });
    const text = await readFile(at("quirks.csv"), "utf8");
    expect(text.startsWith('"user_id", "artistname", "trackname", "playlistname"\n')).toBe(true);
    for (const quirk of [
      / - Radio Edit"/,
      /\(feat\. /,
      / - Remastered \d{4}"/,
      /\\"/,
      /\\\\/,
      /[ァ-ン]/,
      /[а-я]/,
      /[α-ω]/,
      /, mostly"/,
    ])
      expect(text).toMatch(quirk);
    const playlistsOfUsers = new Map<string, Set<string>>();
    for (const line of text.split("\n").slice(1, -1)) {
      const user = line.slice(1, 33);
      if (!playlistsOfUsers.has(user)) playlistsOfUsers.set(user, new Set());
      playlistsOfUsers.get(user)!.add(line.slice(line.lastIndexOf('","')));
    }
    expect([...playlistsOfUsers.values()].some((titles) => titles.size > 3)).toBe(true);
  });

  it("is read without a reject, and has more to learn than popularity", async () => {
    const made = await generateSample({ playlists: 1500, output: at("learn.csv") });
    const cleaned = await cleanPlaylists({
      inputs: [at("learn.csv")],
      output: at("learn.parquet"),
      rejects: at("learn.jsonl"),
    });
    expect(cleaned).toMatchObject({ rows: made.rows, rejected: 0 });
    const { corpora, playlists, droppedPlaylists } = await prepareDataset({
      master: at("learn.parquet"),
      outputFolder: at("learn"),
    });
    expect(playlists).toBe(made.playlists);
    expect(droppedPlaylists).toBeGreaterThan(0);
    const train = await readCorpusFile(corpora.train);
    const queries = queriesOf(await readCorpusFile(corpora.validation));
    const plays = new Float64Array(train.tracks.length);
    const after = new Map<string, Map<number, number>>();
    for (let p = 0; p + 1 < train.offsets.length; p++) {
      for (let i = train.offsets[p]!; i < train.offsets[p + 1]!; i++) {
        plays[train.items[i]!]!++;
        if (i + 1 === train.offsets[p + 1]) continue;
        const last = train.tracks[train.items[i]!]!;
        if (!after.has(last)) after.set(last, new Map());
        const followers = after.get(last)!;
        followers.set(train.items[i + 1]!, (followers.get(train.items[i + 1]!) ?? 0) + 1);
      }
    }
    const best = (list: [number, number][]) =>
      new Set(
        list
          .sort((a, b) => b[1] - a[1])
          .slice(0, 20)
          .map(([track]) => train.tracks[track]),
      );
    const popular = best([...plays.entries()]);
    const share = (hit: (query: (typeof queries)[number]) => boolean) =>
      queries.filter(hit).length / queries.length;
    const byPopularity = share((query) => popular.has(query.next));
    const byTransition = share((query) =>
      best([...(after.get(query.context.at(-1)!) ?? [])]).has(query.next),
    );
    expect(byTransition).toBeGreaterThan(0.2);
    expect(byTransition).toBeGreaterThan(8 * byPopularity);
    // Power law: the most played hundredth of the tracks has far more than a hundredth of the plays.
    const sorted = plays.toSorted().reverse();
    const total = sorted.reduce((sum, count) => sum + count, 0);
    const top = sorted.slice(0, Math.ceil(sorted.length / 100)).reduce((sum, count) => sum + count, 0);
    expect(top / total).toBeGreaterThan(0.05);
  });

  it.each(["s.csv", "s.csv.gz"])("leaves nothing of %s behind on abort", async (name) => {
    const controller = new AbortController();
    let reports = 0;
    await expect(
      generateSample({
        rows: 10_000_000,
        output: at(`stopped/${name}`),
        signal: controller.signal,
        // Later than the first report: something is being written then.
        progress: () => void (++reports === 3 && controller.abort()),
      }),
    ).rejects.toThrow(/abort/i);
    expect(await readdir(at("stopped"))).toEqual([]);
  });

  it.each([
    { rows: 0 },
    { playlists: -1 },
    { rows: 1.5 },
    { rows: 5, playlists: 5 },
    { seed: 0.5 },
    { meanLength: 0.5 },
    { meanLength: Number.NaN },
  ])("refuses %j", async (options) => {
    await expect(generateSample({ ...options, output: at("no.csv") })).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});
