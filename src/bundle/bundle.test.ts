import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { create } from "tar";
import { beforeAll, describe, expect, it } from "vitest";
import { nearestOf, restoreRecommender } from "../recommenders/index.js";
import { SegueError, withDuckDb } from "../system/index.js";
import { randomVectors, smallInput, testFolder } from "./bundle.testkit.js";
import { bundleOf, checkBundle, openBundle, packFolder, readBundle, writeBundle } from "./index.js";
import { type Manifest, sealManifest } from "./manifest.js";

const at = testFolder();
let input: Awaited<ReturnType<typeof smallInput>>["input"];
let fitted: Awaited<ReturnType<typeof smallInput>>["fitted"];
const contexts = [{ tracks: ["Ártist 3-Track 3", "Ártist 1-Track 8"] }, { tracks: ["nobody"] }];

beforeAll(async () => {
  ({ input, fitted } = await smallInput());
  await writeBundle(at("bundle"), input);
});

describe("a bundle", () => {
  it("restores recommenders that answer like the saved ones", async () => {
    const bundle = await openBundle(at("bundle"));
    expect(bundle.manifest.recommenders).toEqual(["cooccurrence", "transitions", "again"]);
    for (const name of ["cooccurrence", "transitions"] as const)
      expect(bundle.recommender(name).recommend(contexts, 20)).toEqual(fitted[name].recommend(contexts, 20));
    expect(bundle.recommender()).toBe(bundle.recommender("cooccurrence"));
    expect(() => bundle.recommender("nobody")).toThrow('has no recommender "nobody"');
  });

  it("restores catalogue, vectors and facts", async () => {
    const { catalogue, vectors, manifest, index } = await openBundle(at("bundle"));
    expect(catalogue).toEqual(input.catalogue);
    expect(vectors!.tracks).toEqual(input.vectors.tracks);
    expect([...vectors!.vectors]).toEqual([...input.vectors.vectors]);
    expect(vectors!.count(input.vectors.tracks[4]!)).toBe(46);
    expect(manifest).toMatchObject({
      parameters: input.parameters,
      metrics: input.metrics,
      dataFingerprint: "abc",
      vectors: { rows: 50, size: 12 },
      index: { kind: "exact", recall: 1 },
    });
    expect(index!.kind).toBe("exact");
  });

  it("stores equal arrays once", async () => {
    const states = JSON.parse(readFileSync(join(at("bundle"), "recommenders.json"), "utf8"));
    expect(states.again).toEqual(states.cooccurrence);
  });

  it("has tables that DuckDB reads", async () => {
    await withDuckDb({}, async (database) => {
      const tracks = await database.rows(`SELECT * FROM '${join(at("bundle"), "tracks.parquet")}' LIMIT 1`);
      expect(tracks).toEqual([
        { track: input.catalogue.tracks[0], artist: input.catalogue.artists[0], count: null },
      ]);
      const row = await database.row(`SELECT count(*) AS n FROM '${join(at("bundle"), "vectors.parquet")}'`);
      expect(row).toEqual({ n: 50 });
      const names = ["short", "long ".repeat(60), "longer ".repeat(10_000)];
      await writeBundle(at("long"), { catalogue: { tracks: names }, recommenders: {} });
      const long = await database.rows(`SELECT track FROM '${join(at("long"), "tracks.parquet")}'`);
      expect(long).toEqual(names.map((track) => ({ track })));
    });
  });

  it("has the same bytes when written again, and in an archive", async () => {
    await writeBundle(at("again"), input);
    const names = readdirSync(at("bundle")).sort();
    expect(readdirSync(at("again")).sort()).toEqual(names);
    for (const name of names)
      expect(readFileSync(join(at("again"), name)).equals(readFileSync(join(at("bundle"), name))), name).toBe(
        true,
      );
    // Nor does the order of keys matter.
    const parameters = Object.fromEntries(Object.entries(input.parameters).reverse());
    const { id } = (await openBundle(at("bundle"))).manifest;
    expect((await writeBundle(at("turned"), { ...input, parameters })).id).toBe(id);
    await packFolder(at("bundle"), at("a.tar.gz"));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await packFolder(at("again"), at("b.tar.gz"));
    expect(readFileSync(at("a.tar.gz")).equals(readFileSync(at("b.tar.gz")))).toBe(true);
  });

  it("gives the same archive however its folder is written", async () => {
    await mkdir(at("nested/inner"), { recursive: true });
    for (const name of ["a.txt", "inner/b.txt"]) await writeFile(join(at("nested"), name), name);
    const spellings = [at("nested"), `${at("nested")}/`, `${at("nested")}//`, `${at("nested")}/inner/..`];
    for (const folder of [...spellings, `./${relative(".", at("nested"))}`]) {
      await packFolder(folder, at("nested.tar.gz"));
      const packed = execFileSync("tar", ["tzf", at("nested.tar.gz")], { encoding: "utf8" });
      expect(packed.trim().split("\n"), folder).toEqual(["a.txt", "inner/b.txt"]);
    }
  });

  it("opens from a .tar.gz", async () => {
    await packFolder(at("bundle"), at("c.tar.gz"));
    const bundle = await openBundle(at("c.tar.gz"));
    expect(bundle.recommender("transitions").recommend(contexts, 5)).toEqual(
      fitted.transitions.recommend(contexts, 5),
    );
    // As "tar czf bundle.tar.gz bundle" packs it.
    await packFolder(at("bundle"), at("inner.tar.gz"), { prefix: "bundle" });
    expect((await openBundle(at("inner.tar.gz"))).manifest).toEqual(bundle.manifest);
    await packFolder(at("bundle"), at("deep.tar.gz"), { prefix: "models/bundle" });
    await expect(openBundle(at("deep.tar.gz"))).rejects.toMatchObject({
      message: `${at("deep.tar.gz")} is not a bundle: it holds no manifest.json`,
      hint: `There is one in it: ${at("deep.tar.gz")}/bundle`,
    });
    await cp(at("bundle"), at("crowd"), { recursive: true });
    for (let i = 0; i < 1000; i++) writeFileSync(join(at("crowd"), `0${i}`), "");
    await packFolder(at("crowd"), at("crowd.tar.gz"));
    await expect(openBundle(at("crowd.tar.gz"))).rejects.toMatchObject({ code: "no-bundle" });
    truncateSync(at("c.tar.gz"), 2000);
    await expect(openBundle(at("c.tar.gz"))).rejects.toMatchObject({
      code: expect.stringMatching(/corrupt|no-bundle/),
    });
    writeFileSync(at("playlists.csv"), `user,artist,track,playlist\n${"u,a,t,p\n".repeat(200)}`);
    await expect(openBundle(at("playlists.csv"))).rejects.toMatchObject({
      code: "corrupt",
      hint: expect.stringMatching(/segue run makes one from your playlists/),
    });
  });

  it("is suggested if its parent folder was given instead", async () => {
    await writeBundle(at("several/2026"), input);
    await mkdir(at("several/zzz"));
    await expect(openBundle(at("several"))).rejects.toMatchObject({
      message: expect.stringContaining("is not a bundle"),
      hint: `There is one in it: ${at("several/2026")}`,
    });
  });

  it("refuses anything but recommenders' states", async () => {
    const vectors = randomVectors(["A-One"], 4);
    const nearest = nearestOf(vectors, vectors);
    const wrong: [object | undefined, string][] = [
      [{ ...input, recommenders: { mine: nearest } }, "recommenders.mine is not a recommender's state"],
      [
        { ...input, metrics: { playlists: 5n } },
        "metrics cannot be kept as JSON: Do not know how to serialize a BigInt",
      ],
      [
        { catalogue: vectors, recommenders: [nearest.save(), nearest] },
        "recommenders.1 is not a recommender's state",
      ],
      [{ ...input, recommenders: undefined }, "a bundle needs recommenders by name"],
      [{ ...input, catalogue: ["A-One"] }, "a bundle needs a catalogue"],
      [undefined, "a bundle needs a catalogue"],
    ];
    for (const [given, message] of wrong)
      await expect(writeBundle(at("wrong"), given as never)).rejects.toMatchObject({
        name: "SegueError",
        exitCode: 2,
        message,
      });
    expect(existsSync(at("wrong"))).toBe(false);
  });

  it("refuses recommenders fitted on another catalogue", async () => {
    const { tracks, artists } = input.catalogue;
    const reversed = [...tracks].reverse();
    const count = tracks.length;
    const wrong: [readonly string[], string][] = [
      [tracks.slice(1), `this one has ${count - 1} tracks, its own ${count}`],
      [reversed, `this one has the same number of tracks, ${count}, but not the same ones in the same order`],
    ];
    for (const [others, why] of wrong)
      await expect(
        writeBundle(at("wrong"), { ...input, catalogue: { tracks: others, artists } }),
      ).rejects.toMatchObject({
        code: "misuse",
        message: `recommenders.cooccurrence was fitted on another catalogue: ${why}`,
      });
    expect(existsSync(at("wrong"))).toBe(false);
    // What comes out of a bundle, or went through JSON, knows its catalogue still; the same ids in another list are the same.
    const state = (await openBundle(at("bundle"))).state("transitions");
    const recommenders = { transitions: state, cloned: structuredClone(fitted.transitions.save()) };
    await writeBundle(at("moved"), { catalogue: { tracks: [...tracks], artists }, recommenders });
    for (const recommender of Object.values(recommenders))
      await expect(
        writeBundle(at("wrong"), { catalogue: { tracks: reversed }, recommenders: { recommender } }),
      ).rejects.toThrow("another catalogue");
    expect(() => restoreRecommender(state, { tracks: tracks.slice(1) })).toThrow(
      `was fitted on ${count} tracks, this catalogue has ${count - 1}`,
    );
    // As older versions saved it.
    const { catalogue: _, ...older } = state;
    await writeBundle(at("unmarked"), { catalogue: input.catalogue, recommenders: { older } });
    expect((await openBundle(at("unmarked"))).recommender().recommend(contexts, 20)).toEqual(
      fitted.transitions.recommend(contexts, 20),
    );
  });

  it("replaces a bundle, and nothing else", async () => {
    await writeBundle(at("again"), { ...input, metrics: { better: 1 } });
    expect((await openBundle(at("again"))).manifest.metrics).toEqual({ better: 1 });
    await expect(writeBundle(at("."), input)).rejects.toMatchObject({
      message: `${at(".")} is not empty and not a bundle`,
      code: "misuse",
    });
    await expect(writeBundle(at("a.tar.gz"), input)).rejects.toMatchObject({
      message: `${at("a.tar.gz")} is a file; a bundle is a folder`,
      code: "misuse",
    });
    expect(readdirSync(at(".")).filter((name) => /tmp|old/.test(name))).toEqual([]);
  });

  it("leaves the old bundle as it was when writing fails", async () => {
    const strange = { ...input, vectors: randomVectors(["not in the catalogue"], 3) };
    await expect(writeBundle(at("again"), strange)).rejects.toThrow(
      "has a vector but is not in the catalogue",
    );
    expect((await openBundle(at("again"))).manifest.tracks).toBe(input.catalogue.tracks.length);
    await expect(writeBundle(at("new"), strange)).rejects.toThrow();
    expect(existsSync(at("new"))).toBe(false);
  });
});

