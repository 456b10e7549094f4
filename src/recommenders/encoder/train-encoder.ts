/**
 * Trains the session encoder: track vectors and position gates, so that the code of a context is near the track that follows.
 *
 * After NISER (Gupta et al. 2019, arXiv 1909.04276): codes and tracks have length 1, so that popular tracks are not favoured, and
 * scores are scaled cosines. Instead of a graph network, a context is a gated sum: the vectors of its last tracks, each multiplied
 * element-wise by the gate of its position. The softmax is over tracks sampled for the whole batch, corrected for their sampling
 * probability (Jean et al. 2015, arXiv 1412.2007; Bengio & Senécal 2008). Steps are Adam's, along the sphere.
 */
import { inSlices, Random, silent, usableCores } from "../../system/index.js";
import type { FitOptions } from "../contract.js";
import { type Sessions, sessionCount } from "../core/plays/sessions.js";
import { type EncoderMemory, encoderMemory, parts } from "./encoder-memory.js";
import type { EncoderModel } from "./encoder-model.js";

export interface EncoderTraining {
  readonly size: number;
  /** How many of a context's last tracks are read. */
  readonly reach: number;
  readonly batch: number;
  /** Sampled tracks per batch. */
  readonly drawn: number;
  readonly epochs: number;
  /** The peak learning rate; it rises during the first tenth of the steps and then falls to 0. */
  readonly rate: number;
  /** The factor of cosines. */
  readonly scale: number;
  /** The share of dimensions dropped from each context track in training. */
  readonly dropout: number;
}

export interface TrainedEncoder extends EncoderModel {
  /** The mean sampled-softmax loss, in nats. */
  readonly lossPerEpoch: readonly number[];
}

/** Tracks are sampled in proportion to their plays to this power. */
const drawnBy = 0.5;

/**
 * Trains an encoder. A seed gives the same encoder at any number of threads.
 *
 * @param options.threads at most eight are used. Default: one per processor
 * @throws SegueError if it does not fit in wasm's 4 GiB; the signal's reason
 */
export async function trainEncoder(
  sessions: Sessions,
  training: EncoderTraining,
  options: FitOptions & { readonly seed: number },
): Promise<TrainedEncoder> {
  const { size, reach, epochs } = training;
  const random = new Random(options.seed);
  const examples = examplesOf(sessions, reach);
  const threads = Math.min(options.threads ?? usableCores(), parts);
  const memory = encoderMemory(sessions, training, threads);
  try {
    const trainer = new Trainer(sessions, examples, training, random, memory);
    const progress = options.progress ?? silent;
    const lossPerEpoch: number[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      await inSlices(
        trainer.epoch(epoch, (done) =>
          progress({
            task: "training the encoder",
            done: epoch * trainer.steps + done,
            total: epochs * trainer.steps,
            unit: "batches",
          }),
        ),
        options.signal,
      );
      lossPerEpoch.push(trainer.takeLoss());
    }
    return { size, units: memory.units.slice(), gates: memory.gates.slice(), lossPerEpoch };
  } finally {
    memory.end();
  }
}

interface Examples {
  /** For each context: the position in `items` of the track that follows it. */
  readonly places: Uint32Array;
  /** How many tracks before it are read. */
  readonly lengths: Uint32Array;
}

/** One example for every play of a playlist except the first. */
function examplesOf(sessions: Sessions, reach: number): Examples {
  const { offsets, items } = sessions;
  const count = sessionCount(sessions);
  const places = new Uint32Array(items.length);
  const lengths = new Uint32Array(places.length);
  let at = 0;
  for (let s = 0; s < count; s++) {
    const start = offsets[s]!;
    for (let place = start + 1; place < offsets[s + 1]!; place++) {
      places[at] = place;
      lengths[at++] = Math.min(reach, place - start);
    }
  }
  return { places: places.subarray(0, at), lengths: lengths.subarray(0, at) };
}

class Trainer {
  readonly steps: number;
  readonly #order: Uint32Array;
  readonly #drawing: Float64Array;
  readonly #corrections: Float32Array;
  readonly #gateMeans: Float64Array;
  readonly #gateSquares: Float64Array;
  #step = 0;
  #loss = 0;

