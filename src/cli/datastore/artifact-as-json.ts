/** A value, a table or a typed array as JSON; NaN and infinities become null, integers of any size stay exact. */
import { randomUUID } from "node:crypto";
import type { ArtifactKind } from "../../workflow/artifacts/ref.js";
import type { Table } from "../../workflow/index.js";

export async function artifactAsJson(kind: ArtifactKind, value: unknown): Promise<string> {
  const plain =
    kind === "table"
      ? await (value as Table).rows()
      : kind === "array"
        ? Array.from(value as ArrayLike<number | bigint>)
        : value;
  // JSON.stringify takes no bigint: it writes a marked text, which then loses its mark and its quotes.
  const mark = randomUUID();
  const text = JSON.stringify(plain, (_key, each) => (typeof each === "bigint" ? `${mark}${each}` : each), 2);
  return text.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}
