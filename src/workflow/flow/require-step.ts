/** Validates the name of a step. */
import { didYouMean, misuse } from "../../system/index.js";
import type { StepNode } from "./graph.js";

/** @throws SegueError (misuse) if the flow has no such step among its nodes */
export function requireStep(flow: string, nodes: readonly StepNode[], step: string): void {
  const names = nodes.map((node) => node.name);
  if (!names.includes(step))
    throw misuse(
      `flow "${flow}" has no step "${step}"`,
      didYouMean(step, names, `its steps: ${names.join(", ")}`),
    );
}