describe("what is known already", () => {
  it("avoids looking up the rows of vectors and building the catalogue twice", async () => {
    await writeBundle(at("looked-up"), input);
    const opened = await openBundle(at("looked-up"));
    expect(Array.from(opened.vectorRows!, (row) => input.catalogue.tracks[row])).toEqual([
      ...input.vectors.tracks,
    ]);
    await writeBundle(at("told"), { ...input, vectorRows: opened.vectorRows! });
    for (const wrong of [
      opened.vectorRows!.slice(0, -1),
      opened.vectorRows!.toReversed(),
      Uint32Array.of(9999),
    ])
      await expect(writeBundle(at("told"), { ...input, vectorRows: wrong })).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining("vectorRows must be a Uint32Array"),
      });
    const beside = await openBundle(at("told"), { beside: opened });
    expect(beside.manifest).toEqual(opened.manifest);
    expect(beside.catalogue).toBe(opened.catalogue);
    await writeBundle(at("other"), { catalogue: randomVectors(["a", "b"], 2), recommenders: {} });
    const other = await openBundle(at("other"), { beside: opened });
    expect(other.catalogue.tracks).toEqual(["a", "b"]);
  });
});

describe("opening refuses", () => {
  /** What opening says of a bundle to which something was done. */
  async function refusal(change: (folder: string) => void | Promise<void>): Promise<SegueError> {
    rmSync(at("changed"), { recursive: true, force: true });
    await cp(at("bundle"), at("changed"), { recursive: true });
    await change(at("changed"));
    return openBundle(at("changed")).then(
      () => expect.unreachable("it was opened"),
      (error) => error,
    );
  }

  it("a pipe, without waiting for it", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await expect(openBundle(at("pipe"))).rejects.toMatchObject({ code: "misuse", message: /is a pipe/ });
  });

  it("a missing bundle", async () => {
    await expect(openBundle(at("nowhere"))).rejects.toMatchObject({ code: "no-bundle" });
  });

  it("an archive that leads out of its folder, with the reason", async () => {
    const deep = "a/b/c/d/e/f";
    mkdirSync(at(`out/in/${deep}`), { recursive: true });
    for (const name of ["a", `in/${deep}/b`, "in/manifest.json"]) writeFileSync(at(`out/${name}`), "x");
    // The first entry is refused while the others are still being written.
    const names = ["../a", `${deep}/b`, "manifest.json"];
    await create({ cwd: at("out/in"), file: at("out.tar.gz"), gzip: true, preservePaths: true }, names);
    rmSync(at("out/a"));
    for (let i = 0; i < 10; i++)
      await expect(openBundle(at("out.tar.gz"))).rejects.toThrow(
        /out\.tar\.gz is not a complete \.tar\.gz: .*'\.\.'/,
      );
    expect(existsSync(at("out/a"))).toBe(false);
  });

  it("any file that is missing, longer, or differs in one byte", async () => {
    for (const name of readdirSync(at("bundle"))) {
      if (name === "manifest.json") continue;
      const missing = await refusal((folder) => rmSync(join(folder, name)));
      expect(missing.message).toContain(`${name} is missing`);
      await expect(checkBundle(at("changed")), name).rejects.toMatchObject({ message: missing.message });
      const longer = await refusal((folder) => writeFileSync(join(folder, name), "x", { flag: "a" }));
      expect(longer.message).toContain(`${name} has`);
      await expect(checkBundle(at("changed")), name).rejects.toMatchObject({ message: longer.message });
      for (const place of [0.3, 0.6, 0.99]) {
        const other = await refusal((folder) => {
          const bytes = readFileSync(join(folder, name));
          bytes[Math.floor(bytes.length * place)]! ^= 1;
          writeFileSync(join(folder, name), bytes);
        });
        expect(other, name).toBeInstanceOf(SegueError);
        expect(other.code, name).toBe("corrupt");
        await expect(checkBundle(at("changed")), name).rejects.toMatchObject({ message: other.message });
      }
    }
  });

  it("a manifest that leads out of the bundle or into a device, and vectors that are not there", async () => {
    const sealed = (change: (manifest: Manifest) => object, before?: (folder: string) => void) =>
      refusal((folder) => {
        before?.(folder);
        const path = join(folder, "manifest.json");
        const { id: _, ...manifest } = JSON.parse(readFileSync(path, "utf8")) as Manifest;
        const changed = { ...manifest, ...change(manifest as Manifest) };
        writeFileSync(path, JSON.stringify(sealManifest(changed)));
      });
    const file = { bytes: 0, sha256: "" };
    for (const name of ["../../etc/hostname", "/etc/hostname", "..\\secrets", ".."]) {
      const { message } = await sealed(({ files }) => ({ files: { ...files, [name]: file } }));
      expect(message, name).toContain("damaged manifest.json: files.");
    }
    const device = await sealed(
      ({ files }) => ({ files: { ...files, "tracks.parquet": file } }),
      (folder) => {
        rmSync(join(folder, "tracks.parquet"));
        symlinkSync("/dev/zero", join(folder, "tracks.parquet"));
      },
    );
    expect(device.message).toContain("tracks.parquet is not a file");
    await expect(checkBundle(at("changed"))).rejects.toMatchObject({ message: device.message });
    const vectors = '{"size":12,"vectors":"toString","rows":"toString"}';
    const sha256 = createHash("sha256").update(vectors).digest("hex");
    const absent = await sealed(
      ({ files }) => ({ files: { ...files, "vectors.json": { bytes: vectors.length, sha256 } } }),
      (folder) => writeFileSync(join(folder, "vectors.json"), vectors),
    );
    expect(absent).toMatchObject({
      code: "corrupt",
      message: "the array toString of the vectors is missing",
    });
    const deep = await refusal((folder) => {
      const path = join(folder, "manifest.json");
      const text = readFileSync(path, "utf8");
      writeFileSync(path, text.replace('"knn_k": 100', `"knn_k": ${"[".repeat(1e5)}${"]".repeat(1e5)}`));
    });
    expect(deep).toMatchObject({ code: "corrupt", message: expect.stringContaining("nested too deeply") });
  });

  it("a newer format, and a changed or invalid manifest", async () => {
    const edited = (change: (text: string) => string) =>
      refusal(async (folder) => {
        const path = join(folder, "manifest.json");
        await writeFile(path, change(await readFile(path, "utf8")));
      });
    expect(await checkBundle(at("bundle"))).toEqual((await openBundle(at("bundle"))).manifest);
    const newer = await edited((text) => text.replace('"formatVersion": 2', '"formatVersion": 3'));
    expect(newer.code).toBe("newer-bundle");
    expect((await edited((text) => text.replace("0.25", "0.95"))).message).toContain(
      "changed after it was written",
    );
    expect((await edited(() => "{")).message).toContain("not JSON");
    expect((await edited(() => "[]")).message).toContain("not a bundle's");
  });
});

