/** The types of artifacts from step to step. The compiler is the judge: `npm run typecheck` reads this file too. */
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { type FileArtifact, file, flow, type TaskFailure, table } from "../index.js";

const options = {
  module: import.meta.url,
  parameters: z.object({ seed: z.number().default(1), name: z.string().optional() }),
};

describe("types of a flow", () => {
  it("gives each step what the steps before it wrote, and the parameters", () => {
    flow("a", options)
      .step("start", ({ parameters, artifacts }) => {
        expectTypeOf(parameters.seed).toEqualTypeOf<number>();
        expectTypeOf(parameters.name).toEqualTypeOf<string | undefined>();
        // @ts-expect-error nothing was written before
        artifacts.nothing;
        return { count: 1, label: "x" };
      })
      .step("next", async ({ artifacts }) => {
        expectTypeOf(artifacts.count).toEqualTypeOf<number>();
        // @ts-expect-error no step wrote it
        artifacts.cuont;
        return { count: "now a text" };
      })
      .step("end", ({ artifacts }) => {
        expectTypeOf(artifacts.count).toEqualTypeOf<string>();
        expectTypeOf(artifacts.label).toEqualTypeOf<string>();
      });
  });

  it("infers the item of a foreach and what its join can read", () => {
    flow("b", options)
      .step("start", () => ({ grid: [{ window: 3 }], seed: 1, name: "n" }))
      // @ts-expect-error "seed" is no array
      .foreach("wrong", { over: "seed" }, () => ({}));
    flow("b", options)
      .step("start", () => ({ rows: table([{ window: 3 }]) }))
      .foreach("row", { over: "rows" }, ({ item }) => {
        expectTypeOf(item).toEqualTypeOf<{ window: number }>();
      });
    flow("b", options)
      .step("start", () => ({ seeds: Uint32Array.of(1, 2) }))
      .foreach("seed", { over: "seeds" }, ({ item }) => {
        expectTypeOf(item).toEqualTypeOf<number>();
        return { inner: Float32Array.of(item) };
      })
      .foreach("inner", { over: "inner" }, ({ item }) => {
        expectTypeOf(item).toEqualTypeOf<number>();
      });
    flow("b", options)
      .step("start", () => ({ ids: BigInt64Array.of(1n) }))
      .foreach("id", { over: "ids" }, ({ item }) => {
        expectTypeOf(item).toEqualTypeOf<bigint>();
      });
    flow("b", options)
      .step("start", () => ({ grid: [{ window: 3 }], seed: 1, name: "n" }))
      .foreach("train", { over: "grid" }, ({ item }) => {
        expectTypeOf(item).toEqualTypeOf<{ window: number }>();
        return { loss: item.window, seed: 2 };
      })
      .step("score", ({ item, artifacts }) => {
        expectTypeOf(item).toEqualTypeOf<{ window: number }>();
        return { hits: artifacts.loss * 2, model: file("x") };
      })
      .join("best", ({ inputs, artifacts }) => {
        expectTypeOf(inputs[0]!.hits).toEqualTypeOf<number>();
        expectTypeOf(inputs[0]!.model).toEqualTypeOf<FileArtifact>();
        expectTypeOf(artifacts.name).toEqualTypeOf<string>();
        // @ts-expect-error every task wrote its own
        artifacts.loss;
        // @ts-expect-error written anew within the foreach
        artifacts.seed;
        return { model: inputs[0]!.model };
      })
      .step("end", ({ artifacts, item }) => {
        expectTypeOf(item).toEqualTypeOf<undefined>();
        expectTypeOf(artifacts.model).toEqualTypeOf<FileArtifact>();
        // @ts-expect-error left behind by the join
        artifacts.hits;
      });
  });

  it("follows nested foreach", () => {
    flow("c", options)
      .step("start", () => ({ outer: ["a"] }))
      .foreach("each", { over: "outer" }, ({ item }) => ({ inner: [item.length] }))
      .foreach("deep", { over: "inner" }, ({ item }) => ({ twice: item * 2 }))
      .join("shallow", ({ inputs, item, artifacts }) => {
        expectTypeOf(item).toEqualTypeOf<string>();
        expectTypeOf(artifacts.inner).toEqualTypeOf<number[]>();
        return { sum: inputs.reduce((sum, each) => sum + each.twice, 0) };
      })
      .join("all", ({ inputs, artifacts }) => {
        expectTypeOf(inputs[0]!.sum).toEqualTypeOf<number>();
        expectTypeOf(artifacts.outer).toEqualTypeOf<string[]>();
      });
  });

  it("merges branches", () => {
    flow("d", options)
      .step("start", () => ({ shared: 1, twice: 1 }))
      .step("left", { after: "start" }, () => ({ fromLeft: "l", both: 1 }))
      .step("right", { after: "start" }, () => ({ fromRight: true, both: 2, twice: 2 }))
      .join("meet", { after: ["left", "right"] }, ({ inputs, artifacts }) => {
        expectTypeOf(inputs.left.fromLeft).toEqualTypeOf<string>();
        expectTypeOf(inputs.right.both).toEqualTypeOf<number>();
        // @ts-expect-error the other branch wrote it
        inputs.left.fromRight;
        expectTypeOf(artifacts.shared).toEqualTypeOf<number>();
        expectTypeOf(artifacts.fromLeft).toEqualTypeOf<string>();
        expectTypeOf(artifacts.fromRight).toEqualTypeOf<boolean>();
        // @ts-expect-error both wrote it
        artifacts.both;
        // @ts-expect-error one of them wrote it anew
        artifacts.twice;
        return { total: 3 };
      })
      .step("end", ({ artifacts }) => {
        expectTypeOf(artifacts.total).toEqualTypeOf<number>();
      });
    flow("d", options)
      .step("start", () => ({ shared: 1 }))
      // @ts-expect-error there is no step of that name
      .step("left", { after: "strat" }, () => ({}));
  });

  it("with catch, the outputs and the error are optional", () => {
    flow("e", options)
      .step("start", () => ({ kept: 1 }))
      .step("risky", { catch: "riskError" }, () => ({ result: 5 }))
      .step("end", ({ artifacts }) => {
        expectTypeOf(artifacts.result).toEqualTypeOf<number | undefined>();
        expectTypeOf(artifacts.riskError).toEqualTypeOf<TaskFailure | undefined>();
        expectTypeOf(artifacts.kept).toEqualTypeOf<number>();
      });
  });
});
