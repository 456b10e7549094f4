/** What plain JavaScript gets wrong at the doors of the package: every export says so as misuse, and nothing is passed over. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import * as main from "../index.js";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { openClient as clientOf } from "../workflow/index.js";
import * as deployment from "./deployment.js";
import * as evaluation from "./evaluation.js";
import * as serving from "./serving.js";
import * as track2vec from "./track2vec.js";
import * as workflow from "./workflow.js";

const folder = folderOfTests("doors");
const at = (name: string) => join(folder, name);

/** One argument as it should be, and what else it may be of what is tried. */
interface Argument {
  readonly right: unknown;
  /** Of the wrong ones below, those that are no wrong ones here. */
  readonly also: readonly string[];
  /** The names of its options, where it is an object of options. */
  readonly options?: readonly string[];
}

const wrong: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  "-1": -1,
  Infinity: Number.POSITIVE_INFINITY,
  '"x"': "x",
  "{}": {},
  "[]": [],
  "a symbol": Symbol("x"),
  "a function": () => {},
  "a promise": Promise.resolve(),
};

const given = (right: unknown, ...also: string[]): Argument => ({ right, also });
/** Options that may all be left out. A promise is an object without any. */
const options = (...names: string[]): Argument => ({
  right: {},
  also: ["undefined", "{}", "a promise"],
  options: names,
});
/** Options some of which are needed. */
const needing = (right: object, ...names: string[]): Argument => ({
  right,
  also: [],
  options: [...Object.keys(right), ...names],
});

const builder = new main.CorpusBuilder();
for (let p = 0; p < 8; p++)
  builder.add({ id: `p${p}`, tracks: ["a", "b", "c", "d", "e"].map((_, i, all) => all[(p + i * 2) % 5]!) });
const corpus = builder.build();
const fitted = await main.fitRecommender("popularity", corpus);
const vectors = new track2vec.TrackVectors({
  tracks: corpus.tracks,
  size: 2,
  vectors: Float32Array.from({ length: 10 }, (_, i) => i + 1),
});
const questions = evaluation.questionsOf(corpus);
const facts = evaluation.trainingFacts(corpus);
const column = Float64Array.of(0, 1, 1);
const board = { k: 1, queries: 1, level: 0.95, rows: [] };
const store = new workflow.FolderStore(at("store"));
const flow = workflow.flow("tried", { module: import.meta.url }).step("start", () => ({}));
const endpoint = { endpoint: "e", config: "c", model: "m", archive: "s3://b/a", arn: "", updated: false };
const text = '"x"';

const aCorpus = given(corpus);
const theFitted = given(fitted);
const theVectors = given(vectors);
const path = given(at("somewhere"), text);
const queries = given(questions, "[]");
const bootstrap = options("resamples", "level", "seed", "playlists");
const work = ["progress", "signal"];
const training = options(
  ...[
    "sg",
    "hs",
    "vectorSize",
    "window",
    "minCount",
    "sample",
    "negative",
    "alpha",
    "epochs",
    "seed",
    "threads",
  ],
  ...["workers", "onEpoch", "validation", "checkpoint", "resume", "from", "shared", ...work],
);
const running = [
  "maxWorkers",
  "tags",
  "retry",
  "cache",
  "engine",
  "databaseUrl",
  "sources",
  "pool",
  "listener",
  "signal",
];
const waiting = ["timeout", "pollInterval", "progress", "connection"];

type Call = readonly [call: (...args: never[]) => unknown, ...args: Argument[]];
const ruled = new main.RuledRecommender(fitted, corpus);
const explainer = new main.Explainer(fitted, corpus);
const context = given({ tracks: ["a"] });
const make =
  (Class: new (...args: never[]) => unknown) =>
  (...args: never[]) =>
    new Class(...args);

