/** Starts the studio: the endpoint's server, with the built web app at "/" and the studio's own routes. */
import type { Corpus } from "../corpus/index.js";
import type { FittedRecommender } from "../recommenders/index.js";
import { modelIn, type RunningServer, type ServedModel, startServer } from "../serving/index.js";
import { distPath, misuse, type Progress } from "../system/index.js";
import type { TrackVectors } from "../track2vec/index.js";
import type { Client } from "../workflow/index.js";
import { listenRoutes } from "./listen/listen-routes.js";
import { type AboutRuns, runRoutes } from "./runs/run-routes.js";
import { Study } from "./study/study.js";
import { studyRoutes } from "./study/study-routes.js";

export interface StudioOptions extends AboutRuns {
  /** The playlists that Data and Map show. Without a bundle, recommenders are fitted on them. */
  readonly corpus?: Corpus;
  /** A bundle's folder or archive, whose recommenders answer. */
  readonly bundle?: string;
  /** Reads runs; without it, Runs says how to create some. */
  readonly client?: Client;
  /** Default 127.0.0.1: only this machine. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The most tracks on the map; default 5000. */
  readonly mapTracks?: number;
  /** Words in playlist titles that colour the map; default rock, rap, country. */
  readonly genres?: readonly string[];
  readonly seed?: number;
  readonly progress?: Progress;
}

/** The recommenders fitted if there is no bundle: quick ones, the best first. */
const quickKinds = ["vstan", "transitions", "item-to-item", "popularity"];

/**
 * Starts the studio; resolves when it answers.
 *
 * @throws SegueError if there is neither a corpus nor a bundle, the web app has not been built, or the port is in use
 */
export async function startStudio(options: StudioOptions): Promise<RunningServer> {
  const { corpus, client, host, port } = options;
  const { model, vectors } = await modelOf(options);
  const study = new Study({ ...options, vectors });
  const server = await startServer({
    model,
    host,
    port,
    logLevel: "error",
    // Runs and logs are nobody else's.
    ownNamesOnly: true,
    webRoot: distPath("web"),
    plugins: [
      (app, { models }) => listenRoutes(app, models, corpus),
      (app) => studyRoutes(app, study),
      (app) => runRoutes(app, client, options),
    ],
  });
  let closing: Promise<void> | undefined;
  return {
    ...server,
    close: () => (closing ??= Promise.all([study.close(), server.close()]).then(() => {})),
  };
}

async function modelOf({
  corpus,
  bundle,
  seed,
  progress,
}: StudioOptions): Promise<{ model: ServedModel; vectors?: TrackVectors }> {
  if (bundle !== undefined) {
    const { openBundle } = await import("../bundle/index.js");
    const opened = await openBundle(bundle);
    return { model: modelIn(opened, bundle), vectors: opened.vectors };
  }
  if (corpus === undefined)
    throw misuse("the studio needs playlists or a bundle", "segue studio playlists.csv");
  const { fitRecommender } = await import("../recommenders/index.js");
  const recommenders: Record<string, FittedRecommender> = {};
  for (const name of quickKinds) {
    progress?.({ task: `fitting ${name}`, done: Object.keys(recommenders).length, total: quickKinds.length });
    recommenders[name] = await fitRecommender(name, corpus, {}, { seed });
  }
  return {
    model: {
      version: "studio",
      catalogue: corpus,
      recommenders,
      defaultRecommender: quickKinds[0]!,
    },
  };
}
