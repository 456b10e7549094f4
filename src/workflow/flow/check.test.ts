import { describe, expect, it } from "vitest";
import { findProblems } from "./check.js";
import type { StepNode } from "./graph.js";

const step = (name: string, after: string[], more: Partial<StepNode> = {}): StepNode => ({
  name,
  kind: "step",
  after,
  ...more,
});
const messages = (nodes: StepNode[]) =>
  findProblems(nodes).map(({ message, hint }) => `${message} → ${hint}`);

describe("checking a flow", () => {
  it("finds nothing in a valid one", () => {
    expect(
      messages([
        step("start", []),
        step("each", ["start"], { kind: "foreach", over: "items" }),
        step("left", ["each"]),
        step("right", ["each"]),
        step("meet", ["left", "right"], { kind: "join" }),
        step("all", ["meet"], { kind: "join" }),
      ]),
    ).toEqual([]);
  });

  it.each<[string, StepNode[], RegExp]>([
    ["no step", [], /it has no step/],
    [
      "an unknown name",
      [step("start", []), step("end", ["strat"])],
      /comes after "strat".*did you mean "start"/,
    ],
    ["a name given twice", [step("start", []), step("start", ["start"])], /there are two steps "start"/],
    [
      "steps that wait for one another",
      [step("start", []), step("a", ["b"]), step("b", ["a"])],
      /"a" can never be reached/,
    ],
    [
      "a foreach without a join",
      [step("start", []), step("each", ["start"], { kind: "foreach", over: "x" })],
      /the foreach "each" is never joined.*add \.join/,
    ],
    [
      "a foreach over nothing",
      [step("start", []), step("each", ["start"], { kind: "foreach" })],
      /does not say what it iterates over/,
    ],
    [
      "a branch without a join",
      [step("start", []), step("a", ["start"]), step("b", ["start"])],
      /the branch that ends with "a" is never joined/,
    ],
    [
      "a join of nothing",
      [step("start", []), step("j", ["start"], { kind: "join" })],
      /the join "j" has nothing to join/,
    ],
    [
      "two ways into a plain step",
      [step("start", []), step("a", ["start"]), step("b", ["start"]), step("c", ["a", "b"])],
      /"c" comes after 2 steps, but is not a join.*\.join\("c"/,
    ],
    [
      "branches at two levels",
      [
        step("start", []),
        step("each", ["start"], { kind: "foreach", over: "x" }),
        step("b", ["start"]),
        step("j", ["b", "each"], { kind: "join" }),
      ],
      /brings together "b", outside of every foreach, and "each", within the foreach "each".*end the foreach first/,
    ],
    [
      "a step that waits for itself, and of nothing that follows from it",
      [step("start", []), step("a", ["a"])],
      /^step "a" can never be reached: it waits for itself → [^→]*$/,
    ],
  ])("tells of %s, and what to write", (_what, nodes, message) => {
    expect(messages(nodes).join("\n")).toMatch(message);
  });
});