  constructor(
    { items, trackCount }: Sessions,
    readonly examples: Examples,
    readonly training: EncoderTraining,
    readonly random: Random,
    readonly memory: EncoderMemory,
  ) {
    const { size, reach, batch, drawn } = training;
    this.#order = Uint32Array.from({ length: examples.places.length }, (_, i) => i);
    this.steps = Math.ceil(this.#order.length / batch);
    const counts = new Float64Array(trackCount);
    for (const track of items) counts[track]! += 1;
    this.#drawing = new Float64Array(trackCount);
    let sum = 0;
    for (let t = 0; t < trackCount; t++) this.#drawing[t] = sum += counts[t]! ** drawnBy;
    this.#corrections = Float32Array.from(counts, (count) => -Math.log((drawn * count ** drawnBy) / sum));
    this.#gateMeans = new Float64Array(reach * size);
    this.#gateSquares = new Float64Array(reach * size);
    const { units, gates } = memory;
    for (let t = 0; t < trackCount; t++) {
      if (counts[t] === 0) continue;
      let squares = 0;
      for (let i = t * size; i < (t + 1) * size; i++) squares += (units[i] = random.normal()) ** 2;
      for (let i = t * size; i < (t + 1) * size; i++) units[i]! /= Math.sqrt(squares);
    }
    for (let back = 0; back < reach; back++)
      gates.fill(Math.exp(-0.3 * back), back * size, (back + 1) * size);
  }

  /** One pass over all contexts, in a new order. */
  *epoch(epoch: number, onStep: (done: number) => void): Generator<void, void> {
    const { batch, epochs, rate, scale, dropout } = this.training;
    const { memory, random } = this;
    const order = random.shuffle(this.#order);
    for (let step = 0; step < this.steps; step++) {
      for (let b = 0; b < batch; b++) {
        // The last batch wraps around.
        const example = order[(step * batch + b) % order.length]!;
        memory.places[b] = this.examples.places[example]!;
        memory.lengths[b] = this.examples.lengths[example]!;
      }
      this.#draw();
      const now = rate * schedule((epoch * this.steps + step) / (epochs * this.steps));
      this.#step++;
      const corrected = (now * Math.sqrt(1 - 0.999 ** this.#step)) / (1 - 0.9 ** this.#step);
      memory.setStep({ scale, rate: corrected, keep: 1 - dropout, seed: random.uint32() });
      memory.kernel.learnBatch();
      this.#stepGates(corrected);
      for (let b = 0; b < batch; b++)
        this.#loss += Math.log(memory.losses[2 * b]!) - memory.losses[2 * b + 1]!;
      onStep(step + 1);
      yield;
    }
  }

  /** The mean loss of the epoch, in nats; resets it. */
  takeLoss(): number {
    const loss = this.#loss / Math.max(1, this.steps * this.training.batch);
    this.#loss = 0;
    return loss;
  }

  /** Samples the tracks for a batch. */
  #draw(): void {
    const { drawnTracks, corrections } = this.memory;
    const drawing = this.#drawing;
    const sum = drawing[drawing.length - 1]!;
    for (let j = 0; j < drawnTracks.length; j++) {
      const lot = this.random.next() * sum;
      let low = 0;
      let high = drawing.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (drawing[middle]! > lot) high = middle;
        else low = middle + 1;
      }
      drawnTracks[j] = low;
      corrections[j] = this.#corrections[low]!;
    }
  }

  /** An Adam step for the gates; the kernel gives their gradients by part. */
  #stepGates(rate: number): void {
    const { gates, gateSums } = this.memory;
    const means = this.#gateMeans;
    const squares = this.#gateSquares;
    for (let i = 0; i < gates.length; i++) {
      let gradient = 0;
      for (let part = 0; part < parts; part++) gradient += gateSums[part * gates.length + i]!;
      means[i] = 0.9 * means[i]! + 0.1 * gradient;
      squares[i] = 0.999 * squares[i]! + 0.001 * gradient ** 2;
      gates[i]! -= (rate * means[i]!) / (Math.sqrt(squares[i]!) + 1e-8);
    }
  }
}

/** The learning rate, relative to its peak, after a share of all steps: linear warm-up over the first tenth, then half a cosine down. */
function schedule(done: number): number {
  if (done < 0.1) return Math.max(0.04, done / 0.1);
  return 0.5 * (1 + Math.cos((Math.PI * (done - 0.1)) / 0.9));
}
