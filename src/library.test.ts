/** The package as those who install it see it: every TypeScript example of the docs is complete and of the package's types. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ModuleKind, ScriptTarget, transpile } from "typescript";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const hasTypes = existsSync(join(root, "dist/index.d.ts"));
if (!hasTypes) console.log("dist/ has no types: build without --run-only to check the docs' examples");

const pages = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith(".md"),
);
const examples = pages.flatMap((path) =>
  [...readFileSync(join(root, path), "utf8").matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map(
    (found, i) => ({ page: path, name: `${basename(path, ".md")}-${i + 1}.ts`, code: found[1]! }),
  ),
);

const folder = mkdtempSync(join(tmpdir(), "segue-library-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// As after `npm install segue pg zod` with the types of Node and pg.
mkdirSync(join(folder, "node_modules"));
symlinkSync(root, join(folder, "node_modules", "segue"));
for (const name of ["pg", "zod", "@types"])
  symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');

describe("the examples of the docs", () => {
  it("are those that we think there are", () => {
    expect(new Set(examples.map(({ page }) => page))).toEqual(
      new Set([
        "README.md",
        ...["analysis", "bundle", "deploy", "recommenders", "serving", "track2vec", "workflow"].map(
          (name) => `docs/${name}.md`,
        ),
      ]),
    );
  });

  it.skipIf(!hasTypes)(
    "compile against the package, strictly, its declarations and all",
    () => {
      for (const { name, code } of examples) writeFileSync(join(folder, name), code);
      const compiler = join(root, "node_modules/typescript-native/bin/tsc");
      const options = [
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "false",
        "--target",
        "es2022",
        "--types",
        "node",
      ];
      const { stdout, status } = spawnSync(
        process.execPath,
        [compiler, ...options, "--module", "nodenext", ...examples.map(({ name }) => name)],
        { cwd: folder, encoding: "utf8" },
      );
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    },
    120_000,
  );

  it("of rules, reasons and longer lists runs", () => {
    const artists = ["Nina Simone", "Etta James"];
    const songs = ["Feeling Good", "At Last", "Sinnerman", "Sunday Kind of Love", "Misty", "Cry"];
    const lines = Array.from({ length: 60 }, (_, p) => {
      const chosen = Array.from(
        { length: 5 },
        (_, i) => [artists[(p + i) % 2]!, songs[(p + i * 5) % 6]!] as const,
      );
      return JSON.stringify({
        playlist_id: `p${p}`,
        tracks: chosen.map(([artist, song]) => `${artist}-${song}`),
        artists: chosen.map(([artist]) => artist),
        title: p % 2 === 0 ? "jazz" : "rainy sunday",
      });
    });
    writeFileSync(join(folder, "playlists.jsonl.gz"), lines.join("\n"));
    const { code } = examples.find(({ name }) => name === "recommenders-1.ts")!;
    writeFileSync(
      join(folder, "rules.mjs"),
      transpile(code, { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 }),
    );
    const printed = execFileSync(process.execPath, ["rules.mjs"], { cwd: folder, encoding: "utf8" });
    expect(printed).toMatch(/^(Nina Simone|Etta James)-\S.* (after|with|near|same)/);
    expect(printed).toMatch(/\[\s*'/);
  });
});
