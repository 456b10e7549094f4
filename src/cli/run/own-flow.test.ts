/** Flows of one's own that fail, as people run them: what is said of it, and how they are gone on with. */
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { distPath } from "../../system/index.js";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
const segue = (...args: string[]) => project.segueHere(...args);

beforeAll(() =>
  project.writeFlows(
    "own.js",
    `import { appendFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
     import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
     import { SegueError } from ${JSON.stringify(pathToFileURL(distPath("index.js")).href)};
     const module = import.meta.url;

     export const together = segue
       .flow("together", { module, parameters: z.object({ tasks: z.int() }) })
       .step("start", ({ parameters }) => ({ list: Array.from({ length: parameters.tasks }, (_, i) => i) }))
       .foreach("work", { over: "list" }, async ({ item, run, parameters }) => {
         const begun = \`begun-\${run}\`;
         mkdirSync(\`\${begun}/\${item}\`, { recursive: true });
         while (readdirSync(begun).length < parameters.tasks) await new Promise((r) => setTimeout(r, 20));
         throw new SegueError("no luck");
       })
       .join("end", () => {});

     export const twice = segue
       .flow("twice", { module })
       .step("start", () => appendFileSync("ran.txt", "start "))
       .step("luck", ({ attempt }) => {
         appendFileSync("ran.txt", "luck ");
         if (!existsSync("lucky") && attempt < 2) throw new Error("no luck");
       })
       .step("end", () => {});

     export const talks = segue
       .flow("talks", { module })
       .step("start", () => {
         for (let row = 1; row < 8; row++) console.log(\`row \${row}\`);
         throw new Error("row 8 is bad");
       });

     export const reader = segue
       .flow("reader", { module })
       .step("start", async ({ client }) => ({ read: await client.flow("talks").latestSuccessfulRun.id() }));

     export const named = segue
       .flow("named", { module, parameters: z.object({ name: z.string() }) })
       .step("start", ({ parameters }) => ({ fine: 1, [parameters.name]: 2 }));`,
  ),
);
afterAll(() => project.remove());

