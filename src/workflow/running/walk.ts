/**
 * Walks a flow: given which tasks are done, determines which can run next. It is pure (no clock, files or processes), so all
 * engines walk alike, and a resumed run walks the same way over the existing records.
 */
import { createHash } from "node:crypto";
import type { ArtifactRef } from "../artifacts/ref.js";
import { foreachScopes, type StepNode } from "../flow/graph.js";
import type { DoneRecord } from "../records/records.js";
import { type ForeachToCome, itemCount } from "../task/foreach-items.js";

export interface TaskPlace {
  readonly step: string;
  readonly task: string;
}

/** A task that can run: its place and what it reads. */
export interface ReadyTask extends TaskPlace {
  readonly node: StepNode;
  /** The tasks whose artifacts it reads: one, or for a join all that it joins, in order. */
  readonly parents: readonly TaskPlace[];
  /** For a join that ends a foreach: the task before that foreach. */
  readonly outer?: TaskPlace;
  /** Within a foreach: the index of the item. */
  readonly index?: number;
  /** For every foreach the task is in, outermost first: the task that holds the array, and the array's name. */
  readonly items: ReadonlyArray<{
    readonly holder: TaskPlace;
    readonly over: string;
    readonly index: number;
  }>;
  /** The foreach steps right after it: the task fails if it leaves them no list to iterate over. */
  readonly toCome: readonly ForeachToCome[];
  /** Hash of everything that the task receives, apart from parameters. */
  readonly inputs: string;
}

type Finished = Pick<DoneRecord, "artifacts">;

export class Walk {
  readonly #nodes: readonly StepNode[];
  readonly #scopes: Map<string, readonly string[]>;
  readonly #done = new Map<string, Finished>();
  /** How many tasks each foreach has, by "foreach/task before it". */
  readonly #counts = new Map<string, number>();
  readonly #finishedIn = new Map<string, number>();
  readonly #given = new Set<string>();
  readonly #known = new Map<string, number>();

  constructor(nodes: readonly StepNode[]) {
    this.#nodes = nodes;
    this.#scopes = foreachScopes(nodes);
  }

  /** The first task. */
  start(): ReadyTask {
    const node = this.#nodes.find((each) => each.after.length === 0)!;
    return this.#ready(node, [], []);
  }

  /** How many tasks of `step` are known so far. */
  known(step: string): number {
    return this.#known.get(step) ?? 0;
  }

  /** Whether it has already returned this task as ready. */
  gave(place: TaskPlace): boolean {
    return this.#given.has(nameOf(place));
  }

  /** Notes that a task is done; returns the tasks that can now run because of it. */
  finish(place: TaskPlace, record: Finished): ReadyTask[] {
    this.#done.set(nameOf(place), record);
    const scope = this.#scopes.get(place.step)!;
    const path = pathOf(place.task, scope.length);
    const within = `${place.step}/${taskName(path.slice(0, -1))}`;
    if (scope.length > 0) this.#finishedIn.set(within, (this.#finishedIn.get(within) ?? 0) + 1);
    return this.#nodes.flatMap((node) =>
      node.after.includes(place.step) ? this.#next(node, place, path) : [],
    );
  }

  #next(node: StepNode, place: TaskPlace, path: readonly number[]): ReadyTask[] {
    if (node.kind === "step") return [this.#ready(node, path, [place])];
    if (node.kind === "foreach") {
      // There is a list: without one the task before would have failed, see `requireItems`.
      const length = itemCount(this.#done.get(nameOf(place))!.artifacts[node.over!])!;
      this.#counts.set(`${node.name}/${taskName(path)}`, length);
      if (length === 0)
        return this.#endsOf(node.name).flatMap((join) => this.#closeForeach(join, node.name, path));
      return Array.from({ length }, (_, i) => this.#ready(node, [...path, i], [place]));
    }
    if (node.after.length > 1) {
      const parents = node.after.map((step) => ({ step, task: taskName(path) }));
      return parents.every((parent) => this.#done.has(nameOf(parent)))
        ? [this.#ready(node, path, parents)]
        : [];
    }
    return this.#closeForeach(node, this.#scopes.get(place.step)!.at(-1)!, path.slice(0, -1));
  }

  /** The joins that end the foreach `name`. */
  #endsOf(name: string): StepNode[] {
    return this.#nodes.filter(
      (node) =>
        node.kind === "join" && node.after.length === 1 && this.#scopes.get(node.after[0]!)!.at(-1) === name,
    );
  }

  #closeForeach(join: StepNode, foreach: string, path: readonly number[]): ReadyTask[] {
    const last = join.after[0]!;
    const expected = this.#counts.get(`${foreach}/${taskName(path)}`)!;
    if ((this.#finishedIn.get(`${last}/${taskName(path)}`) ?? 0) < expected) return [];
    const parents = Array.from({ length: expected }, (_, i) => ({
      step: last,
      task: taskName([...path, i]),
    }));
    const before = this.#nodes.find((node) => node.name === foreach)!.after[0]!;
    return [this.#ready(join, path, parents, { step: before, task: taskName(path) })];
  }

  #ready(
    node: StepNode,
    path: readonly number[],
    parents: readonly TaskPlace[],
    outer?: TaskPlace,
  ): ReadyTask {
    const scope = this.#scopes.get(node.name)!;
    const items = scope.map((foreach, depth) => {
      const each = this.#nodes.find((other) => other.name === foreach)!;
      const holder = { step: each.after[0]!, task: taskName(path.slice(0, depth)) };
      return { holder, over: each.over!, index: path[depth]! };
    });
    const task: ReadyTask = {
      node,
      step: node.name,
      task: taskName(path),
      parents,
      outer,
      index: path.at(-1),
      items,
      toCome: this.#nodes
        .filter((other) => other.kind === "foreach" && other.after.includes(node.name))
        .map((other) => ({ foreach: other.name, over: other.over! })),
      inputs: this.#hash(node, path, outer === undefined ? parents : [outer, ...parents], items),
    };
    if (!this.gave(task)) this.#known.set(task.step, this.known(task.step) + 1);
    this.#given.add(nameOf(task));
    return task;
  }

  #hash(
    node: StepNode,
    path: readonly number[],
    read: readonly TaskPlace[],
    items: ReadyTask["items"],
  ): string {
    const hash = createHash("sha256");
    hash.update(JSON.stringify([node.name, path]));
    for (const place of read) hash.update(JSON.stringify(contents(this.#done.get(nameOf(place))!.artifacts)));
    for (const { holder, over, index } of items)
      hash.update(JSON.stringify([this.#done.get(nameOf(holder))!.artifacts[over]?.sha, index]));
    return hash.digest("hex");
  }
}

const nameOf = (place: TaskPlace) => `${place.step}/${place.task}`;

/** "0" outside of any foreach, else the indices of the items: "3", "3.1". */
export function taskName(path: readonly number[]): string {
  return path.length === 0 ? "0" : path.join(".");
}

function pathOf(task: string, depth: number): number[] {
  return depth === 0 ? [] : task.split(".").map(Number);
}

function contents(artifacts: Readonly<Record<string, ArtifactRef>>): [string, string][] {
  return Object.keys(artifacts)
    .sort()
    .map((name) => [name, artifacts[name]!.sha]);
}
