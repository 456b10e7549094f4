import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sessions } from "../plays/sessions.js";
import { ScoreBoard } from "../scores/score-board.js";
import { NeighbourVotes } from "./neighbour-votes.js";
import { NeighbourFinder, type NeighbourSettings } from "./neighbours.js";

const settings: NeighbourSettings = {
  neighbours: 6,
  perTrack: 100,
  last: 10,
  contextDecay: 2,
  lengthPower: 0.5,
  recency: 1,
  near: 4,
  before: 0.8,
  idfMatch: 1,
  idfVote: 0.5,
};

function sessionsOf(lists: readonly (readonly number[])[], trackCount: number): Sessions {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets[offsets.length - 1]! + list.length);
  return { trackCount, offsets: Uint32Array.from(offsets), items: Uint32Array.from(lists.flat()) };
}

/** One play after the other, in the order of the finder's neighbours. */
function plainVotes(finder: NeighbourFinder, given: NeighbourSettings): Map<number, number> {
  const { offsets, items } = finder.sessions;
  const votes = new Map<number, number>();
  const playlists = (track: number) => {
    let count = 0;
    for (let s = 0; s + 1 < offsets.length; s++)
      if (items.subarray(offsets[s], offsets[s + 1]).includes(track)) count++;
    return count;
  };
  for (let n = 0; n < finder.found; n++) {
    const session = finder.neighbours[n]!;
    const match = finder.matches[session]!;
    const weight = finder.similarities[n]! * (given.near > 0 ? 1 : finder.matched[session]!);
    for (let i = offsets[session]!; i < offsets[session + 1]!; i++) {
      const own = given.matchVote ?? 0;
      if (i === match && own === 0) continue;
      const fade = given.near > 0 ? Math.exp(-(Math.abs(i - match) - 1) / given.near) : 1;
      const place = i === match ? own : i < match ? given.before * fade : fade;
      const idf = Math.log(offsets.length / playlists(items[i]!)) ** given.idfVote;
      votes.set(items[i]!, (votes.get(items[i]!) ?? 0) + weight * place * idf);
    }
  }
  return votes;
}

// One range of tracks in the kernel, and many.
describe.each([50_000, 150_000])("votes of neighbours on %i tracks", (trackCount) => {
  /** Twelve tracks, spread over all ranges. */
  const track = fc.nat(11).map((i) => (i * 112_347) % trackCount);
  const tracks = fc.array(track, { minLength: 1, maxLength: 20 });
  const variants = fc.record({
    near: fc.constantFrom(0, 4, 1e-4),
    before: fc.constantFrom(0, 0.8, -1),
    matchVote: fc.constantFrom(0, 0.1),
    contextDecay: fc.constantFrom<"linear" | number>("linear", 2),
  });

  it("are bit-identical to a plain count, query after query", () => {
    fc.assert(
      fc.property(
        fc.array(tracks, { minLength: 1, maxLength: 12 }),
        tracks,
        variants,
        (lists, context, of) => {
          const given = { ...settings, ...of };
          const finder = new NeighbourFinder(sessionsOf(lists, trackCount), given);
          const votes = new NeighbourVotes(finder, 1);
          const board = new ScoreBoard(trackCount);
          for (const asked of [context, context.slice(1), context]) {
            const query = Uint32Array.from(asked);
            finder.find(query);
            board.clear();
            votes.score(query, 3, board);
            const scores = new Map<number, number>();
            for (let i = 0; i < board.count; i++)
              scores.set(board.touched[i]!, board.scores[board.touched[i]!]!);
            expect(scores).toEqual(plainVotes(finder, given));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("leave out only tracks that cannot be among the best, if many have votes", () => {
    // 40 playlists of 300 tracks, most of them in one alone.
    const lists = Array.from({ length: 40 }, (_, p) =>
      Array.from({ length: 300 }, (_, i) => (i % 10 === 0 ? (i * 7) % 500 : (p * 300 + i * 3) % trackCount)),
    );
    const last = lists[7]!.slice(0, 12);
    const given = { ...settings, neighbours: 30 };
    const finder = new NeighbourFinder(sessionsOf(lists, trackCount), given);
    finder.find(Uint32Array.from(last));
    const voted = [...plainVotes(finder, given)].sort((a, b) => b[1] - a[1]).map(([track]) => track);
    const wanted = 20;
    // Where what has most votes has played, the best of the others come far behind; what has fewer may come to be among them.
    for (const [repeats, played] of [
      [0, voted.slice(0, 400)],
      [1, []],
      [1000, voted.slice(115, 120)],
    ] as const) {
      const context = Uint32Array.from([...played, ...last]);
      finder.find(context);
      const board = new ScoreBoard(trackCount);
      board.clear();
      new NeighbourVotes(finder, repeats).score(context, wanted, board);
      const all = plainVotes(finder, given);
      expect(board.count).toBeLessThan(all.size / 2);
      for (let i = 0; i < board.count; i++) {
        const track = board.touched[i]!;
        expect(board.scores[track]).toBe(all.get(track));
      }
      const ranked = [...all]
        .map(([track, sum]) => [track, sum * (context.includes(track) ? repeats : 1)] as const)
        .filter(([, sum]) => sum > 0)
        .sort((a, b) => b[1] - a[1]);
      for (const [track] of ranked.slice(0, wanted)) expect(board.has(track)).toBe(true);
    }
  });

  it("are complete if a sample of them was not enough", () => {
    // Of 1,280 tracks 69 are rarer than the others: every fifth, which is where an even sample looks.
    const others = Array.from({ length: 1280 }, (_, i) => i + 1);
    const common = others.filter((_, i) => i % 5 !== 0 || i >= 5 * 69);
    const given = { ...settings, neighbours: 1, near: 0, before: 1, contextDecay: 1 };
    const finder = new NeighbourFinder(sessionsOf([common, [0, ...others]], trackCount), given);
    const board = new ScoreBoard(trackCount);
    board.clear();
    finder.find(Uint32Array.of(0));
    new NeighbourVotes(finder, 1).score(Uint32Array.of(0), 249, board);
    expect(board.count).toBeGreaterThanOrEqual(249);
  });
});
