/** A card that is written to the datastore while its step runs, at most once a second, and once more at the end. */
import type { Store } from "../../storage/index.js";
import { messageOf } from "../../system/index.js";
import type { TaskFailure } from "../flow/types.js";
import type { Card, ProgressBar, ValueBox } from "./card.js";
import { type Block, type CardPlace, renderCard } from "./render.js";

export interface LiveCard extends Card {
  /** Writes the card for the last time; what the step adds later is left out. A card without a block is not written. */
  close(): Promise<void>;
}

const refreshEvery = 1000;

export function openCard(store: Store, key: string, place: CardPlace): LiveCard {
  const blocks: Block[] = [];
  let title: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;
  const write = (isOver: boolean) => {
    writing = writing.then(async () => {
      const page = await renderCard({ ...place, title, blocks, isOver });
      await store.put(key, page);
    });
    return writing;
  };
  const changed = () => {
    if (isClosed || blocks.length === 0) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      // The step continues without its card; the last write reports the error.
      write(false).catch(() => {});
    }, refreshEvery).unref();
  };
  const add = (block: Block) => {
    blocks.push(block);
    changed();
  };
  return {
    title(text: string) {
      title = text;
      changed();
    },
    markdown: (text) => add({ type: "markdown", text }),
    table: (rows, options = {}) => add({ type: "table", rows: [...rows], ...options }),
    chart: (spec, options = {}) => add({ type: "chart", spec, ...options }),
    image: (contents, options = {}) => add({ type: "image", contents, ...options }),
    values: (boxes: readonly ValueBox[]) => add({ type: "values", boxes: [...boxes] }),
    progress(text: string, total: number, unit?: string): ProgressBar {
      const block = {
        type: "progress" as const,
        title: text,
        done: 0,
        total,
        unit,
        note: undefined as string | undefined,
      };
      add(block);
      return {
        update(done, note) {
          block.done = done;
          block.note = note;
          changed();
        },
      };
    },
    error: (thrown: unknown) => {
      const { hint, stack } = (thrown ?? {}) as Partial<TaskFailure>;
      add({ type: "error", message: messageOf(thrown), hint, stack });
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await writing.catch(() => {});
      writing = Promise.resolve();
      if (blocks.length > 0) await write(true);
    },
  };
}
