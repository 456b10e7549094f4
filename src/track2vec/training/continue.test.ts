import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Query } from "../../corpus/index.js";
import { folderOfTests } from "../../system/files/temporary-folder.testkit.js";
import { readSafetensors, writeSafetensors } from "../../system/index.js";
import { loadVectors, saveVectors } from "../formats/index.js";
import type { TrainOptions } from "../options/train-options.js";
import { TrackVectors } from "../vectors/vectors.js";
import { trainTrack2Vec } from "./train.js";
import { groupedCorpus } from "./train.testkit.js";

const corpus = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 2500, length: 16 });
const quick = { vectorSize: 12, window: 4, minCount: 1, epochs: 4, alpha: 0.05 } satisfies TrainOptions;

const folder = folderOfTests("train");

describe("checkpoints", () => {
  it.each([
    { sg: true, hs: false },
    { sg: false, hs: true },
  ])("resume to bit-identical vectors: %o", async (kind) => {
    const checkpoint = join(folder, "training.safetensors");
    const options = { ...quick, ...kind };
    const whole = await trainTrack2Vec(corpus, options);
    await trainTrack2Vec(corpus, {
      ...options,
      checkpoint,
      onEpoch: ({ epoch }) => (epoch === 2 ? "stop" : undefined),
    });
    // At another number of threads, too.
    const rest = await trainTrack2Vec(corpus, { ...options, threads: 1, resume: checkpoint });
    expect(rest.lossPerEpoch).toEqual(whole.lossPerEpoch);
    expect(rest.vectors.vectors).toEqual(whole.vectors.vectors);
  });

  it("refuse other playlists and other options, and say which", async () => {
    const checkpoint = join(folder, "other.safetensors");
    await trainTrack2Vec(corpus, { ...quick, epochs: 2, checkpoint });
    const window = trainTrack2Vec(corpus, { ...quick, epochs: 2, window: 5, resume: checkpoint });
    await expect(window).rejects.toThrow(/made with other window \(4 then, 5 now\)$/);
    const other = groupedCorpus({ groups: 60, tracksPerGroup: 50, playlists: 2500, length: 16, seed: 2 });
    await expect(trainTrack2Vec(other, { ...quick, epochs: 2, resume: checkpoint })).rejects.toThrow(
      /made with other playlists/,
    );
    // The same plays under other names.
    const renamed = { ...corpus, tracks: corpus.tracks.map((track) => `${track}!`) };
    await expect(trainTrack2Vec(renamed, { ...quick, epochs: 2, resume: checkpoint })).rejects.toThrow(
      /made with other tracks$/,
    );
    const validation = { queries: [{ context: ["g1-1"], next: "g1-2" }] };
    await expect(
      trainTrack2Vec(corpus, { ...quick, epochs: 2, validation, resume: checkpoint }),
    ).rejects.toThrow(/made with other validation$/);
    const limited = trainTrack2Vec(corpus, { ...quick, epochs: 2, maxFinalVocab: 9, resume: checkpoint });
    await expect(limited).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("maxFinalVocab (none then, 9 now)"),
    });
  });

  it("are tied to the vectors that the training began with", async () => {
    const checkpoint = join(folder, "from.safetensors");
    const first = await trainTrack2Vec(corpus, { ...quick, epochs: 1 });
    const second = await trainTrack2Vec(corpus, { ...quick, epochs: 1, seed: 2 });
    // Without counts the vocabulary tells nothing of where it comes from.
    const bare = ({ vectors: { tracks, size, vectors } }: typeof first) =>
      new TrackVectors({ tracks, size, vectors });
    const from = bare(first);
    const halfway = { checkpoint, onEpoch: () => "stop" as const };
    const resume = (options: TrainOptions) =>
      trainTrack2Vec(corpus, { ...quick, ...options, resume: checkpoint });
    const refused = { exitCode: 2, message: expect.stringMatching(/made with other from$/) };

    await trainTrack2Vec(corpus, { ...quick, from, ...halfway });
    const whole = await trainTrack2Vec(corpus, { ...quick, from });
    expect((await resume({ from })).vectors.vectors).toEqual(whole.vectors.vectors);
    await expect(resume({ from: bare(second) })).rejects.toMatchObject(refused);
    await expect(resume({})).rejects.toMatchObject(refused);
    await trainTrack2Vec(corpus, { ...quick, ...halfway });
    await expect(resume({ from })).rejects.toMatchObject(refused);
  });

  it("resume early stopping, and end at once if nothing is left to do", async () => {
    const checkpoint = join(folder, "stopping.safetensors");
    const queries = Array.from({ length: 60 }, (_, group) => ({
      context: [`g${group}-1`],
      next: `g${group}-2`,
    }));
    const options = { ...quick, sg: true, epochs: 12, validation: { queries, k: 49, patience: 2 } };
    const whole = await trainTrack2Vec(corpus, options);
    await trainTrack2Vec(corpus, {
      ...options,
      checkpoint,
      onEpoch: ({ epoch }) => (epoch === whole.epoch ? "stop" : undefined),
    });
    const rest = await trainTrack2Vec(corpus, { ...options, checkpoint, resume: checkpoint });
    expect(rest.hitRatioPerEpoch).toEqual(whole.hitRatioPerEpoch);
    expect(rest.epoch).toBe(whole.epoch);
    expect(rest.vectors.vectors).toEqual(whole.vectors.vectors);
    const again = await trainTrack2Vec(corpus, { ...options, resume: checkpoint });
    expect([again.pairs, again.wordsPerSecond, again.resumedEpochs]).toEqual([0, 0, again.epochs]);
    expect(again.vectors.vectors).toEqual(whole.vectors.vectors);
  });

  it("say what is wrong with an invalid, truncated or unwritable file", async () => {
    const path = join(folder, "good.safetensors");
    await trainTrack2Vec(corpus, { ...quick, epochs: 1, checkpoint: path });
    const resume = (file: string) => trainTrack2Vec(corpus, { ...quick, epochs: 1, resume: file });
    const bytes = await readFile(path);
    const cut = join(folder, "cut.safetensors");
    for (const length of [0, 7, 100, bytes.length >> 1, bytes.length - 1]) {
      await writeFile(cut, bytes.subarray(0, length));
      await expect(resume(cut), `${length} bytes`).rejects.toMatchObject({ code: "corrupt" });
    }
    await writeSafetensors(cut, { weights: { array: Float32Array.of(1) } });
    await expect(resume(cut)).rejects.toThrow(/is not a checkpoint of a training/);
    await expect(loadVectors(path)).rejects.toMatchObject({
      code: "corrupt",
      message: `${path}: it is a checkpoint of a training and holds no finished vectors`,
      hint: "Resume the training with it: resume, or --resume.",
    });
    await saveVectors((await trainTrack2Vec(corpus, { ...quick, epochs: 1 })).vectors, cut);
    await expect(resume(cut)).rejects.toMatchObject({
      message: `${cut} is not a checkpoint of a training but vectors`,
      hint: "Start from them: from.",
    });
    const { tensors, metadata } = await readSafetensors(path);
    const { "weights.inputs": _, ...without } = tensors;
    await writeSafetensors(cut, without, metadata);
    await expect(resume(cut)).rejects.toThrow(/cut\.safetensors lacks weights\.inputs, 36000 32-bit floats/);
    await writeSafetensors(cut, tensors, { ...metadata, fingerprint: "{" });
    await expect(resume(cut)).rejects.toThrow(/does not record the options it was made with/);
    await expect(resume(join(folder, "none"))).rejects.toThrow(/cannot use .*none: there is no such file/);
    const nowhere = trainTrack2Vec(corpus, { ...quick, epochs: 1, checkpoint: join(path, "inside") });
    await expect(nowhere.then(() => "written")).rejects.toThrow(
      /good\.safetensors is not a folder, so .*inside cannot be written/,
    );
    const taken = join(folder, "taken.safetensors");
    const onEpoch = async () => {
      await rm(taken);
      await mkdir(join(taken, "since"), { recursive: true });
      return undefined;
    };
    await expect(
      trainTrack2Vec(corpus, { ...quick, epochs: 2, checkpoint: taken, onEpoch }),
    ).rejects.toMatchObject({
      code: "disk",
      message: `cannot use ${taken}: it is a folder`,
      hint: "name a file",
    });
  });
});