describe("an inverted file", () => {
  it("finds nearly all, with exact scores, from a bundle", async () => {
    const vectors = randomVectors(
      Array.from({ length: 4000 }, (_, i) => `t${i}`),
      24,
      3,
    );
    const input = { catalogue: vectors, recommenders: {}, vectors, index: "ivf" } as const;
    const manifest = await writeBundle(at("ivf"), input);
    expect(manifest.index!.recall).toBeGreaterThan(0.98);
    expect(manifest.index!.lists).toBe(253);
    const bundle = await openBundle(at("ivf"));
    expect(bundle.index!.kind).toBe("ivf");
    const found = await bundle.index!.search(vectors.vectorAt(5), 10);
    const exact = vectors.nearestRows(vectors.vectorAt(5), 10);
    expect(found.rows[0]).toBe(5);
    const places = Array.from(found.rows, (row) => exact.rows.indexOf(row));
    expect(places.filter((place) => place >= 0).length).toBeGreaterThanOrEqual(9);
    places.forEach((place, i) => {
      if (place >= 0) expect(found.scores[i]).toBe(exact.scores[place]!);
    });
    expect((await writeBundle(at("ivf-again"), input)).id).toBe(manifest.id);
  });

  it("answers the nearest tracks of a bundle", async () => {
    const vectors = randomVectors(
      Array.from({ length: 3000 }, (_, i) => `t${i}`),
      24,
      5,
    );
    const exact = nearestOf(vectors, vectors);
    const recommenders = { nearest: exact.save() };
    await writeBundle(at("lists"), { catalogue: vectors, recommenders, vectors, index: "ivf" });
    const bundle = await openBundle(at("lists"));
    const asked = vectors.tracks.slice(0, 200).map((track) => ({ tracks: [track] }));
    const answers = bundle.recommender("nearest").recommend(asked, 100);
    const found = await bundle.index!.search(vectors.vectors.slice(0, 200 * 24), 101);
    answers.forEach(({ tracks }, q) => {
      const rows = [...found.rows.subarray(q * 101, (q + 1) * 101)].filter((row) => row !== q);
      expect(tracks).toEqual(rows.slice(0, 100).map((row) => `t${row}`));
    });
    // A few of the true nearest are missed: where no answer differed, the lists would not have been asked.
    const truth = exact.recommend(asked, 100);
    const missed = answers.filter(({ tracks }, q) => tracks.join() !== truth[q]!.tracks.join());
    expect(missed.length).toBeGreaterThan(0);
    const unrelated = bundle.recommender("nearest").recommend([{ tracks: ["nobody"] }], 5)[0]!;
    expect(unrelated.tracks).toEqual([]);
  });

  it("is packed once: another thread that gets the same contents uses the same memory", async () => {
    const vectors = randomVectors(
      Array.from({ length: 500 }, (_, i) => `t${i}`),
      8,
      7,
    );
    await writeBundle(at("shared"), { catalogue: vectors, recommenders: {}, vectors, index: "ivf" });
    const contents = await readBundle(at("shared"));
    const posted = structuredClone(contents);
    expect(posted.packed!.memory.buffer.byteLength).toBe(contents.packed!.memory.buffer.byteLength);
    const [one, other] = [bundleOf(contents), bundleOf(posted)];
    const query = vectors.vectorAt(9);
    expect(other.index!.searchNow!(query, 20)).toEqual(one.index!.searchNow!(query, 20));
  });

  it("returns as many as requested, up to all", async () => {
    const vectors = randomVectors(
      Array.from({ length: 700 }, (_, i) => `t${i}`),
      8,
      6,
    );
    await writeBundle(at("all"), { catalogue: vectors, recommenders: {}, vectors, index: "ivf" });
    const { index } = await openBundle(at("all"));
    const { rows } = await index!.search(vectors.vectorAt(3), 700);
    expect(new Set(rows).size).toBe(700);
  });
});
