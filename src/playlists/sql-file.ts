/** Reads the SQL files beside the code, and fills in their `{{placeholders}}`. */
import { readFileSync } from "node:fs";
import { fillSql } from "../system/index.js";

/** @param name a file of src/playlists/sql, without ".sql" */
export function sqlFile(name: string, fragments: Readonly<Record<string, string>> = {}): string {
  return fillSql(readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8"), fragments);
}