const doors: Readonly<Record<string, Readonly<Record<string, Call>>>> = {
  segue: {
    "CorpusBuilder.add": [
      (playlist) => new main.CorpusBuilder().add(playlist),
      given({ id: "p", tracks: [] }),
    ],
    "CorpusBuilder.number": [
      (track, artist) => new main.CorpusBuilder().number(track, artist),
      given("a", text),
      given("A", text, "undefined"),
    ],
    Explainer: [make(main.Explainer), theFitted, aCorpus],
    "Explainer.explain": [explainer.explain.bind(explainer), context, given("a", text)],
    RuledRecommender: [make(main.RuledRecommender), theFitted, aCorpus],
    "RuledRecommender.recommend": [
      ruled.recommend.bind(ruled),
      context,
      given(2),
      options("excludePlayed", "exclude", "perArtist", "artistSeparation", "artists", "words"),
    ],
    recommend: [fitted.recommend.bind(fitted), given([{ tracks: [] }], "[]"), given(2)],
    analyzeCorpus: [main.analyzeCorpus, aCorpus, options("top", "bootstrap", "seed", ...work)],
    drawMap: [
      main.drawMap,
      aCorpus,
      theVectors,
      options("tracks", "genres", "perplexity", "iterations", "seed", ...work),
    ],
    exportVectors: [main.exportVectors, theVectors, given("word2vec"), path, options("k")],
    extendPlaylist: [
      main.extendPlaylist,
      theFitted,
      aCorpus,
      context,
      given(2),
      options("rules", "variety", "seed"),
    ],
    fitPowerLaw: [main.fitPowerLaw, given([1, 1, 2, 3]), options("xmin")],
    fitRecommender: [
      main.fitRecommender,
      given("popularity"),
      aCorpus,
      options("halfLife"),
      options("seed", "threads", ...work),
    ],
    openBundle: [main.openBundle, path, options("restore", "beside")],
    packFolder: [main.packFolder, path, path, options("prefix")],
    pgvectorIndex: [main.pgvectorIndex, given({ query: () => {} }), given(2), given("t", text, "undefined")],
    playlistCount: [main.playlistCount, aCorpus],
    readQueries: [main.readQueries, path, options(...work)],
    readSequences: [main.readSequences, path, options("onEmpty", ...work)],
    readPlaylists: [
      main.readPlaylists,
      path,
      options(
        ...["columns", "sessionGap", "sessionLength", "dates", "leaveOut", "escape", "encoding", "minTracks"],
        ...["mergeVersions", "mergeCapitals", "tell", ...work],
      ),
    ],
    reasonsAsText: [main.reasonsAsText, given([], "[]")],
    restoreRecommender: [main.restoreRecommender, given(fitted.save()), aCorpus],
    storeInPgvector: [
      main.storeInPgvector,
      given({ query: async () => ({ rows: [] }) }),
      theVectors,
      given("t", text, "undefined"),
    ],
    tsne: [
      main.tsne,
      given(vectors.vectors),
      given(2),
      options("perplexity", "iterations", "theta", "seed", "neighbours", ...work),
    ],
    writeBundle: [
      main.writeBundle,
      path,
      needing({ catalogue: corpus, recommenders: {} }, "vectors", "index"),
      options("tables", ...work),
    ],
  },
  "segue/deployment": {
    checkEndpoint: [
      deployment.checkEndpoint,
      needing(
        { url: "http://127.0.0.1:1", bundle: at("none") },
        "recommender",
        "tracks",
        "unknownTrack",
        "calls",
        "apiKey",
        "timeout",
      ),
    ],
    checkSageMaker: [
      deployment.checkSageMaker,
      given(endpoint),
      options("bundle", "keep", "tracks", "calls", "tolerance", ...waiting, "signal"),
    ],
    deployLocal: [
      deployment.deployLocal,
      needing({ bundle: at("none") }, "port", "workers", "recommender", "logFile", "readyTimeout", "signal"),
    ],
    deploySageMaker: [
      deployment.deploySageMaker,
      needing({ name: "-" }, "bucket", "image", "role", "instanceCount"),
    ],
    planSageMaker: [
      deployment.planSageMaker,
      needing({ name: "-" }, "bucket", "image", "role", "instanceCount"),
      options("exists", "now"),
    ],
    removeSageMaker: [deployment.removeSageMaker, given(endpoint), options(...waiting)],
    stopLocal: [deployment.stopLocal, given({ pid: 2 ** 30, url: "http://127.0.0.1:1" })],
  },
  "segue/evaluation": {
    bootstrapMeans: [evaluation.bootstrapMeans, given([column]), bootstrap],
    evaluateBaseProtocol: [
      evaluation.evaluateBaseProtocol,
      theFitted,
      given(["a"], text, "[]"),
      given(questions),
      needing({ facts }, "ks", "batch", ...work),
    ],
    evaluateRecommender: [
      evaluation.evaluateRecommender,
      theFitted,
      given(questions),
      needing({ facts }, "ks", "batch", ...work),
    ],
    holdOut: [evaluation.holdOut, aCorpus, options("share", "seed", "positions", "remaining")],
    leaderboard: [evaluation.leaderboard, given([], "[]"), bootstrap],
    leaderboardHtml: [evaluation.leaderboardHtml, given(board)],
    leaderboardJson: [evaluation.leaderboardJson, given(board)],
    leaderboardText: [evaluation.leaderboardText, given(board), options("width")],
    lessWrong: [
      evaluation.lessWrong,
      theFitted,
      queries,
      needing({ catalogue: corpus, similarity: () => 1 }, "k", "sample", "seed"),
    ],
    measureRecommender: [
      evaluation.measureRecommender,
      given(async () => fitted),
      aCorpus,
      given(questions),
      options("ks", "inThreads", ...work),
    ],
    pairedDifference: [evaluation.pairedDifference, given(column), given(column), bootstrap],
    questionsOf: [evaluation.questionsOf, aCorpus, options("positions", "remaining")],
    trainingFacts: [evaluation.trainingFacts, aCorpus],
    twinSwap: [
      evaluation.twinSwap,
      theFitted,
      queries,
      needing({ catalogue: corpus }, "k", "sample", "seed"),
    ],
    unstablePrefixes: [evaluation.unstablePrefixes, theFitted, queries, options("short", "long")],
  },
  "segue/serving": {
    HttpError: [make(serving.HttpError), given(404), given({ error: "gone", code: "gone" })],
    bundleSource: [serving.bundleSource, path, options("recommender", "threads")],
    openServedModel: [serving.openServedModel, path, options("recommender", "threads")],
    readApiKeys: [serving.readApiKeys, { ...options("file", "environment"), also: ["{}", "a promise"] }],
    serve: [
      serving.serve,
      needing(
        { bundle: at("none"), workers: 1 },
        "port",
        "host",
        "apiKeys",
        "rateLimit",
        "onReady",
        "plugins",
        "signal",
        "readApiKeys",
        "recommender",
        "webRoot",
        "docs",
        "logTracks",
      ),
    ],
    startServer: [
      serving.startServer,
      needing(
        { model: serving.bundleSource(at("none")) },
        "port",
        "host",
        "apiKeys",
        "rateLimit",
        "plugins",
        "logger",
        "metrics",
        "recommender",
        "webRoot",
        "docs",
        "logTracks",
        "ownNamesOnly",
      ),
    ],
  },
  "segue/track2vec": {
    TrackVectors: [
      make(track2vec.TrackVectors),
      needing({ tracks: [], size: 1, vectors: new Float32Array() }, "counts", "outputs"),
    ],
    "TrackVectors.nearest": [
      vectors.nearest.bind(vectors),
      given("a"),
      given(2, "undefined"),
      options("exclude"),
    ],
    "TrackVectors.nearestRows": [
      vectors.nearestRows.bind(vectors),
      given(new Float32Array(2)),
      given(2),
      options("skip", "threads"),
    ],
    "TrackVectors.similarity": [vectors.similarity.bind(vectors), given("a"), given("b")],
    "TrackVectors.vector": [vectors.vector.bind(vectors), given("a")],
    hitRatio: [track2vec.hitRatio, theVectors, needing({ queries: questions }, "k", "patience")],
    holdBack: [track2vec.holdBack, aCorpus, given(0.5), given(1)],
    loadVectors: [track2vec.loadVectors, path, given("parquet", "undefined")],
    saveVectors: [track2vec.saveVectors, theVectors, path, given("parquet")],
    trainGrid: [track2vec.trainGrid, aCorpus, given([], "[]"), options("concurrency", ...work)],
    trainTrack2Vec: [track2vec.trainTrack2Vec, aCorpus, training],
    trainWord2Vec: [track2vec.trainWord2Vec, given([["a"]]), training],
  },
  "segue/workflow": {
    Client: [make(workflow.Client), given(store), given({}, "undefined", "{}", "[]", "a promise")],
    "Client.findRun": [(found) => clientOf(store).findRun(found), given("none", text)],
    "Client.flow": [(name) => clientOf(store).flow(name), given("tried", text)],
    "Client.runs": [(how) => clientOf(store).runs(how), options("flow", "tag", "limit")],
    FolderStore: [make(workflow.FolderStore), path],
    checkFlow: [workflow.checkFlow, given(flow)],
    checkParameters: [
      workflow.checkParameters,
      given(flow),
      given({}, "{}", "a promise"),
      given("local", "undefined"),
    ],
    collectGarbage: [workflow.collectGarbage, given(store), needing({ keep: 1 }, "dryRun")],
    drawRun: [workflow.drawRun, given(clientOf(store).flow("tried").latestRun), options("theme")],
    file: [workflow.file, path],
    flow: [workflow.flow, given("tried", text), needing({ module: import.meta.url }, "parameters")],
    flowsOf: [workflow.flowsOf, given(import.meta.url, text)],
    loadFlow: [workflow.loadFlow, given("data:text/javascript,"), given("tried")],
    openClient: [
      workflow.openClient,
      given(store, "undefined"),
      given({}, "undefined", "{}", "[]", "a promise"),
    ],
    openStore: [workflow.openStore, path],
    parseParameters: [
      workflow.parseParameters,
      given(flow),
      { ...options("x"), also: ["{}", "a promise"] },
      options("ignoreUnknown", "sources"),
    ],
    readParameters: [workflow.readParameters, path, given(flow), options("known", "shipped")],
    resumeRun: [workflow.resumeRun, given("tried", text), needing({ store }, ...running, "run", "step")],
    runFlow: [
      workflow.runFlow,
      given(flow),
      { ...options("x"), also: ["{}", "a promise"] },
      needing({ store }, ...running),
    ],
    runInTerminal: [
      workflow.runInTerminal,
      given(async () => ({ status: "done" })),
      options("quiet", "flags"),
    ],
    table: [workflow.table, given([], "[]")],
  },
};

