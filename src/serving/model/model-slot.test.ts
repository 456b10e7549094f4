import { describe, expect, it } from "vitest";
import type { Answer, Answerer, Question } from "../answers/question.js";
import { ModelSlot, type WaitingOptions } from "./model-slot.js";

const light: Question = { of: "tracks", request: { q: "a", limit: 1 } };
const answer: Answer = { json: "{}", unknownTracks: 0, fallbacks: 0 };

/** An answerer that answers when it is told to. */
function slotOf(holds: number, options: WaitingOptions = {}) {
  const taken: Array<() => void> = [];
  const answerer: Answerer = {
    version: "v1",
    defaultRecommender: "a",
    alive: true,
    interruptible: true,
    holds,
    answer: () => new Promise((resolve) => taken.push(() => resolve(answer))),
    close: async () => {},
  };
  const dropped: string[] = [];
  const models = new ModelSlot(answerer, { ...options, onDropped: (why) => dropped.push(why) });
  return { models, taken, dropped, answerer };
}

const settled = () => new Promise(setImmediate);

describe("questions that wait", () => {
  it("are passed to the model when it has room, and dropped if their client has gone", async () => {
    const { models, taken, dropped } = slotOf(2);
    const asker = { client: "a", gone: false };
    const first = [models.answer(light), models.answer(light)];
    const gone = models.answer(light, asker);
    const stays = models.answer(light);
    expect(taken).toHaveLength(2);
    asker.gone = true;
    taken[0]!();
    await expect(gone).rejects.toMatchObject({ status: 499 });
    await settled();
    expect(taken).toHaveLength(3);
    for (const give of taken) give();
    expect(await Promise.all([...first, stays])).toEqual([answer, answer, answer]);
    expect(dropped).toEqual(["client-gone"]);
  });

  it("are refused beyond the limit, if no client has gone", async () => {
    const { models, taken, dropped } = slotOf(1, { maxWaiting: 1 });
    const asker = { client: "a", gone: false };
    const first = models.answer(light);
    const second = models.answer(light, asker);
    await expect(models.answer(light)).rejects.toMatchObject({ status: 503, body: { code: "too-busy" } });
    asker.gone = true;
    const third = models.answer(light);
    await expect(second).rejects.toMatchObject({ status: 499 });
    expect(dropped).toEqual(["too-many", "client-gone"]);
    taken[0]!();
    await first;
    await settled();
    taken[1]!();
    expect(await third).toEqual(answer);
  });

  it("count by cost: a large one leaves no room for another", async () => {
    const { models, taken } = slotOf(32);
    const long: Question = { of: "extend", request: { context: [], n: 100, variety: 0, seed: 1 } };
    const asked = [models.answer(long), models.answer(light)];
    expect(taken).toHaveLength(1);
    taken[0]!();
    await asked[0];
    await settled();
    expect(taken).toHaveLength(2);
    taken[1]!();
    await asked[1];
  });

  it("are taken from clients in turn, and of each client in order", async () => {
    const { models, taken } = slotOf(1);
    const order: string[] = [];
    const ask = async (client: string, name: string) => {
      await models.answer(light, { client, gone: false });
      order.push(name);
    };
    const asked = ["a1", "a2", "a3", "a4", "b1", "b2", "c1"].map((name) => ask(name[0]!, name));
    for (let i = 0; i < asked.length; i++) {
      taken[i]!();
      await settled();
    }
    await Promise.all(asked);
    expect(order).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  });

  it("are taken from clients by cost, and a new client starts level with the others", async () => {
    const { models, taken } = slotOf(1);
    const order: string[] = [];
    const long: Question = { of: "extend", request: { context: [], n: 4, variety: 0, seed: 1 } };
    const ask = async (name: string) => {
      await models.answer(name[0] === "a" ? long : light, { client: name[0]!, gone: false });
      order.push(name);
    };
    const asked = ["a0", "a1", "a2", "b1", "b2", "b3", "b4", "b5", "b6"].map(ask);
    const answerNext = async () => {
      taken[order.length]!();
      await settled();
    };
    for (let i = 0; i < 6; i++) await answerNext();
    asked.push(...["c1", "c2", "c3"].map(ask));
    while (order.length < asked.length) await answerNext();
    await Promise.all(asked);
    // a2 is in the model's hands when those of c come.
    expect(order).toEqual(["a0", "a1", "b1", "b2", "b3", "b4", "a2", "b5", "c1", "b6", "c2", "c3"]);
  });

  it("in a full queue, the last one of the client with most gives way to a client with fewer", async () => {
    const { models, taken, dropped } = slotOf(1, { maxWaiting: 3 });
    const outcomes: Record<string, unknown> = {};
    const ask = (name: string) =>
      models.answer(light, { client: name[0]!, gone: false }).then(
        () => {
          outcomes[name] = "answered";
        },
        ({ status, body }) => {
          outcomes[name] = [status, body.code];
        },
      );
    const refused = [503, "too-busy"];
    const asked = ["a0", "a1", "a2", "a3"].map(ask);
    // Another one of the same client finds no place.
    asked.push(ask("a4"));
    await settled();
    expect(outcomes).toEqual({ a4: refused });
    asked.push(ask("b1"));
    await settled();
    expect(outcomes).toEqual({ a4: refused, a3: refused });
    // It has as many now as the other one would have left.
    asked.push(ask("b2"));
    await settled();
    expect(outcomes).toEqual({ a4: refused, a3: refused, b2: refused });
    expect(dropped).toEqual(["too-many", "too-many", "too-many"]);
    for (let i = 0; i < 4; i++) {
      taken[i]!();
      await settled();
    }
    await Promise.all(asked);
    expect(outcomes).toMatchObject({ a0: "answered", a1: "answered", a2: "answered", b1: "answered" });
  });

  it("go to the next model, and are refused at the stop", async () => {
    const old = slotOf(1);
    const next = slotOf(1);
    void old.models.answer(light);
    const moved = old.models.answer(light);
    old.models.replace(next.answerer);
    expect(next.taken).toHaveLength(1);
    next.taken[0]!();
    expect(await moved).toEqual(answer);
    const late = slotOf(1);
    void late.models.answer(light);
    const cut = late.models.answer(light);
    late.models.close();
    await expect(cut).rejects.toMatchObject({ status: 503, body: { code: "stopping" } });
  });
});
