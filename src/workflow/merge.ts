/** What a task can read, from the records of the tasks before it. */
import type { ArtifactRef } from "./artifacts/ref.js";

export type Refs = Readonly<Record<string, ArtifactRef>>;

/** After a foreach: what was there before it and that no task within wrote again. */
export function unchanged(outer: Refs, inputs: readonly Refs[]): Refs {
  return Object.fromEntries(
    Object.entries(outer).filter(([name, ref]) => inputs.every((input) => input[name]?.by === ref.by)),
  );
}

/** After branches: what only one has, or all that have it have from the same task. */
export function merged(branches: readonly Refs[]): { refs: Refs; ambiguous: string[] } {
  const refs: Record<string, ArtifactRef> = {};
  const ambiguous = new Set<string>();
  for (const branch of branches) {
    for (const [name, ref] of Object.entries(branch)) {
      // A name such as "constructor" is there on every object.
      const known = Object.hasOwn(refs, name) ? refs[name] : undefined;
      if (known !== undefined && known.by !== ref.by) ambiguous.add(name);
      refs[name] = known ?? ref;
    }
  }
  for (const name of ambiguous) delete refs[name];
  return { refs, ambiguous: [...ambiguous] };
}