/** Exports that are called by others, or that take nothing. */
const apart = ["CorpusBuilder", "SegueError", "Segue", "Pool"];

async function answer(call: Call[0], args: readonly unknown[]): Promise<string> {
  try {
    await call(...(args as never[]));
    return "is taken";
  } catch (error) {
    if (error instanceof main.SegueError && error.message !== "") return "is refused";
    return `ends with ${error}`;
  }
}

describe.each(Object.entries(doors))("%s", (door, calls) => {
  it("has no untested export", () => {
    const exported = {
      segue: main,
      "segue/deployment": deployment,
      "segue/evaluation": evaluation,
      "segue/serving": serving,
      "segue/track2vec": track2vec,
      "segue/workflow": workflow,
    }[door]!;
    const functions = Object.entries(exported).filter(
      ([name, value]) => typeof value === "function" && !apart.includes(name),
    );
    const names = functions.map(([name]) => name);
    expect(names.filter((name) => calls[name] === undefined)).toEqual([]);
  });

  it.each(Object.entries(calls))("%s refuses invalid arguments", async (name, [call, ...args]) => {
    const right = args.map((argument) => argument.right);
    const failed: string[] = [];
    const check = async (i: number, instead: unknown, as: string, wanted = "is refused") => {
      const all = right.with(i, instead);
      const found = await answer(call, all);
      if (found !== wanted) failed.push(`${name}: argument ${i} as ${as} ${found}`);
    };
    for (const [i, { also, options: names, right: own }] of args.entries()) {
      for (const [as, value] of Object.entries(wrong)) if (!also.includes(as)) await check(i, value, as);
      for (const option of names ?? [])
        for (const as of ["null", "NaN", "a symbol"])
          await check(i, { ...(own as object), [option]: wrong[as] }, `{ ${option}: ${as} }`);
      if (names) await check(i, { ...(own as object), mispelt: 1 }, "{ mispelt: 1 }");
    }
    expect(failed).toEqual([]);
  });
});

