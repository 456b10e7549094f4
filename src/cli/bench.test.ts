import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath, packageRoot } from "../system/index.js";
import { checkBenchNeeds } from "./bench-needs.js";

const segue = (...given: string[]) =>
  spawnSync(process.execPath, [distPath("cli/main.js"), "bench", ...given], { encoding: "utf8" });

describe("segue bench", () => {
  const folder = folderOfTests("bench");

  it("lists the benches with their claims", () => {
    const listed = JSON.parse(segue("--json").stdout) as Array<{ name: string; measures: string }>;
    expect(listed.map((each) => each.name)).toContain("pipeline");
    for (const { measures } of listed) expect(measures.length).toBeGreaterThan(20);
    expect(segue().stdout).toContain(listed[0]!.measures);
  });

  it("runs a bench with its arguments and exits with its code", () => {
    const sessions = join(folder, "sessions.jsonl");
    const lines = Array.from({ length: 8 }, (_, i) =>
      JSON.stringify({ playlist_id: `${i}`, tracks: ["a", "b", "c"] }),
    );
    writeFileSync(sessions, `${lines.join("\n")}\n`);
    const done = segue("carve-sessions", sessions, "2", join(folder, "carved"));
    expect(done.status, done.stderr).toBe(0);
    const queries = readFileSync(join(folder, "carved", "queries.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(queries.map((line) => JSON.parse(line))).toContainEqual({ context: ["a", "b"], next: "c" });
  });

  it("ends in words if a file is missing", () => {
    const gone = join(folder, "gone.csv");
    for (const name of ["carve-sessions", "power-law", "track2vec-kernel"]) {
      const { status, stderr } = segue(name, gone);
      expect(status, name).not.toBe(0);
      expect(stderr, name).toMatch(/^error: .*gone\.csv/);
      expect(stderr, name).not.toMatch(/^ +at /m);
    }
  });

  it("says which flags a bench takes if one is wrong", () => {
    const { status, stderr } = segue("conformance", "--nope");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "error: Unknown option '--nope'\n  → the flags are --all\n",
    });
  });

  it("names missing requirements of a bench before it starts", () => {
    const script = (text: string) => {
      writeFileSync(join(folder, "needy.mjs"), text);
      return () => checkBenchNeeds(join(folder, "needy.mjs"), "needy");
    };
    writeFileSync(join(folder, "part.mjs"), 'const { x } = await import("@nobody/nothing/deep");\n');
    expect(script('import { readFileSync } from "node:fs";\n')).not.toThrow();
    expect(script('import x from "./part.mjs";\nimport y from "autocannon";\n')).toThrow(
      expect.objectContaining({
        message: 'the bench "needy" needs @nobody/nothing and autocannon, not installed here',
        hint: expect.stringMatching(/^npm install --no-save @nobody\/nothing autocannon@\d/),
      }),
    );
    expect(script('import x from "../src/gone.mjs";\n')).toThrow(
      /only Segue's repository has: \.\.\/src\/gone/,
    );
  });

  it.each(["serving-bundle", "serving-load", "carve-sessions"])("%s prints its usage", (name) => {
    const { status, stderr } = segue(name);
    expect(stderr).toMatch(new RegExp(`^usage: node bench/${name}\\.mjs .+\n$`));
    expect(status).toBe(2);
  });

  it.each(readdirSync(join(packageRoot, "bench")).filter((name) => name.endsWith(".mjs")))(
    "%s finds in dist/ what it imports, also late",
    async (name) => {
      const text = readFileSync(join(packageRoot, "bench", name), "utf8");
      const imports = /(?:import|const) \{([^}]+)\} (?:from|= await import\()\s*"\.\.\/dist\/([^"]+)"/g;
      for (const [, names, path] of text.matchAll(imports))
        expect(Object.keys(await import(/* @vite-ignore */ pathToFileURL(distPath(path!)).href))).toEqual(
          expect.arrayContaining(names!.split(",").flatMap((each) => each.trim() || [])),
        );
    },
  );

  it("suggests existing names", () => {
    const done = segue("pipelin");
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('there is no bench "pipelin"');
    expect(done.stderr).toContain("pipeline");
  });
});
