/** What every verb promises: help with an example, JSON for machines, and one message for misuse. */
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createProgram } from "./program.js";

/**
 * Of `segue run`, whose flags are those of the flows, `run-flows.ts` writes the help; `run.test.ts` looks at it. `segue help` is the help
 * of the others.
 */
const verbs = createProgram().commands.filter((verb) => !["run", "help"].includes(verb.name()));

function helpOf(verb: Command): string {
  let text = "";
  verb.configureOutput({ writeOut: (more) => (text += more) });
  verb.outputHelp();
  return text;
}

describe("every verb", () => {
  it.each(verbs.map((verb) => [verb.name(), verb] as const))(
    "%s has an example in its help, and --json",
    (name, verb) => {
      const help = helpOf(verb);
      expect(help).toMatch(new RegExp(`Examples?:\\n(.*\\n)?  (export .*\\n  )?segue ${name}`));
      expect(help).toContain("--json");
    },
  );
});
