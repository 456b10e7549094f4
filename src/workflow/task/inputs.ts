/** Loads what a task reads: the records of the tasks before it, and the artifacts they point at. */
import type { Store } from "../../storage/index.js";
import { remembered, SegueError } from "../../system/index.js";
import { loadArtifact } from "../artifacts/load-artifact.js";
import type { ArtifactRef } from "../artifacts/ref.js";
import { readRecord } from "../records/read-record.js";
import { type DoneRecord, keys } from "../records/records.js";
import type { TaskPlace } from "../running/walk.js";
import { itemAt } from "./foreach-items.js";
import { merged, type Refs, unchanged } from "./merge.js";
import type { TaskSpec } from "./task-spec.js";

export interface Inputs {
  /** References to what can be read; the task's own record inherits them. */
  readonly refs: Refs;
  readonly artifacts: object;
  /** Joins only. */
  readonly inputs: unknown;
  readonly item: unknown;
}

interface InputRefs {
  readonly refs: Refs;
  readonly ambiguous: readonly string[];
  readonly parents: readonly Refs[];
}

/** References to the artifacts that a task can read. */
export async function loadRefs(store: Store, spec: TaskSpec): Promise<InputRefs> {
  const { ready } = spec;
  const parents = await Promise.all(ready.parents.map((place) => recordOf(store, spec, place)));
  if (ready.node.kind !== "join") return { refs: parents[0] ?? {}, ambiguous: [], parents };
  if (ready.outer) {
    return { refs: unchanged(await recordOf(store, spec, ready.outer), parents), ambiguous: [], parents };
  }
  return { ...merged(parents), parents };
}

async function recordOf(store: Store, spec: TaskSpec, { step, task }: TaskPlace): Promise<Refs> {
  const record = await readRecord<DoneRecord>(store, keys.done(spec.flow, spec.run, step, task));
  if (!record)
    throw new SegueError(`${spec.flow}/${spec.run}/${step}/${task} has no done-record in ${store.url}`);
  return record.artifacts;
}

export async function loadInputs(store: Store, spec: TaskSpec): Promise<Inputs> {
  const { ready } = spec;
  const loaded = new Map<string, Promise<unknown>>();
  const load = (name: string, ref: ArtifactRef) => {
    // An artifact that many inputs inherit is loaded once. Two with the same content stay separate: a step may modify one of them.
    const key = `${name}/${ref.by}/${ref.sha}`;
    const where = `artifact "${name}" of ${spec.flow}/${spec.run}/${ref.by}`;
    return remembered(loaded, key, () => loadArtifact(store, ref, where));
  };
  const { refs, ambiguous, parents } = await loadRefs(store, spec);
  let inputs: unknown;
  if (ready.node.kind === "join") {
    const values = await Promise.all(parents.map((parent) => readable(parent, load)));
    inputs = ready.outer
      ? values
      : Object.fromEntries(ready.parents.map((parent, i) => [parent.step, values[i]]));
  }
  const artifacts = await readable(refs, load);
  for (const name of ambiguous) refuse(artifacts, name, ready.node.name, ready.node.after);
  const innermost = ready.items.at(-1);
  let item: unknown;
  if (innermost) {
    const { holder, over, index } = innermost;
    const ref = (await recordOf(store, spec, holder))[over]!;
    item = await itemAt(await load(over, ref), index);
  }
  return { refs, artifacts, inputs, item };
}

/** Loads artifacts by name. Values are shared only within the task, so a step may modify them without changing what is stored. */
async function readable(
  refs: Refs,
  load: (name: string, ref: ArtifactRef) => Promise<unknown>,
): Promise<object> {
  const entries = await Promise.all(
    Object.entries(refs).map(async ([name, ref]) => [name, await load(name, ref)] as const),
  );
  return Object.fromEntries(entries);
}

function refuse(artifacts: object, name: string, step: string, branches: readonly string[]): void {
  Object.defineProperty(artifacts, name, {
    enumerable: false,
    get() {
      throw new SegueError(
        `artifact "${name}" is ambiguous in step "${step}": the branches wrote it differently`,
        {
          hint: `say which one: ${branches.map((branch) => `inputs.${branch}.${name}`).join(" or ")}`,
        },
      );
    },
  });
}
