import fc from "fast-check";
import { expect, it } from "vitest";
import type { ArtifactRef } from "../artifacts/ref.js";
import type { StepNode } from "../flow/graph.js";
import { Walk } from "./walk.js";

const step = (name: string, ...after: string[]): StepNode => ({ name, kind: "step", after });
const join = (name: string, ...after: string[]): StepNode => ({ name, kind: "join", after });
const foreach = (name: string, after: string): StepNode => ({
  ...{ name, kind: "foreach", over: "list" },
  after: [after],
});

const nested = [
  step("start"),
  foreach("each", "start"),
  foreach("inner", "each"),
  step("work", "inner"),
  join("some", "work"),
  join("all", "some"),
  step("left", "all"),
  step("right", "all"),
  join("meet", "left", "right"),
];

type Artifacts = Record<string, ArtifactRef>;
const ref = (sha: string, length = 0): ArtifactRef => ({ kind: "json", sha, size: 1, by: "start/0", length });

/** All tasks with their inputs. @param pick which of so many ready tasks ends next */
function walked(nodes: StepNode[], artifactsOf: (task: string) => Artifacts, pick = (_: number) => 0) {
  const walk = new Walk(nodes);
  const ready = [walk.start()];
  const inputs: [task: string, inputs: string][] = [];
  while (ready.length > 0) {
    const [task] = ready.splice(pick(ready.length), 1);
    inputs.push([`${task!.step}/${task!.task}`, task!.inputs]);
    ready.push(...walk.finish(task!, { artifacts: artifactsOf(inputs.at(-1)![0]) }));
  }
  expect(new Set(inputs.map(([task]) => task)).size).toBe(inputs.length);
  return Object.fromEntries(inputs);
}

it("gives every task once, with the same inputs in whatever order tasks end", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { maxLength: 3 }), fc.infiniteStream(fc.nat()), (lengths, picks) => {
      const artifactsOf = (task: string): Artifacts => {
        if (task === "start/0") return { list: ref("outer", lengths.length) };
        const [name, index] = task.split("/");
        return name === "each" ? { list: ref(task, lengths[Number(index)]) } : { own: ref(task) };
      };
      const expected = walked(nested, artifactsOf);
      const items = lengths.flatMap((length, i) => Array.from({ length }, (_, j) => `${i}.${j}`));
      expect(Object.keys(expected).sort()).toEqual(
        [
          ...["start/0", "all/0", "left/0", "right/0", "meet/0"],
          ...lengths.flatMap((_, i) => [`each/${i}`, `some/${i}`]),
          ...items.flatMap((item) => [`inner/${item}`, `work/${item}`]),
        ].sort(),
      );
      const pick = (ready: number) => picks.next().value! % ready;
      expect(walked(nested, artifactsOf, pick)).toEqual(expected);
    }),
  );
});

const both = { list: ref("l", 2), x: ref("x") };

it.each<[changed: string, task: string, writes: Artifacts, tasks: string[]]>([
  // The join reads what was there before the foreach; a task within the foreach, its item of the list.
  ["an artifact", "start/0", { ...both, x: ref("y") }, ["each/0", "each/1", "all/0"]],
  ["the list", "start/0", { ...both, list: ref("m", 2) }, ["each/0", "each/1", "work/0", "work/1", "all/0"]],
  ["who wrote it", "start/0", { ...both, x: { ...ref("x"), by: "another/0" } }, []],
  ["the order of artifacts", "start/0", { x: both.x, list: both.list }, []],
  ["an artifact", "each/1", { ...both, x: ref("y") }, ["work/1"]],
  ["an artifact", "work/0", { ...both, x: ref("y") }, ["all/0"]],
  ["an artifact", "all/0", { ...both, x: ref("y") }, ["left/0", "right/0"]],
  ["a name", "right/0", { list: both.list, z: both.x }, ["meet/0"]],
])("hashes what a task reads, so that it runs again if that changes: %s of %s", (_, task, writes, tasks) => {
  const nodes = [...nested.slice(0, 2), step("work", "each"), join("all", "work"), ...nested.slice(6)];
  const before = walked(nodes, () => both);
  const after = walked(nodes, (each) => (each === task ? writes : both));
  expect(new Set(Object.values(before)).size).toBe(Object.keys(before).length);
  expect(Object.keys(before).filter((each) => before[each] !== after[each])).toEqual(tasks);
});
