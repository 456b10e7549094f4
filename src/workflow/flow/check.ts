/** Validates a flow before anything runs: finds each problem, and says what to write instead. */
import { didYouMean, misuse, quoted } from "../../system/index.js";
import type { AnyFlow } from "./flow.js";
import { isFlowName, nameHint } from "./flow-name.js";
import { foreachScopes, type StepNode } from "./graph.js";
import { requireFlow } from "./load-flow.js";

interface FlowProblem {
  readonly message: string;
  readonly hint: string;
}

/**
 * Validates a flow without running it; `runFlow` and `segue check` call this too.
 *
 * @throws SegueError (misuse) that lists every problem
 */
export function checkFlow(flow: AnyFlow): void {
  requireFlow(flow, "checkFlow");
  const problems = findProblems(flow.nodes);
  if (!isFlowName(flow.name))
    problems.unshift({
      message: `"${flow.name}" is not a valid flow name`,
      hint: nameHint,
    });
  if (problems.length === 0) return;
  throw misuse(
    [
      `flow "${flow.name}" is invalid:`,
      ...problems.map((each) => `${each.message}\n    → ${each.hint}`),
    ].join("\n  "),
    "fix it and try again; `segue check` checks without running",
  );
}

/** All problems of a flow's steps; empty if it is valid. */
export function findProblems(nodes: readonly StepNode[]): FlowProblem[] {
  if (nodes.length === 0)
    return [{ message: "it has no step", hint: 'add one: .step("start", () => ({ … }))' }];
  // Each check needs what the one before has made sure of: that every name is known, that every step is reached.
  for (const problemsOf of [namesAndWiring, reachProblems]) {
    const problems = problemsOf(nodes);
    if (problems.length > 0) return problems;
  }
  return levelProblems(nodes);
}

const namesAndWiring = (nodes: readonly StepNode[]) => [...nameProblems(nodes), ...wiringProblems(nodes)];

function nameProblems(nodes: readonly StepNode[]): FlowProblem[] {
  const problems: FlowProblem[] = [];
  const seen = new Set<string>();
  for (const { name } of nodes) {
    if (!isFlowName(name))
      problems.push({
        message: `"${name}" is not a valid step name`,
        hint: nameHint,
      });
    if (seen.has(name))
      problems.push({
        message: `there are two steps "${name}"`,
        hint: "give one of them another name",
      });
    seen.add(name);
  }
  return problems;
}

function wiringProblems(nodes: readonly StepNode[]): FlowProblem[] {
  const names = nodes.map((node) => node.name);
  const problems: FlowProblem[] = [];
  for (const node of nodes) {
    for (const before of node.after) {
      if (names.includes(before)) continue;
      problems.push({
        message: `step "${node.name}" comes after "${before}", but there is no step of that name`,
        hint: didYouMean(before, names, `the steps are ${names.join(", ")}`),
      });
    }
    if (node.kind !== "join" && node.after.length > 1)
      problems.push({
        message: `step "${node.name}" comes after ${node.after.length} steps, but is not a join`,
        hint: `write .join("${node.name}", { after: [${quoted(node.after)}] }, ({ inputs }) => …)`,
      });
    if (node.kind === "foreach" && !node.over)
      problems.push({
        message: `the foreach "${node.name}" does not say what it iterates over`,
        hint: `name an artifact that is an array: .foreach("${node.name}", { over: "…" }, …)`,
      });
  }
  const starts = nodes.filter((node) => node.after.length === 0);
  const [first, ...others] = starts;
  if (!first)
    problems.push({
      message: "every step comes after another one",
      hint: "one step must be the first: leave out its `after`",
    });
  else if (first.kind !== "step")
    problems.push({
      message: `the first step, "${first.name}", is a ${first.kind}`,
      hint: 'begin with .step("start", …)',
    });
  for (const other of others)
    problems.push({
      message: `step "${other.name}" comes after nothing, but "${first!.name}" is the first step`,
      hint: `say what it comes after: { after: "${first!.name}" }`,
    });
  return problems;
}

function reachProblems(nodes: readonly StepNode[]): FlowProblem[] {
  const problems: FlowProblem[] = [];
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const node of nodes) if (node.after.includes(name)) visit(node.name);
  };
  visit(nodes.find((node) => node.after.length === 0)!.name);
  for (const node of nodes) {
    if (reached.has(node.name)) continue;
    problems.push({
      message: `step "${node.name}" can never be reached: it waits for ${waitsFor(node)}`,
      hint: "let one of them come after a step that runs",
    });
  }
  if (problems.length > 0) return problems;
  const cycle = nodes.find((node) => comesBack(nodes, node.name));
  if (cycle)
    problems.push({
      message: `step "${cycle.name}" waits for itself, through ${allOf(cycle.after)}`,
      hint: "a flow cannot have a cycle: remove the step that leads back from its `after`",
    });
  return problems;
}

const allOf = (steps: readonly string[]) => steps.map((each) => `"${each}"`).join(" and ");

const waitsFor = ({ name, after }: StepNode): string =>
  after.includes(name) ? "itself" : `${allOf(after)}, which ${after.length > 1 ? "wait" : "waits"} for it`;

function comesBack(nodes: readonly StepNode[], name: string): boolean {
  const seen = new Set<string>();
  const visit = (at: string): boolean =>
    nodes.some((node) => {
      if (!node.after.includes(at)) return false;
      if (node.name === name) return true;
      if (seen.has(node.name)) return false;
      seen.add(node.name);
      return visit(node.name);
    });
  return visit(name);
}

/** Every foreach must be joined once, and branches must be joined at the same level. */
function levelProblems(nodes: readonly StepNode[]): FlowProblem[] {
  const problems: FlowProblem[] = [];
  const scopes = foreachScopes(nodes);
  const inWords = (scope: readonly string[]) =>
    scope.length === 0 ? "outside of every foreach" : `within the foreach "${scope.join('", "')}"`;
  for (const node of nodes) {
    if (node.kind !== "join") continue;
    const scope = scopes.get(node.after[0]!)!;
    if (node.after.length === 1 && scope.length === 0)
      problems.push({
        message: `the join "${node.name}" has nothing to join: "${node.after[0]}" is outside of every foreach`,
        hint: `write .step("${node.name}", …), or name the branches: { after: ["${node.after[0]}", "…"] }`,
      });
    for (const other of node.after.slice(1)) {
      const theirs = scopes.get(other)!;
      if (theirs.join("/") === scope.join("/")) continue;
      const deeper = theirs.length > scope.length ? other : node.after[0]!;
      problems.push({
        message: `the join "${node.name}" brings together "${node.after[0]}", ${inWords(scope)}, and "${other}", ${inWords(theirs)}`,
        hint: `end the foreach first: .join("…", { after: ["${deeper}"] }, ({ inputs }) => …)`,
      });
    }
  }
  const ends = nodes.filter((node) => !nodes.some((other) => other.after.includes(node.name)));
  const last = nodes.at(-1)!;
  for (const end of ends) {
    const scope = scopes.get(end.name)!;
    if (scope.length > 0)
      problems.push({
        message: `the foreach "${scope.at(-1)}" is never joined: "${end.name}" is its last step`,
        hint: `add .join("…", ({ inputs }) => …) after "${end.name}"`,
      });
    else if (end !== last)
      problems.push({
        message: `the branch that ends with "${end.name}" is never joined`,
        hint: `join it with the others: { after: ["${end.name}", "…"] }`,
      });
  }
  return problems;
}
