/** The epochs of one training: their results, and what follows each epoch: validation, checkpoint, report to the caller. */
import { asWritten, inSlices } from "../../system/index.js";
import type { Weights } from "../kernel/matrices.js";
import type { Session } from "../kernel/session.js";
import type { Word2VecOptions } from "../options/options.js";
import type { TrainOptions } from "../options/train-options.js";
import type { Wording } from "../options/wording.js";
import type { EpochTotals } from "../threads/work.js";
import { TrackVectors } from "../vectors/vectors.js";
import type { Vocabulary } from "../vocabulary/vocabulary.js";
import { type Checkpoint, saveCheckpoint } from "./checkpoint.js";
import { requireFiniteLoss, requireFiniteWeights } from "./divergence.js";
import type { Judge } from "./validation.js";

export type Given = TrainOptions & { readonly wording: Wording };

/** The state before the first epoch. */
export interface Prepared {
  readonly session: Session;
  readonly vocabulary: Vocabulary;
  readonly judge: Judge | undefined;
  /** Fingerprint of the playlists and options for the checkpoint; empty without one. */
  readonly print: string;
  readonly resumed: Checkpoint | undefined;
}

export class Epochs {
  /** One value per epoch, including those of the checkpoint. */
  readonly lossPerEpoch: number[];
  /** Likewise; empty without a validation. */
  readonly hitRatioPerEpoch: number[];
  /** How many epochs the checkpoint had. */
  readonly resumed: number;
  /** In the epochs trained by this call. */
  pairs = 0;
  negativeProducts = 0;
  readonly #prepared: Prepared;
  readonly #options: Given;
  readonly #resolved: Word2VecOptions;
  readonly #began = performance.now();
  /** The weights of the best epoch; undefined without a validation. */
  #best: Weights | undefined;

  /** To be called just before the first epoch: speed is measured from here. */
  constructor(prepared: Prepared, options: Given, resolved: Word2VecOptions) {
    this.#prepared = prepared;
    this.#options = options;
    this.#resolved = resolved;
    this.lossPerEpoch = [...(prepared.resumed?.lossPerEpoch ?? [])];
    this.hitRatioPerEpoch = [...(prepared.resumed?.hitRatioPerEpoch ?? [])];
    this.resumed = this.lossPerEpoch.length;
    this.#best = prepared.resumed?.best;
  }

  get areAllDone(): boolean {
    return this.lossPerEpoch.length >= this.#resolved.epochs;
  }

  /** Whether training is over: all epochs are done, or the validation stopped improving. */
  get areOver(): boolean {
    return this.areAllDone || this.#lostPatience;
  }

  /** Words in finished epochs. */
  get wordsDone(): number {
    return this.lossPerEpoch.length * this.#prepared.session.job.words;
  }

  /** Words in all epochs. */
  get wordsInAll(): number {
    return this.#resolved.epochs * this.#prepared.session.job.words;
  }

  /** The epoch whose vectors are returned, from 1: the best if there is a validation, else the last. */
  get taken(): number {
    return this.#best ? bestEpoch(this.hitRatioPerEpoch) : this.lossPerEpoch.length;
  }

