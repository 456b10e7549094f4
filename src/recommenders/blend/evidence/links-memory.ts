/** The kernel that counts links (assembly/links.ts), and its memory for one set of playlists. */
import { kernelMemory } from "../../core/kernel-memory.js";
import type { Sessions } from "../../core/plays/sessions.js";

interface LinksKernel {
  addPlay(
    items: number,
    first: number,
    at: number,
    last: number,
    age: number,
    after: number,
    before: number,
    slots: number,
    others: number,
    links: number,
    count: number,
  ): number;
  close(slots: number, others: number, links: number, count: number, strengths: number, sums: number): void;
}

/** Numbers per link in the kernel's memory; the first five are its weights. */
export const linkWidth = 8;

/** The kernel and its arrays; see `linksMemory`. */
export type LinksMemory = ReturnType<typeof linksMemory>;

/**
 * @param window the reach of a link on either side, in places
 * @param mostPlays the plays of the most played track
 * @throws SegueError if it does not fit in wasm's 4 GiB
 */
export function linksMemory({ trackCount, items }: Sessions, window: number, mostPlays: number) {
  const mostLinks = Math.min(trackCount, mostPlays * 2 * window);
  const { kernel, arrays } = kernelMemory(
    "links",
    {
      items: [Uint32Array, items.length],
      slots: [Uint32Array, trackCount],
      others: [Uint32Array, mostLinks],
      links: [Float32Array, mostLinks * linkWidth],
      strengths: [Float64Array, mostLinks],
      // What a play at a distance adds: next, after, before, together.
      after: [Float32Array, (window + 1) * 4],
      before: [Float32Array, (window + 1) * 4],
      sums: [Float64Array, 5],
    },
    `links between ${trackCount} tracks from ${items.length} plays`,
    "Leave out rarely played tracks, or the oldest playlists.",
  );
  arrays.items.set(items);
  for (let d = 1; d <= window; d++) {
    arrays.after.set([d === 1 ? 1 : 0, 1 / d, 0, 1], d * 4);
    arrays.before.set([0, 0, 1 / d, 1], d * 4);
  }
  return { kernel: kernel as LinksKernel, ...arrays };
}
