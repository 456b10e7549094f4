import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { distPath, growMemory } from "../index.js";

it.skipIf(process.platform !== "linux")(
  "says what to do under a limit of address space, and it helps",
  (context) => {
    const allocate = `import { wasmMemory } from ${JSON.stringify(distPath("system/index.js"))};
    try { console.log(wasmMemory({ initial: 40 }, "training", "lower --vector-size").buffer.byteLength); }
    catch (error) { console.log(error.code, error.message, error.hint); }`;
    const under = (NODE_OPTIONS: string) =>
      execFileSync(
        "bash",
        ["-c", 'ulimit -v 6000000; exec "$0" --input-type=module -e "$1"', process.execPath, allocate],
        {
          encoding: "utf8",
          env: { ...process.env, NODE_OPTIONS },
        },
      ).trim();
    const allocated = `${40 * 65_536}`;
    const refused = under("");
    // Its V8 does without guard regions where none fit.
    if (refused === allocated) {
      console.log("memory under a limit skipped: this Node.js needs no advice there (Node 20 and 22 do)");
      context.skip();
    }
    expect(refused).toBe(
      "out-of-memory the system refused 3 MiB of memory in one piece for training free memory, lower --vector-size; if the address space is limited (ulimit -v), set NODE_OPTIONS=--disable-wasm-trap-handler",
    );
    expect(under("--disable-wasm-trap-handler")).toBe(allocated);
  },
);

it("says so if a memory cannot grow", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3, shared: false });
  expect(growMemory(memory, 2, "nearest tracks")).toBe(1);
  expect(() => growMemory(memory, 40, "nearest tracks")).toThrow(
    expect.objectContaining({
      code: "out-of-memory",
      message: "the system refused 3 MiB more memory for nearest tracks",
    }),
  );
});
