/** `segue show`, and how it, `check` and `run` refuse a module of flows that cannot be used. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScratchProject } from "./project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

beforeAll(() => {
  project.writeFlows(
    "two.mjs",
    `
export const one = segue.flow("one", { module: import.meta.url }).step("start", () => ({ a: 1 }));
export const other = segue.flow("other", { module: import.meta.url }).step("begin", () => ({ b: 1 }));`,
  );
  project.writeFlows(
    "tuned.mjs",
    `
import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
export const tuned = segue
  .flow("tuned", { module: import.meta.url, parameters: z.object({ seed: z.int(), list: z.array(z.int()) }) })
  .step("start", () => ({ a: 1 }));`,
  );
  project.write("broken.mjs", "export const a = 1;\n\nexport const b = = 2;\n");
  project.write("imports-broken.mjs", 'export * from "./broken.mjs";\n');
  project.write("throws.mjs", '// flows\nthrow new Error("no luck");\n');
  project.writeFlows(
    "misused.mjs",
    `
export const a = segue.flow("a", { module: import.meta.url }).step("start", { retries: 3 }, () => {});`,
  );
  project.write("wrong-import.mjs", 'import { nothing } from "node:fs";\nexport { nothing };\n');
  project.write("empty.mjs", "export const a = 1;\n");
  project.write("typed.ts", "export const a: number = 1;\n");
});

describe("a flow's module", () => {
  it("is drawn by its file, or by its name if there are several", async () => {
    const shown = await project.segueHere("show", "./two.mjs:other", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({ flow: "other", steps: [{ name: "begin" }] });
    expect(await project.segueHere("show", "./two.mjs")).toMatchObject({
      code: 2,
      stderr: "error: ./two.mjs exports 2 flows\n  → say which: ./two.mjs:one\n",
    });
  });

  it("has all its exported flows checked, each with its problems", async () => {
    project.writeFlows(
      "some.mjs",
      `
export const fine = segue.flow("fine", { module: import.meta.url }).step("start", () => {});
export const lost = segue.flow("lost", { module: import.meta.url }).step("start", () => {}).step("b", { after: "strat" }, () => {});
export const bare = segue.flow("bare", { module: import.meta.url });`,
    );
    expect(await project.segueHere("check", "./some.mjs")).toMatchObject({
      code: 2,
      stdout: "fine: valid, 1 step\n",
      stderr: expect.stringMatching(
        /^error: flow "bare" is invalid.*no step.*\nflow "lost" is invalid.*did you mean "start"/s,
      ),
    });
    expect((await project.segueHere("check", "./some.mjs:fine")).code).toBe(0);
    expect(JSON.parse((await project.segueHere("check", "./two.mjs", "--json")).stdout)).toEqual([
      { flow: "one", steps: 1 },
      { flow: "other", steps: 1 },
    ]);
  });

  it.each([
    ["./missing.js", 2, "there is no file ./missing.js"],
    ["./empty.mjs", 2, "./empty.mjs exports no flow"],
    ["./throws.mjs", 1, "cannot load the flow's module throws.mjs: no luck (throws.mjs:2)"],
    ["./misused.mjs", 2, 'step "start" has no option retries'],
    ["./broken.mjs", 1, "Unexpected token '=' (broken.mjs:3)"],
    ["./imports-broken.mjs", 1, "Unexpected token '=' (broken.mjs:3)"],
    ["./wrong-import.mjs", 1, "export named 'nothing' (wrong-import.mjs:1)"],
    ["./typed.ts", 2, "./typed.ts is TypeScript, and flows run as JavaScript"],
    ["./typed.ts:a", 2, "then name the output: ./typed.js:a"],
  ])("%s is refused with the same message by show, check and run", async (module, code, message) => {
    const shown = await project.segueHere("show", module);
    expect(shown).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
    expect(await project.segueHere("check", module)).toEqual(shown);
    expect(await project.segueHere("run", module)).toEqual(shown);
  });
});

describe("segue show", () => {
  it.each(["./two", "../../etc/passwd", "../x", "one/../x"])(
    "says that run %s does not exist",
    async (name) => {
      expect((await project.segueMeanwhile("run", "./two.mjs:one")).code).toBe(0);
      expect(await project.segueHere("show", name)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(
          /^error: there is no run ".*" in .*\n {2}→ .*segue runs.* lists them\n$/,
        ),
      });
    },
  );

  it("draws to a file, or prints the picture, also as JSON", async () => {
    const drawn = await project.segueHere("show", "modeling", "--svg", "m.svg", "--json");
    expect(drawn).toMatchObject({ code: 0, stdout: '{"file":"m.svg"}\n' });
    const svg = (await project.segueHere("show", "modeling", "--svg")).stdout;
    expect(svg).toBe(project.read("m.svg"));
    expect(JSON.parse((await project.segueHere("show", "modeling", "--svg", "--json")).stdout)).toEqual({
      svg,
    });
  });

  it("compares a run with another", async () => {
    const ran = (seed: string) => {
      const run = project.segue("run", "./tuned.mjs", "--seed", seed, "--list", "[1,2]", "--json");
      expect(run.stderr).toBe("");
      return `tuned/${JSON.parse(run.stdout).flows[0].run}`;
    };
    const [first, second] = [ran("1"), ran("2")];
    const { code, stdout } = await project.segueHere("show", "tuned", "--compare", first);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ +${second} +${first}\\nThe run\\n {2}state +done +done\\n`));
    expect(stdout).toMatch(
      /\n {2}start +[\d.]+ s +[\d.]+ s\n\nParameters that differ\n- seed = 2\n\+ seed = 1\n$/,
    );
    expect(
      JSON.parse((await project.segueHere("show", first, "--compare", second, "--json")).stdout),
    ).toEqual({
      runs: [first, second],
      samePlaylists: null,
      figures: [],
      parameters: { seed: [1, 2] },
    });
    const same = await project.segueHere("show", first, "--compare", first);
    expect(same.stdout).toContain("The parameters are the same.");
    expect(await project.segueHere("show", first, "--compare", "nope")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: --compare: there is no run "nope"/),
    });
    expect(await project.segueHere("show", first, "--compare", second, "--svg")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--svg is given, too"),
    });
  });

  it("shows one of Segue's own flows before its first run", async () => {
    expect(await project.segueHere("show", "modeling")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("keep_best"),
    });
  });
});
