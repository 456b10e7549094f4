import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { readSafetensors, writeSafetensors } from "../../system/index.js";
import { type Corpus, CorpusBuilder } from "../corpus.js";
import { partOf, queriesOf } from "../parts.js";
import { readCorpusFile, readCorpusPlays, writeCorpusFile } from "./corpus-file.js";

function songs(): Corpus {
  const builder = new CorpusBuilder();
  builder.add({
    id: "u-morning",
    title: 'morning, "slow"',
    tracks: ["A-one", "Б-два", "A-one"],
    artists: ["A", "Б", "A"],
  });
  builder.add({ id: "u-夜", title: "夜 🌙", tracks: ["C-three", "Б-два"], artists: ["C", "Б"] });
  builder.add({ id: "v-solo", title: "", tracks: ["D-four"], artists: ["D"] });
  return builder.build();
}

const folder = folderOfTests("corpus");

describe("a corpus file", () => {
  it("is restored unchanged in shared memory, and has the same bytes each time", async () => {
    const [one, two] = [join(folder, "one.safetensors"), join(folder, "two.safetensors")];
    await writeCorpusFile(one, songs());
    await writeCorpusFile(two, songs());
    const read = await readCorpusFile(one);
    expect(read).toEqual(songs());
    expect(read.items.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(await readFile(one)).toEqual(await readFile(two));
  });

  it("needs neither artists, nor ids, nor titles", async () => {
    const { tracks, items, offsets } = songs();
    const path = join(folder, "bare.safetensors");
    await writeCorpusFile(path, { tracks, items, offsets });
    expect(await readCorpusFile(path)).toEqual({ tracks, items, offsets });
  });

  it("can be read without its names", async () => {
    const path = join(folder, "plays.safetensors");
    const { items, offsets } = songs();
    await writeCorpusFile(path, songs());
    expect(await readCorpusPlays(path)).toEqual({ items, offsets, trackCount: 4 });
    await writeCorpusFile(path, { ...songs(), items: Uint32Array.of(0, 1, 0, 2, 1, 9) });
    await expect(readCorpusPlays(path)).rejects.toThrow("play 5 is of track number 9, but there are only 4");
  });

  it("writes parts with the same bytes as parts written on their own", async () => {
    const { artists: _, titles: __, ...bare } = songs();
    for (const corpus of [songs(), bare]) {
      for (const belongs of [(p: number) => p !== 1, (p: number) => p > 0, () => false]) {
        const [whole, part, alone] = ["whole", "part", "alone"].map((name) =>
          join(folder, `${name}.safetensors`),
        );
        await writeCorpusFile(whole!, corpus, [{ path: part!, belongs }]);
        await writeCorpusFile(alone!, partOf(corpus, belongs));
        expect(await readFile(part!)).toEqual(await readFile(alone!));
        expect(await readCorpusFile(whole!)).toEqual(corpus);
      }
    }
  });

  it("says what is wrong with a damaged one", async () => {
    const path = join(folder, "damaged.safetensors");
    await writeCorpusFile(path, songs());
    const { size } = await readFile(path).then((bytes) => ({ size: bytes.length }));
    await truncate(path, size - 3);
    await expect(readCorpusFile(path)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining("cut short"),
    });
    await writeFile(path, "hello");
    await expect(readCorpusFile(path)).rejects.toMatchObject({ code: "corrupt" });
    await writeSafetensors(path, { items: { array: new Uint32Array(2) } });
    await expect(readCorpusFile(path)).rejects.toThrow("not a corpus file");
    for (const [change, message] of [
      [{ items: Uint32Array.of(0, 1, 0, 2, 1, 9) }, "play 5 is of track number 9, but there are only 4"],
      [{ offsets: Uint32Array.of(0, 3, 5) }, "the playlists do not cover the plays"],
      [{ offsets: Uint32Array.of(1, 3, 6) }, "the playlists do not cover the plays"],
      [{ offsets: new Uint32Array(0) }, "the playlists do not cover the plays"],
      [{ offsets: Uint32Array.of(0, 5, 3, 6) }, "playlist 1 ends before it begins"],
      [{ offsets: Uint32Array.of(0, 3, 6) }, "3 playlistIds for 2 playlists"],
    ] as const) {
      await writeCorpusFile(path, { ...songs(), ...change });
      await expect(readCorpusFile(path), message).rejects.toThrow(message);
    }
    await writeCorpusFile(path, songs());
    const { tensors } = await readSafetensors(path);
    const version1 = { format: "segue-corpus", version: "1" };
    for (const [of, message] of [
      [Uint32Array.of(0, 1, 2), "3 artists for 4 tracks"],
      [Uint32Array.of(0, 1, 2, 7), "track 3 is by artist number 7, but there are only 4"],
    ] as const) {
      await writeSafetensors(path, { ...tensors, "artists.of": { array: of } }, version1);
      await expect(readCorpusFile(path)).rejects.toMatchObject({
        code: "corrupt",
        message: expect.stringContaining(message),
      });
    }
    const ends = Uint32Array.from(tensors["tracks.ends"]!.array);
    ends[1] = 0xffffffff;
    await writeSafetensors(path, { ...tensors, "tracks.ends": { array: ends } }, version1);
    await expect(readCorpusFile(path)).rejects.toThrow("string 1 ends after the text");
    const { "tracks.ends": _, ...nameless } = tensors;
    await writeSafetensors(path, nameless, version1);
    for (const read of [readCorpusFile, readCorpusPlays])
      await expect(read(path)).rejects.toMatchObject({ name: "SegueError", code: "corrupt" });
    await writeSafetensors(path, tensors, { format: "segue-corpus", version: "2" });
    await expect(readCorpusFile(path)).rejects.toThrow("corpus version 2, but this Segue reads version 1");
  });
});

describe("parts of a corpus", () => {
  it("renumber their tracks and contain nothing else", () => {
    expect(partOf(songs(), (playlist) => playlist > 0)).toEqual({
      tracks: ["C-three", "Б-два", "D-four"],
      artists: ["C", "Б", "D"],
      offsets: Uint32Array.of(0, 2, 3),
      items: Uint32Array.of(0, 1, 2),
      playlistIds: ["u-夜", "v-solo"],
      titles: ["夜 🌙", ""],
    });
  });

  it("ask for the last track of each playlist", () => {
    expect(queriesOf(songs())).toEqual([
      { context: ["A-one", "Б-два"], next: "A-one", title: 'morning, "slow"' },
      { context: ["C-three"], next: "Б-два", title: "夜 🌙" },
      { context: [], next: "D-four" },
    ]);
  });
});