describe("paths that lead nowhere", () => {
  mkdirSync(at("folder"));
  writeFileSync(at("folder/file"), "x");
  execFileSync("mkfifo", [at("pipe")]);
  const places = {
    "what is not there": at("none"),
    "a file": at("folder/file"),
    "a folder": at("folder"),
    "a pipe": at("pipe"),
    "a bucket": "s3://segue-none/below",
  };
  /** What reads a path, and what of the places it can use. */
  const readers: Readonly<Record<string, readonly [read: (path: string) => unknown, ...can: string[]]>> = {
    readSequences: [main.readSequences, "a pipe"],
    readPlaylists: [main.readPlaylists],
    readQueries: [main.readQueries, "a pipe"],
    openBundle: [main.openBundle],
    packFolder: [(path) => main.packFolder(path, at("packed.tar.gz")), "a folder"],
    "packFolder's file": [(path) => main.packFolder(at("folder"), path), "what is not there", "a file"],
    writeBundle: [
      (path) => main.writeBundle(path, { catalogue: corpus, recommenders: {} }),
      "what is not there",
    ],
    "exportVectors to word2vec": [
      (path) => main.exportVectors(vectors, "word2vec", path),
      "what is not there",
      "a file",
    ],
    "exportVectors to savedmodel": [
      (path) => main.exportVectors(vectors, "savedmodel", path),
      "what is not there",
      "a folder",
    ],
    loadVectors: [(path) => track2vec.loadVectors(path, "safetensors")],
    "loadVectors of word2vec": [(path) => track2vec.loadVectors(path, "word2vec-binary")],
    "loadVectors of parquet": [(path) => track2vec.loadVectors(path, "parquet")],
    saveVectors: [
      (path) => track2vec.saveVectors(vectors, path, "safetensors"),
      "what is not there",
      "a file",
    ],
    resume: [(path) => track2vec.trainTrack2Vec(corpus, { minCount: 1, epochs: 1, resume: path })],
    checkpoint: [
      (path) => track2vec.trainTrack2Vec(corpus, { minCount: 1, epochs: 1, checkpoint: path }),
      "what is not there",
      "a file",
    ],
    openServedModel: [serving.openServedModel],
    readApiKeys: [(path) => serving.readApiKeys({ file: path })],
    startServer: [(path) => serving.startServer({ model: serving.bundleSource(path), logLevel: "silent" })],
    serve: [(bundle) => serving.serve({ bundle, workers: 1, logLevel: "silent" })],
    deployLocal: [(bundle) => deployment.deployLocal({ bundle, logFile: at("log") })],
    checkEndpoint: [(bundle) => deployment.checkEndpoint({ url: "http://127.0.0.1:1", bundle })],
    planSageMaker: [(model) => deployment.planSageMaker({ ...aws, model }), "a folder"],
    file: [workflow.file, "a file", "a folder"],
    flowsOf: [(path) => workflow.flowsOf(pathToFileURL(path).href)],
    readParameters: [
      (path) => workflow.readParameters(path, flow),
      "what is not there",
      "a folder",
      "a file",
      "a pipe",
    ],
  };
  const aws = {
    name: "e",
    bucket: "s3://bucket/models",
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/segue:1",
    role: "arn:aws:iam::123456789012:role/segue",
  };

  it.each(Object.entries(readers))(
    "%s says so",
    async (name, [read, ...can]) => {
      const failed: string[] = [];
      for (const [place, path] of Object.entries(places)) {
        if (can.includes(place)) continue;
        const ended = await Promise.race([answer(read as Call[0], [path]), wait(8_000, "does not end")]);
        if (ended !== "is refused") failed.push(`${name} of ${place} ${ended}`);
      }
      expect(failed).toEqual([]);
    },
    40_000,
  );
});
