import { describe, expect, it } from "vitest";
import { NeighbourFinder, type NeighbourSettings } from "./neighbours.js";

const settings: NeighbourSettings = {
  neighbours: 10,
  perTrack: 100,
  last: 10,
  contextDecay: "linear",
  lengthPower: 0,
  recency: 0,
  near: 0,
  before: 1,
  idfMatch: 0,
  idfVote: 0,
};

/** Playlists 0 to 4 of the tracks 0 to 3. */
const sessions = {
  trackCount: 4,
  offsets: Uint32Array.of(0, 2, 4, 5, 6, 8),
  items: Uint32Array.of(0, 1, 0, 2, 0, 1, 2, 3),
};

/** Similarities by playlist, and the weights of the context. */
function found(context: readonly number[], given: Partial<NeighbourSettings> = {}) {
  const finder = new NeighbourFinder(sessions, { ...settings, ...given });
  finder.find(Uint32Array.from(context));
  const similarities = Array.from(finder.neighbours.subarray(0, finder.found), (session, n) => [
    session,
    finder.similarities[n]!,
  ]);
  return { similarities: Object.fromEntries(similarities), weights: [...finder.context] };
}

describe("neighbours, worked by hand", () => {
  it("share tracks of the context, whose weights fall linearly from 1 for the last", () => {
    const { similarities, weights } = found([0, 1, 2, 3]);
    expect(weights).toEqual([1 / 4, 2 / 4, 3 / 4, 1]);
    expect(similarities).toEqual({ 0: 3 / 4, 1: 1, 2: 1 / 4, 3: 2 / 4, 4: 7 / 4 });
  });

  it("match where they play the shared track that is latest in the context, and overlap in all shared tracks", () => {
    const finder = new NeighbourFinder(sessions, settings);
    finder.find(Uint32Array.of(0, 1));
    expect([...finder.matches]).toEqual([1, 2, 4, 5, 0]);
    expect([...finder.matched]).toEqual([1, 1 / 2, 1 / 2, 1, 0]);
    const [of0, of1] = [Math.log(6 / 3), Math.log(6 / 2)];
    expect([...finder.overlaps]).toEqual([of1 + of0, of0, of0, of1, 0]);
  });

  it("or fall by a constant factor", () => {
    const { weights } = found([0, 1, 2], { contextDecay: 2 });
    expect(weights).toEqual([Math.exp(-1), Math.exp(-1 / 2), 1, 0]);
  });

  it("are searched by the last tracks only, each once", () => {
    const { similarities, weights } = found([0, 1, 3, 3], { last: 3 });
    expect(weights).toEqual([0, 1 / 3, 0, 1]);
    expect(similarities).toEqual({ 0: 1 / 3, 3: 1 / 3, 4: 1 });
  });

  it("are the latest playlists of a track if it has more than the limit", () => {
    expect(Object.keys(found([0], { perTrack: 2 }).similarities)).toEqual(["1", "2"]);
  });

  it("weigh less if longer, and tracks weigh more if rarer", () => {
    expect(found([1], { lengthPower: 1 }).similarities).toEqual({ 0: 1 / 2, 3: 1 });
    const idf = Math.log(6 / 2);
    expect(found([1], { idfMatch: 2 }).similarities).toEqual({ 0: idf ** 2, 3: idf ** 2 });
  });
});
