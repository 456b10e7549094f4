/** Cleans files that a test writes, in a new folder for each test. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect } from "vitest";
import { folderOfEachTest } from "../../system/files/temporary-folder.testkit.js";
import { sqlString, withDuckDb } from "../../system/index.js";
import { type CleanOptions, cleanPlaylists } from "./clean-playlists.js";
import type { Reject } from "./rejects.js";

/** Contents by name; a Buffer is written as it is. */
type Files = Readonly<Record<string, string | Buffer>>;
type Row = [number, string | null, string | null, string, string];

export const header = '"user_id", "artistname", "trackname", "playlistname"\n';
export const good = '"u1","Muse","Uprising","gym"\n';

export function cleaning() {
  const at = folderOfEachTest("clean");

  /** Writes the files and cleans them. */
  async function clean(files: Files, options: Partial<CleanOptions> = {}) {
    for (const [name, contents] of Object.entries(files)) {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), contents);
    }
    const [output, rejects] = [at("out", "master.parquet"), at("out", "rejects.jsonl")];
    const inputs = (options.inputs ?? Object.keys(files)).map((name) => at(name));
    const facts = await cleanPlaylists({ threads: 2, ...options, inputs, output, rejects });
    const rows = await rowsOf(output);
    const rejected = (await readFile(rejects, "utf8"))
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Reject);
    expect(facts.accepted + facts.rejected).toBe(facts.rows);
    expect(rejected.length).toBe(facts.rejected);
    expect(await readdir(at("out"))).toEqual(["master.parquet", "rejects.jsonl"]);
    return { facts, rows, rejected };
  }

  /** Expects cleaning to fail; returns the error, and what is left in the output folder. */
  async function failure(files: Files, options: Partial<CleanOptions> = {}) {
    const error = await clean(files, options).then(
      () => undefined,
      (caught: Error & { hint?: string; code?: string; exitCode?: number }) => caught,
    );
    expect(error?.name).toBe("SegueError");
    const left = existsSync(at("out")) ? await readdir(at("out")) : [];
    const { message, hint = "", code, exitCode } = error!;
    return { message, hint, code, exitCode, left };
  }

  return { at, clean, failure };
}

/** The rows of a master table. */
export async function rowsOf(path: string): Promise<Row[]> {
  return withDuckDb({ threads: 2 }, async (database) =>
    (await database.rows(`SELECT * FROM read_parquet(${sqlString(path)})`)).map(
      (row) => Object.values(row) as Row,
    ),
  );
}