describe("a user's flow that fails", () => {
  it("is reported if its module never finishes loading", async () => {
    project.write("never.mjs", "await new Promise(() => {});");
    const { code, stderr } = await project.segueMeanwhile("run", "never.mjs");
    expect([code, stderr]).toEqual([
      1,
      "error: cannot load the flow's module never.mjs: its top-level await never settles\n  → look for an await outside of any function, there or in what it imports\n",
    ]);
  });

  it("is pointed to TMPDIR if its steps cannot get a folder", async () => {
    vi.stubEnv("TMPDIR", project.at("nowhere"));
    const { code, stderr } = await segue("run", "./own.js:talks");
    vi.unstubAllEnvs();
    expect(code).toBe(1);
    expect(stderr).toContain("  → name another folder for temporary files: TMPDIR=/path/to/folder\n");
  });

  it.each([
    [1, /^error: \S+: no luck\n/],
    [
      2,
      /^error: \S+: no luck; 1 other task failed, too: work\/[01]\n {2}→ why each failed: segue show \S+\n/,
    ],
    [8, /: no luck; 7 other tasks failed, too: (work\/\d(, )?){5} and 2 more\n/],
  ])(
    "names the failed tasks of %i",
    async (tasks, message) => {
      const workers = String(tasks);
      const failed = await segue("run", "own.js:together", "--tasks", workers, "--max-workers", workers);
      expect(failed.code).toBe(1);
      expect(failed.stderr).toMatch(message);
      // No task printed anything: a log would be empty.
      expect(failed.stderr).not.toContain("segue logs");
      const [, run] = /segue show (together\/\S+)\n/.exec(failed.stderr)!;
      const shown = await segue("show", run!);
      expect(shown.stdout.match(/no luck/g)).toHaveLength(tasks);
    },
    30_000,
  );

  it("is shown with the line that threw, the last lines printed, and what to do", async () => {
    const where = ["--datastore", "talks"];
    const failed = await segue("run", "own.js:talks", ...where);
    const run = /segue resume (talks\/\S+)/.exec(failed.stderr)![1]!;
    expect((await segue("show", "talks", ...where)).stdout).toMatch(
      new RegExp(
        `start/0 +failed .* row 8 is bad \\(own\\.js:\\d+\\)

  │ row 3
  │ row 4
  │ row 5
  │ row 6
  │ row 7

  → everything it printed: segue logs ${run}/start/0 --datastore talks
  → when it is fixed: segue resume ${run} --datastore talks
  → with other parameters: segue run own.js:talks --datastore talks
$`,
      ),
    );
    // No other parameters bring the run that is missing: it is not to be run anew, but gone on with.
    const stuck = await segue("run", "own.js:reader", ...where);
    expect(stuck.stderr).toMatch(
      new RegExp(
        `"talks" has no successful run in .*
  → its latest run \\(failed\\), and how to resume it: segue show ${run} --datastore talks
  → the run and its parameters: segue show reader/\\S+ --datastore talks
  → when it is fixed: segue resume reader/\\S+ --datastore talks
$`,
      ),
    );
  });

  it("is retried or taken from the cache by a resumed run with the flags for it", async () => {
    const failed = await segue("run", "own.js:twice");
    expect(failed.stderr).toMatch(/→ what it printed: segue logs twice\/\S+\/luck\/0\n/);
    const resumed = await segue("resume", "--with", "retry=2");
    expect(resumed.stderr).toBe("");
    expect(project.read("ran.txt")).toBe("start luck luck luck ");
    const refused = await segue("resume", "--step", "luck", "--with", "timeout=2");
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'error: --with takes retry or retry=N, not "timeout=2"\n',
    ]);
    // The run that failed has no result of that step, and the one that was resumed has.
    const [, run] = /segue resume (twice\/\S+)/.exec(failed.stderr)!;
    expect((await segue("resume", run!, "--cache")).stdout).toMatch(/luck.*cache/);
    expect(project.read("ran.txt")).toBe("start luck luck luck ");
    // What is to run anew does, though the cache knows it.
    project.write("lucky", "");
    await segue("resume", "--step", "luck", "--cache");
    expect(project.read("ran.txt")).toBe("start luck luck luck luck ");
  });

  it("is named as a shell takes it, and asked about parameters that it did not have when it ran", async () => {
    const module = (shape: string) =>
      project.writeFlows(
        "my flow.js",
        `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
         export const mine = segue
           .flow("mine", { module: import.meta.url, parameters: z.object(${shape}) })
           .step("start", () => { throw new Error("no luck"); });`,
      );
    module("{ seed: z.int().default(1) }");
    const failed = await segue("run", "my flow.js");
    expect(failed.stderr).toMatch(/with other parameters: segue run 'my flow\.js'\n$/);
    const refused = await segue("run", "my flow.js", "--seed", "x");
    expect(refused.stderr).toContain("→ segue run './my flow.js:mine' --help explains each parameter");
    module("{ seed: z.int(), kind: z.string() }");
    // In this process the module as it was is loaded.
    const resumed = await project.segueMeanwhile("resume", "mine");
    expect([resumed.code, resumed.stderr]).toEqual([
      2,
      `error: the run's parameters no longer fit its flow: kind is required
  → give new parameters a default, or begin anew: segue run './my flow.js:mine'
`,
    ]);
  });

  it.each(["tag", "max_workers", "help"])("may have no parameter %s: the command has one", async (name) => {
    project.writeFlows(
      `${name}.js`,
      `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
       export const taken = segue
         .flow("taken", { module: import.meta.url, parameters: z.object({ ${name}: z.string().default("") }) })
         .step("start", () => {});`,
    );
    const flag = name.replace("_", "-");
    for (const verb of ["run", "check"]) {
      const { code, stderr } = await segue(verb, `${name}.js`);
      expect([code, stderr]).toEqual([
        2,
        `error: parameter ${flag} of flow "taken" is a flag of segue run itself
  → give the parameter another name, such as taken-${flag}
`,
      ]);
    }
  });

  it.each(["a/b", "", "a\nb"])("gets an error for an artifact named %j", async (name) => {
    const { code, stderr } = await segue("run", "own.js:named", `--name=${name}`);
    expect(code).toBe(1);
    const called = JSON.stringify(name);
    expect(stderr).toContain(`/start/0: step "start" returned an artifact named ${called}\n  → a name`);
  });
});

it("segue gc says how many runs and objects it removed", async () => {
  for (let i = 0; i < 2; i++) await segue("run", "own.js:named", "--name", "x", "--datastore", "two");
  const removed = await segue("gc", "--keep", "1", "--datastore", "two");
  expect(removed.stdout).toMatch(/\nremoved 1 run and 0 objects \(0 B\); kept 1 run\n$/);
});
