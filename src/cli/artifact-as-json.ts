/** A value, a table or a typed array as JSON; NaN and infinities become null. */
import type { ArtifactKind } from "../workflow/artifacts/ref.js";
import type { Table } from "../workflow/index.js";

export async function artifactAsJson(kind: ArtifactKind, value: unknown): Promise<string> {
  const plain =
    kind === "table"
      ? await (value as Table).rows()
      : kind === "array"
        ? Array.from(value as ArrayLike<number | bigint>)
        : value;
  return JSON.stringify(plain, (_key, each) => (typeof each === "bigint" ? Number(each) : each), 2);
}
