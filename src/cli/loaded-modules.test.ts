/** Commands that only read runs start several times as fast as those that need a model: they must not load what those do. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { distPath } from "../system/index.js";

const at = folderOfEachTest("loaded");

/** The modules that a program loads, as URLs. */
function loadedBy(args: readonly string[]): string[] {
  spawnSync(process.execPath, args, {
    cwd: at(),
    env: { ...process.env, NODE_V8_COVERAGE: at("coverage") },
  });
  const [coverage] = readdirSync(at("coverage"));
  const { result } = JSON.parse(readFileSync(at("coverage", coverage!), "utf8"));
  return result.map(({ url }: { url: string }) => url);
}

it.each(["--help", "runs", "show nothing", "logs nothing/start", "gc --keep 1"])(
  "segue %s loads neither a schema library nor the code of playlists and models",
  (asked) => {
    const loaded = loadedBy([distPath("cli/main.js"), ...asked.split(" ")]);
    expect(loaded).toContainEqual(expect.stringMatching(/\/cli\/program\.js$/));
    expect(loaded.filter((url) => /\/zod\/|\/dist\/(corpus|recommenders|bundle)\//.test(url))).toEqual([]);
  },
);

it("answering without HTTP loads nothing of it", () => {
  const room = `import(${JSON.stringify(distPath("serving/index.js"))})`;
  const loaded = loadedBy(["--input-type=module", "--eval", `await ${room}`]);
  expect(loaded).toContainEqual(expect.stringMatching(/\/serving\/index\.js$/));
  expect(loaded.filter((url) => /node_modules\/(.*fastify.*|pino|zod)\//.test(url))).toEqual([]);
});
