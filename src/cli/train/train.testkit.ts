/** `segue train` for tests. */
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect } from "vitest";
import { ScratchProject } from "../project.testkit.js";

/** A project with playlists to train on, made before the tests of a file and removed after them; and the command in it. */
export function trainings() {
  const project = new ScratchProject();
  const file = (name: string) => project.at(name);
  const input = file("playlists.jsonl");
  beforeAll(async () => {
    const lines = Array.from({ length: 300 }, (_, p) => ({
      playlist_id: `p${p}`,
      tracks: Array.from({ length: 8 }, (_, i) => `${p % 2 ? "jazz" : "rock"}-${(p * 3 + i) % 25}`),
    }));
    await writeFile(input, lines.map((line) => JSON.stringify(line)).join("\n"));
  });
  afterAll(() => project.remove());

  async function segue(...args: (string | number)[]) {
    const { code: status, ...said } = await project.segueHere("train", ...args.map(String));
    expect(said.stderr).not.toMatch(/ at .*\.js:|looks like a bug/);
    return { status, ...said };
  }
  const quick = (...args: (string | number)[]) =>
    segue("--input", input, "--epochs", 2, "--vector-size", 6, "--threads", 1, ...args);
  return { project, file, input, segue, quick };
}
