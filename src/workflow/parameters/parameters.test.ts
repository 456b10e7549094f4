import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { distPath } from "../../system/index.js";
import {
  type AnyFlow,
  FolderStore,
  flow,
  openClient,
  parseParameters,
  readParameters,
  resumeRun,
  runFlow,
} from "../index.js";
import { addParameterFlags, givenParameters } from "../terminal/flags.js";

const at = folderOfEachTest("parameters");

const tuning = flow("tuning", {
  module: import.meta.url,
  parameters: z.object({
    knn_k: z.int().min(1).default(100).describe("how many neighbours"),
    ratio: z.number().gt(0).max(1).default(0.5),
    dev: z.boolean().default(false),
    kinds: z.array(z.string()).default(["a"]),
    windows: z.array(z.int()).optional(),
    target: z.enum(["local", "sagemaker"]).default("local"),
  }),
}).step("start", () => {}) as AnyFlow;

describe("parameters", () => {
  it("fill in defaults and convert text for the schema", () => {
    const values = parseParameters(tuning, {
      "knn-k": "7",
      dev: "yes",
      kinds: "x, y",
      windows: "3,5",
      ratio: "1",
    });
    expect(values).toEqual({
      knn_k: 7,
      ratio: 1,
      dev: true,
      kinds: ["x", "y"],
      windows: [3, 5],
      target: "local",
    });
  });

  it.each([
    [{ knnK: 0 }, "knn-k must be at least 1, got 0"],
    [{ knn_k: "many" }, 'knn-k must be a number, got "many"'],
    [{ knn_k: 1.5 }, "knn-k must be a whole number, got 1.5"],
    [{ ratio: 2 }, "ratio must be at most 1, got 2"],
    [{ ratio: 0 }, "ratio must be more than 0, got 0"],
    [{ target: "aws" }, 'target must be one of local, sagemaker, got "aws"'],
    [{ windows: "3,x" }, 'windows[1] must be a number, got "x"'],
    [{ dev: "perhaps" }, 'dev must be true or false, got "perhaps"'],
  ])("say in one sentence what is wrong with %j", (given, message) => {
    expect(() => parseParameters(tuning, given)).toThrow(message);
  });

  it("leave the empty choice out of what may be written", () => {
    const flow = { name: "packed", parameters: z.object({ form: z.enum(["", "zip", "tar"]).default("") }) };
    expect(() => parseParameters(flow, { form: "rar" })).toThrow('form must be one of zip, tar, got "rar"');
  });

  const timed = {
    name: "timed",
    parameters: z.object({
      when: z.date().min(new Date("2000-01-01")).optional(),
      u: z.union([z.int(), z.literal("auto"), z.enum(["x", "y"])]).default(1),
    }),
  };

  it("accept dates in ISO 8601", () => {
    for (const when of ["2020-01-31", "2020-01-31T09:05:07Z", "2020-01-31T10:05+01:00"])
      expect(parseParameters(timed, { when }).when).toEqual(new Date(when));
    for (const when of ["2020-02-31", "soon", "5"])
      expect(() => parseParameters(timed, { when })).toThrow(
        `when must be a date such as 2026-01-31 or 2026-01-31T09:05:07Z, got "${when}"`,
      );
    expect(() => parseParameters(timed, { when: "1999-01-01" })).toThrow(
      "when must be at least 2000-01-01T00:00:00.000Z, got",
    );
  });

  it("say what a union accepts", () => {
    expect(parseParameters(timed, { u: "7" }).u).toBe(7);
    expect(() => parseParameters(timed, { u: "five" })).toThrow(
      'u must be a number, or auto, or one of x, y, got "five"',
    );
  });

  it("that a schema transforms are transformed once, and reach steps and resumed runs unchanged", async () => {
    const path = at("made.mjs");
    const door = pathToFileURL(distPath("workflow/index.js")).href;
    const zod = import.meta.resolve("zod");
    writeFileSync(
      path,
      `import { existsSync } from "node:fs";
import { flow } from ${JSON.stringify(door)};
import { z } from ${JSON.stringify(zod)};
export const made = flow("made", { module: import.meta.url, parameters: z.object({
  length: z.string().transform((text) => text.length).default(0),
  loud: z.string().default("a").transform((text) => text + "!"),
  sure: z.stringbool().default(false),
  days: z.array(z.date()).default([new Date(0)]),
}) }).step("start", ({ parameters }) => ({ days: parameters.days.map((day) => day.getTime()), all: parameters }))
  .step("end", { cache: false }, ({ parameters }) => {
    if (!existsSync(${JSON.stringify(at("mended"))})) throw new Error("not yet");
    return { again: parameters };
  });`,
    );
    const store = new FolderStore(at("store"));
    const { made } = (await import(pathToFileURL(path).href)) as { made: AnyFlow };
    const given = { length: "123", sure: "yes", days: ["2026-01-31"] };
    const day = new Date("2026-01-31");
    const expected = { length: 3, loud: "a!", sure: true, days: [day] };
    const { run, status } = await runFlow(made, given, { store });
    const client = openClient(store);
    expect(status).toBe("failed");
    const start = client.flow("made").run(run).task("start");
    expect(await start.artifact("days")).toEqual([day.getTime()]);
    expect(await start.artifact("all")).toEqual(expected);
    // For people, as JSON has dates.
    const { parameters } = await client.flow("made").run(run).summary();
    expect(parameters).toEqual({ ...expected, days: [day.toISOString()] });
    writeFileSync(at("mended"), "");
    const resumed = await resumeRun("made", { store, run });
    expect(resumed.status).toBe("done");
    const end = client.flow("made").run(resumed.run).task("end");
    expect(await end.artifact("again")).toEqual(expected);
  });

  it("that a record cannot hold are refused by name, before anything runs", () => {
    const big = { name: "big", parameters: z.object({ mostRows: z.bigint().default(1n) }) };
    expect(() => parseParameters(big, {})).toThrow(
      'parameter most-rows of flow "big" cannot be kept in the run\'s record: it is a bigint',
    );
    const help = addParameterFlags(new Command(), big as never).helpInformation();
    expect(help).toMatch(/--most-rows <value>\s+\[default: "1"\]/);
  });

  it("show informative defaults", () => {
    const parameters = z.object({
      grid: z.array(z.string()).default([]).describe("the grid; without, that of the file"),
      bucket: z.string().default(""),
      kinds: z.array(z.string()).default(["a"]),
      most: z.int().default(0),
      dev: z.boolean().default(false),
    });
    const help = addParameterFlags(new Command(), { name: "odd", parameters } as never).helpInformation();
    expect(help).not.toMatch(/default: (\[\]|"")/);
    for (const wanted of ['["a"]', "0", "false"]) expect(help).toContain(`[default: ${wanted}]`);
  });

  it("accept null if the schema does, and empty text as an empty list", () => {
    const odd = {
      name: "odd",
      parameters: z.object({ most: z.int().nullable().default(1), name: z.string().nullable().default("") }),
    };
    expect(parseParameters(odd, { most: "null", name: "null" })).toEqual({ most: null, name: "null" });
    expect(parseParameters(tuning, { kinds: "", windows: "" })).toMatchObject({ kinds: [], windows: [] });
  });

  it("show an example if the format is hard to guess, and accept a list of objects only as JSON", () => {
    const points = z
      .array(z.looseObject({ name: z.string() }))
      .default([])
      .meta({ description: "the points", examples: ['[{"name":"a"}]'] });
    const scan = { name: "scan", parameters: z.object({ points }) };
    expect(parseParameters(scan, { points: '[{"name":"b","x":1}]' })).toEqual({
      points: [{ name: "b", x: 1 }],
    });
    expect(() => parseParameters(scan, { points: "a,b" })).toThrow(
      'points must be a list, got "a,b" (an example: [{"name":"a"}])',
    );
    expect(() => parseParameters(scan, { points: '["a"]' })).toThrow(
      'points[0] must be an object, got "a" (an example:',
    );
  });

  it("may be omitted; anything but a zod object is refused", async () => {
    const bare = flow("bare", { module: import.meta.url }).step("start", () => {}) as AnyFlow;
    expect(parseParameters(bare, {})).toEqual({});
    expect(await readParameters("conf", bare)).toEqual({ values: {}, sources: {} });
    expect(() => flow("plain", { module: import.meta.url, parameters: { seed: 1 } as never })).toThrow(
      'the parameters of flow "plain" are not a zod object',
    );
  });

  it("that are wrong get a hint to --help, with the module for a user's flow", () => {
    try {
      parseParameters(tuning, { ratio: 2 });
      expect.unreachable();
    } catch (error) {
      expect((error as { hint: string }).hint).toMatch(
        /^segue run \.\/src\/workflow\/parameters\/parameters\.test\.ts:tuning --help explains/,
      );
    }
  });

  it("are checked together by the flow's own check, before a run is recorded", async () => {
    const store = new FolderStore(at());
    const range = flow("range", {
      module: import.meta.url,
      parameters: z.object({ from: z.int().default(1), to: z.int().default(2) }),
      check: ({ from, to }) => {
        if (from > to) throw new Error(`from ${from} is more than to ${to}`);
      },
    }).step("start", () => {}) as AnyFlow;
    await expect(runFlow(range, { from: 3 }, { store })).rejects.toMatchObject({
      message: 'flow "range" refuses its parameters: from 3 is more than to 2',
      exitCode: 2,
    });
    expect(await openClient(store).runs()).toEqual([]);
  });

  it("suggest the nearest name for an unknown one", () => {
    try {
      parseParameters(tuning, { "knnn-k": 3 });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        message: 'flow "tuning" has no parameter "knnn-k"',
        hint: 'did you mean "--knn-k"?',
        exitCode: 2,
      });
    }
  });

  it("are named, and shown as far as they fit into a message, however deep and long they are", () => {
    for (const knn_k of [JSON.parse(`${"[".repeat(1e5)}${"]".repeat(1e5)}`), "9".repeat(1e5)]) {
      const refused = () => parseParameters(tuning, { knn_k });
      expect(refused).toThrow(/^knn-k must be a number, got .{1,1000}$/);
    }
  });

  it("become flags, and only given ones are passed on", () => {
    const command = addParameterFlags(new Command(), tuning);
    const help = command.helpInformation();
    expect(help).toMatch(/--knn-k <n>\s+how many neighbours \[default: 100\]/);
    expect(help).toMatch(/--dev\s+\[default: false\] \(or --no-dev\)/);
    expect(help).toMatch(/--target <value>\s+\(local, sagemaker\) \[default: "local"\]/);
    command.parse(["--knn-k", "5", "--no-dev"], { from: "user" });
    expect(givenParameters(command, tuning)).toEqual({ knn_k: "5", dev: false });
  });

  it("under an unknown name, or in an invalid section, are refused with file and line", async () => {
    const other = flow("other", {
      module: import.meta.url,
      parameters: z.object({ otherThing: z.int().default(1) }),
    }).step("start", () => {}) as AnyFlow;
    const file = at("local", "params.yml");
    mkdirSync(at("local"));
    const read = (text: string) => {
      writeFileSync(file, text);
      return readParameters(at(), tuning, { known: [tuning, other] });
    };
    const module = `${import.meta.filename.replace(/\.ts$/, ".js")}`;
    const { values } = await read(
      `other_thing: 2\nother:\ntuning:\n  ratio: 0.2\n${module}:other:\n  other_thing: 3\n./mine.js:\n  mine: 1\n`,
    );
    expect(values).toEqual({ ratio: 0.2 });
    for (const [text, message, hint] of [
      ["seed: 1", `${file}, line 1: "seed" is neither a flow nor a parameter of one`, "tuning, other"],
      ["dev: true\n\ntunin:\n  dev: true", `${file}, line 3: "tunin" is neither`, 'did you mean "tuning"?'],
      ["othr_thing: 1", `"othr_thing" is neither`, 'did you mean "other_thing"?'],
      ["dve:\n  x: 1", `"dve" is neither`, "./dve.js"],
      ["nosuch:", `${file}, line 1: "nosuch"`, "./nosuch.js"],
      ["other: true", `${file}, line 1: "other" must be a section of parameters, got true`, "indented"],
      ["tuning: [1]", `${file}, line 1: "tuning" must be a section of parameters, got [1]`, "indented"],
      ["tuning:\n  dve: 1", `${file}, line 2: flow "tuning" has no parameter "dve"`, 'mean "dev"?'],
      ["tuning:\n  knn_kk: 1", `flow "tuning" has no parameter "knn_kk"`, 'mean "knn_k"?'],
      [`dev: true\nratio: ${"[".repeat(9999)}`, `${file}, line 2: it is nested too deeply`, "must be YAML"],
    ] as const) {
      const refused = read(text);
      await expect(refused).rejects.toThrow(message);
      await expect(refused).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining(hint) });
    }
  });

  it("come from base, then local, then the flow's own section; an error names the file", async () => {
    for (const layer of ["base", "local"]) mkdirSync(at(layer));
    writeFileSync(at("base", "params.yml"), "ratio: 0.1\nother_flow_thing: 1\ntuning:\n  knn_k: 10\n");
    writeFileSync(at("local", "params.yml"), "knn_k: 0\n");
    const { values, sources } = await readParameters(at(), tuning);
    expect(values).toEqual({ ratio: 0.1, knn_k: 0 });
    expect(() => parseParameters(tuning, values, { sources })).toThrow(
      `knn-k must be at least 1, got 0 (in ${at("local", "params.yml")})`,
    );
    // A base of one's own stands for the shipped one; without one, that is what local/ lies on.
    const shipped = at("shipped");
    mkdirSync(join(shipped, "base"), { recursive: true });
    writeFileSync(join(shipped, "base", "params.yml"), "ratio: 0.5\ndev: true\n");
    expect((await readParameters(at(), tuning, { shipped })).values).toEqual({ ratio: 0.1, knn_k: 0 });
    rmSync(at("base", "params.yml"));
    const below = await readParameters(at(), tuning, { shipped });
    expect(below.values).toEqual({ ratio: 0.5, dev: true, knn_k: 0 });
    expect(below.sources.ratio).toBe(join(shipped, "base", "params.yml"));
  });
});