  /** Words per second. @param done words done, including those of the checkpoint */
  speed(done: number): number {
    const here = done - this.resumed * this.#prepared.session.job.words;
    return (here / Math.max(1, performance.now() - this.#began)) * 1000;
  }

  /** Records a finished epoch. @returns whether to train another */
  async after(totals: EpochTotals): Promise<boolean> {
    const { session, judge } = this.#prepared;
    const { checkpoint, onEpoch } = this.#options;
    this.lossPerEpoch.push(totals.loss / Math.max(1, totals.pairs));
    requireFiniteLoss(this.lossPerEpoch.at(-1)!, this.#place());
    this.pairs += totals.pairs;
    this.negativeProducts += totals.negativeProducts;
    // Checked before they replace an earlier checkpoint.
    let weights = judge || checkpoint ? await this.#finiteWeights() : undefined;
    const current = () => (weights ??= session.weights());
    if (judge) await this.#judge(judge, current());
    if (checkpoint) await this.save(current());
    const report = this.#report(totals.epoch, () => this.#vectorsOf(current()));
    if ((await onEpoch?.(report)) === "stop") return false;
    return !this.#lostPatience;
  }

  /** Writes the checkpoint, if one was requested. @param weights of the last epoch; default: copied from the session */
  async save(weights?: Weights): Promise<void> {
    const { checkpoint, signal } = this.#options;
    if (checkpoint === undefined) return;
    const { session, print } = this.#prepared;
    const state = {
      weights: weights ?? (await inSlices(session.weightsSteps(), signal)),
      best: this.#best,
      lossPerEpoch: this.lossPerEpoch,
      hitRatioPerEpoch: this.hitRatioPerEpoch,
    };
    await saveCheckpoint(checkpoint, state, print);
  }

  /** The trained vectors. @throws SegueError code "diverged" if a value is not finite */
  async vectors(): Promise<TrackVectors> {
    if (this.#best === undefined) return this.#vectorsOf(await this.#finiteWeights());
    await inSlices(requireFiniteWeights(this.#best, this.#place()), this.#options.signal);
    return this.#vectorsOf(this.#best);
  }

  get #lostPatience(): boolean {
    const { patience = 3 } = this.#options.validation ?? {};
    return this.hitRatioPerEpoch.length - bestEpoch(this.hitRatioPerEpoch) >= patience;
  }

  async #judge(judge: Judge, weights: Weights): Promise<void> {
    const { signal, wording } = this.#options;
    const { tracks } = this.#prepared.vocabulary;
    const nameOf = (row: number) => `${wording.item} ${asWritten(tracks[row])}`;
    const ratio = await inSlices(judge.hitRatio(weights.inputs, this.#resolved.vectorSize, nameOf), signal);
    this.hitRatioPerEpoch.push(ratio);
    if (bestEpoch(this.hitRatioPerEpoch) === this.hitRatioPerEpoch.length) this.#best = weights;
  }

  #report(epoch: number, vectors: () => TrackVectors) {
    const done = this.wordsDone;
    const speed = this.speed(done);
    return {
      epoch: epoch + 1,
      epochs: this.#resolved.epochs,
      loss: this.lossPerEpoch.at(-1)!,
      wordsPerSecond: speed,
      secondsLeft: (this.wordsInAll - done) / speed,
      ...(this.#options.validation ? { hitRatio: this.hitRatioPerEpoch.at(-1)! } : {}),
      vectors,
    };
  }

  async #finiteWeights(): Promise<Weights> {
    const { signal } = this.#options;
    const weights = await inSlices(this.#prepared.session.weightsSteps(), signal);
    await inSlices(requireFiniteWeights(weights, this.#place()), signal);
    return weights;
  }

  #vectorsOf({ inputs, outputs }: Weights): TrackVectors {
    const { tracks, counts } = this.#prepared.vocabulary;
    const size = this.#resolved.vectorSize;
    return new TrackVectors({
      tracks,
      size,
      vectors: inputs,
      counts,
      outputs,
      noun: this.#options.wording.item,
    });
  }

  /** For messages: where the training stands. */
  #place() {
    const { from, wording } = this.#options;
    return {
      epoch: this.lossPerEpoch.length,
      options: this.#resolved,
      wording,
      from: from && { inputs: from.vectors, outputs: from.outputs },
    };
  }
}

/** The first epoch with the highest hit ratio, from 1; the last if none has a hit, as nothing tells them apart; 0 without epochs. */
function bestEpoch(ratios: readonly number[]): number {
  const most = Math.max(0, ...ratios);
  return most === 0 ? ratios.length : ratios.indexOf(most) + 1;
}
