/** What `segue analyze` computes, as numbers and as pictures. */
import type { ChartSpec, ChartTheme } from "../charts/index.js";
import { type Corpus, playsOfTracks, requireCorpus } from "../corpus/index.js";
import {
  besideWork,
  type Progress,
  requireOptions,
  SegueError,
  seeds,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { type Distributions, describeCorpus, playsOfArtists } from "./distributions.js";
import type { MusicMap } from "./map/music-map.js";
import { histogramSpec, lengthsSpec, mapSpec, topSpec, unknownSpec } from "./pictures/pictures.js";
import { powerLawSpec } from "./pictures/power-law-spec.js";
import {
  type Comparison,
  compareFit,
  fitPowerLaw,
  type GoodnessOfFit,
  goodnessOfFit,
  type PowerLawFit,
  type Tally,
  tally,
} from "./power-law/index.js";

export interface PowerLawReport extends PowerLawFit {
  /** "Artists", or "Songs" if the data has no artists. */
  readonly what: string;
  readonly comparisons: readonly Comparison[];
  /** Undefined without a bootstrap, or with too little data for one. */
  readonly goodness?: GoodnessOfFit;
}

export interface Analysis extends Distributions {
  /** Undefined if there is too little data to fit. */
  readonly powerLaw?: PowerLawReport;
  readonly map?: MusicMap;
}

export interface AnalyzeOptions {
  /** How many artists and songs to list; default 20. */
  readonly top?: number;
  /** Number of bootstrap samples that test the power law; default 0: no test. */
  readonly bootstrap?: number;
  /** Seed of the bootstrap, a whole number ≥ 0; default 1. */
  readonly seed?: number;
  /** Reports the progress of the bootstrap. */
  readonly progress?: Progress;
  /** Aborts the bootstrap. */
  readonly signal?: AbortSignal;
}

const ranges: Readonly<Record<keyof AnalyzeOptions, ValueRange>> = {
  top: wholeNumber(0),
  bootstrap: wholeNumber(0),
  seed: seeds,
  ...besideWork,
};

const countsOf = (corpus: Corpus) => {
  const artists = playsOfArtists(corpus);
  return artists
    ? { what: "Artists", counts: tally([...artists.values()]) }
    : { what: "Songs", counts: tally(playsOfTracks(corpus)) };
};

/**
 * Computes the distributions and the power law of a corpus. The map is drawn separately (`drawMap`), since it needs vectors.
 *
 * @throws SegueError (misuse) if it is not a corpus, or an option is unknown or out of range
 * @throws the signal's reason
 */
export async function analyzeCorpus(corpus: Corpus, options: AnalyzeOptions = {}): Promise<Analysis> {
  requireCorpus(corpus, "analyzeCorpus");
  requireOptions(options, ranges, "analyzeCorpus");
  const distributions = describeCorpus(corpus, options);
  const { what, counts } = countsOf(corpus);
  const fit = fitIfPossible(counts);
  if (fit === undefined) return distributions;
  const comparisons = compareFit(counts, fit);
  const samples = options.bootstrap ?? 0;
  const goodness =
    samples > 0
      ? await goodnessOfFit(counts, fit, { ...options, samples }).catch(noneOfTooLittle)
      : undefined;
  return { ...distributions, powerLaw: { what, ...fit, comparisons, goodness } };
}

function fitIfPossible(counts: Tally): PowerLawFit | undefined {
  try {
    return fitPowerLaw(counts);
  } catch (error) {
    return noneOfTooLittle(error);
  }
}

/** A bootstrap sample of a handful of artists may have only one distinct count, to which nothing can be fitted. */
function noneOfTooLittle(error: unknown): undefined {
  if (!(error instanceof SegueError && error.code === "too-little-data")) throw error;
}

/** The pictures by name, as chart specs for one theme. */
export function picturesOf(corpus: Corpus, analysis: Analysis, theme: ChartTheme): Record<string, ChartSpec> {
  const { powerLaw, map } = analysis;
  return {
    ...(powerLaw
      ? {
          "power-law": powerLawSpec(countsOf(corpus).counts, powerLaw, powerLaw.comparisons, {
            theme,
            what: powerLaw.what,
          }),
        }
      : {}),
    ...(analysis.artistBins ? { artists: histogramSpec(analysis.artistBins, "Artists") } : {}),
    songs: histogramSpec(analysis.songBins, "Songs"),
    ...(analysis.topArtists ? { "top-artists": topSpec(analysis.topArtists, "artists") } : {}),
    "top-songs": topSpec(analysis.topSongs, "songs"),
    lengths: lengthsSpec(analysis),
    ...(analysis.unknownNext.length > 0 ? { "unknown-next": unknownSpec(analysis) } : {}),
    ...(map ? { map: mapSpec(map, theme) } : {}),
  };
}