describe("continued training", () => {
  it("keeps known tracks, learns new ones, and works across a file", async () => {
    const first = await trainTrack2Vec(groupedCorpus(), { ...quick, sg: true, epochs: 8 });
    const path = join(folder, "vectors.safetensors");
    await saveVectors(first.vectors, path);
    const from = await loadVectors(path);
    const news = groupedCorpus({ prefix: "new-", seed: 3 });
    const { vectors } = await trainTrack2Vec(news, { ...quick, sg: true, epochs: 8, from });
    expect(vectors.tracks.slice(0, 200)).toEqual(first.vectors.tracks);
    expect(vectors.length).toBe(400);
    expect(vectors.count(first.vectors.tracks[0]!)).toBe(first.vectors.count(first.vectors.tracks[0]!));
    // No playlist names an old track, so their vectors stay.
    expect(vectors.vectors.subarray(0, 200 * 12)).toEqual(first.vectors.vectors);
    const near = vectors.nearest("new-g1-3", 5).tracks;
    expect(near.filter((track) => track.startsWith("new-g1-")).length).toBeGreaterThanOrEqual(4);
  });

  it("needs vectors of the same size", async () => {
    const { vectors } = await trainTrack2Vec(groupedCorpus(), { ...quick, epochs: 1 });
    const other = trainTrack2Vec(groupedCorpus(), { ...quick, vectorSize: 13, from: vectors });
    await expect(other).rejects.toThrow(/12 dimensions, vectorSize is 13/);
  });
});

describe("validation", () => {
  const queries: Query[] = Array.from({ length: 60 }, (_, group) => ({
    context: [`g${group}-1`],
    next: `g${group}-2`,
  }));

  it("keeps the best epoch and stops when there is no improvement", async () => {
    const seen: Float32Array[] = [];
    const run = await trainTrack2Vec(corpus, {
      ...quick,
      sg: true,
      epochs: 40,
      validation: { queries, k: 49, patience: 2 },
      onEpoch: (report) => {
        seen.push(report.vectors().vectors);
        return undefined;
      },
    });
    const best = Math.max(...run.hitRatioPerEpoch);
    expect(best).toBeGreaterThan(0.8);
    expect(run.epochs).toBeLessThan(40);
    expect(run.epoch).toBe(run.hitRatioPerEpoch.indexOf(best) + 1);
    expect(run.epochs - run.epoch).toBe(2);
    expect(run.vectors.vectors).toEqual(seen[run.epoch - 1]);
  });
});

describe("without shared memory", () => {
  it("trains the same vectors on this thread, lets timers run, and stops on abort", async () => {
    const threads = await trainTrack2Vec(corpus, { ...quick, threads: 2 });
    const alone = await trainTrack2Vec(corpus, { ...quick, shared: false });
    expect(alone.threads).toBe(1);
    expect(alone.vectors.vectors).toEqual(threads.vectors.vectors);
    // Counted while a training runs that is long enough for a timer to be due, however fast the machine.
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const signal = AbortSignal.timeout(50);
    await expect(trainTrack2Vec(corpus, { ...quick, epochs: 5000, shared: false, signal })).rejects.toThrow(
      /timeout/,
    );
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});
