/** Which artifacts a task can read, given the records of the tasks before it. */
import type { ArtifactRef } from "../artifacts/ref.js";

export type Refs = Readonly<Record<string, ArtifactRef>>;

/** The reference of this name, if there is one. Every object inherits names such as "constructor". */
export const refOf = (refs: Refs, name: string): ArtifactRef | undefined =>
  Object.hasOwn(refs, name) ? refs[name] : undefined;

/** After a foreach: the artifacts from before it that no task within rewrote. */
export function unchanged(outer: Refs, inputs: readonly Refs[]): Refs {
  return Object.fromEntries(
    Object.entries(outer).filter(([name, ref]) => inputs.every((input) => input[name]?.by === ref.by)),
  );
}

/** After branches: the artifacts that all branches which have them got from the same task; the others are ambiguous. */
export function merged(branches: readonly Refs[]): { refs: Refs; ambiguous: string[] } {
  const refs: Record<string, ArtifactRef> = {};
  const ambiguous = new Set<string>();
  for (const branch of branches) {
    for (const [name, ref] of Object.entries(branch)) {
      const known = refOf(refs, name);
      if (known !== undefined && known.by !== ref.by) ambiguous.add(name);
      refs[name] = known ?? ref;
    }
  }
  for (const name of ambiguous) delete refs[name];
  return { refs, ambiguous: [...ambiguous] };
}
