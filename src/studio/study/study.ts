/** Computes the analysis and the map in a worker thread, so that Listen stays responsive. */
import type { Worker } from "node:worker_threads";
import type { Analysis, MusicMap } from "../../analysis/index.js";
import type { Corpus } from "../../corpus/index.js";
import { besideUrl, type ErrorData, errorData, ownThread, type ProgressReport } from "../../system/index.js";
import type { TrackVectors } from "../../track2vec/index.js";

export interface StudyTask {
  readonly corpus: Corpus;
  readonly vectors?: {
    readonly tracks: readonly string[];
    readonly size: number;
    readonly vectors: Float32Array;
  };
  readonly mapTracks?: number;
  readonly genres?: readonly string[];
  readonly seed?: number;
}

/** SVG by theme; undefined if there are too few artists for a fit. */
interface PowerLawPictures {
  readonly light: string | undefined;
  readonly dark: string | undefined;
}

export type StudyAnswer =
  | { readonly kind: "progress"; readonly report: ProgressReport }
  | { readonly kind: "analysis"; readonly analysis: Analysis; readonly powerLaw: PowerLawPictures }
  | { readonly kind: "map"; readonly map: MusicMap }
  | { readonly kind: "failed"; readonly error: ErrorData };

/** What a page can show now: the result, its progress, or why there will be none. */
export type StudyState<T> =
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "working"; readonly task: string; readonly share?: number }
  | { readonly state: "none" | "failed"; readonly message: string; readonly hint?: string };

export class Study {
  #worker: Worker | undefined;
  #analysis: Analysis | undefined;
  #powerLaw: PowerLawPictures | undefined;
  #map: MusicMap | undefined;
  #failed: ErrorData | undefined;
  #report: ProgressReport = { task: "starting", done: 0 };

  constructor(options: Omit<StudyTask, "corpus" | "vectors"> & { corpus?: Corpus; vectors?: TrackVectors }) {
    const { corpus, vectors, mapTracks, genres, seed } = options;
    if (corpus === undefined) return;
    const task: StudyTask = {
      corpus: { ...corpus },
      ...(vectors
        ? { vectors: { tracks: vectors.tracks, size: vectors.size, vectors: vectors.vectors } }
        : {}),
      mapTracks,
      genres,
      seed,
    };
    this.#worker = ownThread(besideUrl(import.meta.url, "./study-worker.js"), { workerData: task });
    this.#worker.on("message", (answer: StudyAnswer) => {
      if (answer.kind === "progress") this.#report = answer.report;
      else if (answer.kind === "analysis") {
        this.#analysis = answer.analysis;
        this.#powerLaw = answer.powerLaw;
      } else if (answer.kind === "map") this.#map = answer.map;
      else this.#failed = answer.error;
    });
    this.#worker.on("error", (error) => (this.#failed = errorData(error)));
    this.#worker.unref();
  }

  #stateOf<T>(value: T | undefined): StudyState<T> {
    if (value !== undefined) return { state: "ready", value };
    if (this.#failed !== undefined) {
      const { message, hint, code } = this.#failed;
      return { state: code === "too-little-data" ? "none" : "failed", message, hint };
    }
    if (this.#worker === undefined)
      return {
        state: "none",
        message: "There are no playlists to look at.",
        hint: "Start the studio with some, instead of the bundle or together with it: segue studio playlists.csv",
      };
    const { task, done, total } = this.#report;
    return { state: "working", task, ...(total ? { share: done / total } : {}) };
  }

  get analysis(): StudyState<Analysis> {
    return this.#stateOf(this.#analysis);
  }

  /** The picture of the power-law fit as SVG, if there is one. */
  powerLaw(theme: "light" | "dark"): string | undefined {
    return this.#powerLaw?.[theme];
  }

  get map(): StudyState<MusicMap> {
    return this.#stateOf(this.#map);
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
