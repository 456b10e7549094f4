/** docs/track2vec.md and the README, as their readers take them: examples run, tables compared with the code. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ModuleKind, ScriptTarget, transpile } from "typescript";
import { describe, expect, it } from "vitest";
import { folderOfTests } from "../system/files/temporary-folder.testkit.js";
import { distPath } from "../system/index.js";
import { askGensim, hasGensim, python } from "./gensim.testkit.js";
import { type Word2VecOptions, word2vecDefaults } from "./options/options.js";
import { trainWord2Vec } from "./word2vec.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const page = read("docs/track2vec.md");
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map((found) => found[1]!);

const folder = folderOfTests("docs");
// As after `npm install segue`, with the playlists that the examples read.
mkdirSync(join(folder, "node_modules"));
symlinkSync(root, join(folder, "node_modules", "segue"));
writeFileSync(
  join(folder, "segue"),
  `#!/bin/sh\nexec "${process.execPath}" "${distPath("cli/main.js")}" "$@"\n`,
);
chmodSync(join(folder, "segue"), 0o755);
const lines = Array.from({ length: 60 }, (_, p) =>
  JSON.stringify({
    playlist_id: `p${p}`,
    tracks: ["Artist 99-Track", ...Array.from({ length: 6 }, (_, i) => `Artist ${(p * 5 + i) % 15}-Track`)],
  }),
);
writeFileSync(join(folder, "playlists.jsonl.gz"), gzipSync(lines.join("\n")));

const run = (command: string, args: string[]) =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });

describe("the examples", () => {
  it.each([
    ...blocks(read("README.md"), "ts").map((code, n) => ["README.md", n + 1, code] as const),
    ...blocks(page, "ts").map((code, n) => ["docs/track2vec.md", n + 1, code] as const),
  ])("of %s, number %i, run and print what their comments say", (_, __, code) => {
    const target = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 };
    writeFileSync(join(folder, "example.mjs"), transpile(code, target));
    const printed = run(process.execPath, ["example.mjs"]).trim().split("\n");
    const told = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map((found) => found[1]!);
    expect(printed).not.toEqual([""]);
    if (told.length > 0) expect(printed).toEqual(told);
  });

  it("there are some of each kind", () => {
    expect(blocks(page, "ts").length).toBeGreaterThanOrEqual(2);
    expect(blocks(page, "sh").length).toBeGreaterThanOrEqual(1);
    expect(blocks(page, "python").length).toBe(1);
  });

  it.each(blocks(page, "sh").filter((code) => code.includes("segue ")))(
    "of the command line run: %s",
    (code) => {
      run("/bin/sh", ["-euc", code]);
    },
  );

  it.skipIf(!hasGensim)("in Python reads our safetensors", () => {
    run("/bin/sh", [
      "-euc",
      "segue train --input playlists.jsonl.gz --epochs 1 --output vectors.safetensors",
    ]);
    expect(run(python, ["-c", blocks(page, "python")[0]!]).trim()).toBe("16 (16, 48)");
  });
});

describe("the table of options", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \|(.*)\|$/gm)]
    .map(([, name, rest]) => [
      name!,
      ...rest!.split(" |").map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
    ])
    .filter((cells) => cells.length === 7);
  const value = (text: string) =>
    text === "one per processor" ? word2vecDefaults.threads : text === "none" ? undefined : JSON.parse(text);

  it("gives all defaults in code", () => {
    const ours = rows.filter(([, , name]) => name! in word2vecDefaults);
    for (const [, , name, byDefault] of ours)
      expect(value(byDefault!), name).toEqual(word2vecDefaults[name as keyof Word2VecOptions]);
    const told = [...ours.map(([, , name]) => name!), "workers"];
    expect(told.sort()).toEqual(Object.keys(word2vecDefaults).sort());
  });

  it("lists every gensim option that Segue lacks, and code says what to do instead", async () => {
    const missing = rows.filter(([, , name]) => name === "" || !(name! in word2vecDefaults));
    const theirs = missing.map(([name]) => name!);
    expect(theirs).toContain("compute_loss");
    for (const name of [...theirs, "maxVocabSize", "size", "iter"])
      await expect(trainWord2Vec([["a"]], { [name]: 1 }), name).rejects.toMatchObject({
        message: `there is no option ${name}`,
        hint: expect.not.stringMatching(/^(There are|Did you mean)/),
      });
  });

  it("gives the command line's defaults", () => {
    const help = spawnSync(join(folder, "segue"), ["train", "--help"], { encoding: "utf8" }).stdout.replace(
      /\n {10,}/g,
      " ",
    );
    const told = rows.filter(([, , , , flag, byDefault]) => flag!.startsWith("--") && byDefault !== "");
    expect(told.length).toBeGreaterThan(14);
    for (const [, , , , flag, byDefault] of told) {
      const line = help.split("\n").find((each) => each.trim().startsWith(`${flag} `));
      expect(line, flag).toBeDefined();
      if (byDefault === "none") expect(line).not.toContain("(default:");
      else expect(line).toMatch(new RegExp(`\\(default: ${flag === "--vector-size" ? 48 : byDefault}[,)]`));
    }
  });

  it.skipIf(!hasGensim)("has every parameter of gensim's Word2Vec, with its default", () => {
    const theirs = askGensim(
      `
import inspect
from gensim.models import Word2Vec
parameters = list(inspect.signature(Word2Vec.__init__).parameters.values())[1:]
answer = [[p.name, "hash" if p.name == "hashfxn" else str(p.default)] for p in parameters]`,
      null,
    );
    expect(rows.map(([name, byDefault]) => [name, byDefault])).toEqual(theirs);
  });
});
