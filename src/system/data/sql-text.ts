/** SQL text: literals, identifiers, and the placeholders of SQL files. */

/** A string as a SQL literal, where no value can be bound (`COPY … TO 'path'`). */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as a SQL literal for `read_parquet`, which would take `*`, `?` and `[` in it for a pattern. */
export function sqlPath(path: string): string {
  return sqlString(path.replace(/[*?[]/g, "[$&]"));
}

/**
 * Parquet files as a SQL table that has just their own columns: DuckDB would take a folder named "artist=x" above them for a column,
 * in place of the one in the file.
 *
 * @param options more of `read_parquet`'s options: "file_row_number = true"
 */
export function sqlParquet(paths: string | readonly string[], options?: string): string {
  const files = typeof paths === "string" ? sqlPath(paths) : `[${paths.map(sqlPath).join(", ")}]`;
  return `read_parquet(${[files, "hive_partitioning = false", ...(options ? [options] : [])].join(", ")})`;
}

/** A name as a SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * The text of a column: Impala, Hive and older Spark do not mark text in Parquet as such, and "Ä" would become "\xC3\x84". Bytes
 * that are no text, such as binary ids, stay written like that.
 *
 * @param type DuckDB's type of the column
 */
export function sqlText(name: string, type: string | undefined): string {
  const column = sqlName(name);
  return type === "BLOB" ? `coalesce(try(decode(${column})), ${column}::VARCHAR)` : column;
}

/** Replaces the `{{name}}` placeholders of a SQL file. @throws Error if a placeholder has no fragment, or a fragment no placeholder */
export function fillSql(template: string, fragments: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const fragment = fragments[name];
    if (fragment === undefined) throw new Error(`the SQL needs {{${name}}}, which was not given`);
    used.add(name);
    return fragment;
  });
  const unused = Object.keys(fragments).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the SQL has no place for ${unused.join(", ")}`);
  return filled;
}
