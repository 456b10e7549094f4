/** Flows for the benches of the workflow engines. */
import { setTimeout as sleep } from "node:timers/promises";
import { flow } from "segue/workflow";
import { z } from "zod";

const module = import.meta.url;

/** 40 short tasks and a few around them, each with a result that can be checked. */
export const chaos = flow("chaos", {
  module,
  parameters: z.object({ tasks: z.int().default(40), milliseconds: z.int().default(150) }),
})
  .step("start", ({ parameters }) => ({ numbers: Array.from({ length: parameters.tasks }, (_, i) => i) }))
  .foreach("work", { over: "numbers" }, async ({ item, parameters }) => {
    await sleep(parameters.milliseconds * (0.5 + ((item * 7919) % 100) / 100));
    return { square: item * item, vector: Float64Array.from({ length: 64 }, (_, i) => item + i) };
  })
  .join("gather", ({ inputs }) => ({
    sum: inputs.reduce((sum, { square }) => sum + square, 0),
    checks: inputs.map(({ vector }) => vector[63]),
  }))
  .step("end", () => {});

const none = z.object({ tasks: z.int().default(200) });

export const empty = flow("empty", { module, parameters: none })
  .step("s1", () => {})
  .step("s2", () => {})
  .step("s3", () => {})
  .step("s4", () => {})
  .step("s5", () => {})
  .step("s6", () => {})
  .step("s7", () => {})
  .step("s8", () => {})
  .step("s9", () => {})
  .step("s10", () => {});

export const wide = flow("wide", { module, parameters: none })
  .step("start", ({ parameters }) => ({ numbers: Array.from({ length: parameters.tasks }, (_, i) => i) }))
  .foreach("each", { over: "numbers" }, () => {})
  .join("end", () => {});

/** Blocks the event loop of its process for a while. */
export const blocked = flow("blocked", {
  module,
  parameters: z.object({ seconds: z.number().default(90) }),
}).step("block", ({ parameters }) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, parameters.seconds * 1000);
  return { pid: process.pid };
});
