import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import { numberWithin, wholeNumber } from "../../system/index.js";
import { createProgram } from "../program.js";
import { numberOption, numbersOption } from "./number-option.js";

/** What an option makes of its argument, or the message that refuses it. */
function parsed(option: ReturnType<typeof numberOption>, text: string): unknown {
  let said = "";
  const command = new Command().addOption(option).exitOverride();
  command.configureOutput({ writeErr: (more) => (said += more) });
  try {
    return command.parse(["--n", text], { from: "user" }).opts().n;
  } catch {
    return said;
  }
}

describe("an option that takes a number", () => {
  const one = numberOption("--n <n>", "how many", wholeNumber(1, 9));
  const share = numberOption("--n <x>", "how much", numberWithin({ least: 0, most: 1 }));
  const some = numbersOption("--n <numbers>", "how many", wholeNumber(1));

  it("accepts values in its range", () => {
    expect([parsed(one, "9"), parsed(share, "0.5"), parsed(some, "5,1, 5")]).toEqual([9, 0.5, [5, 1]]);
  });

  it.each(["0", "10", "1.5", "x", "", " "])("refuses %j, and says which values are valid", (text) => {
    expect(parsed(one, text)).toContain(
      `option '--n <n>' argument '${text}' is invalid. It should be a whole number from 1 to 9.`,
    );
  });

  it("refuses a single wrong one of several", () => {
    expect(parsed(some, "1,,2")).toContain("It should be a whole number ≥ 1.");
    expect(parsed(share, "1.01")).toContain("It should be a number from 0 to 1.");
  });
});

const numeric = createProgram().commands.flatMap((verb) =>
  verb.options
    .filter(({ flags }) => /<(n|x|seconds|bytes|numbers?)>/.test(flags))
    .map((option) => [verb.name(), option.long ?? option.short!] as const),
);

it("is used by most commands", () => {
  expect(numeric.length).toBeGreaterThan(40);
});

it.each(numeric)("segue %s %s gives the same range in its help and its error", async (name, flag) => {
  const program = createProgram();
  const verb = program.commands.find((each) => each.name() === name)!;
  let help = "";
  verb.configureOutput({ writeOut: (more) => (help += more), getOutHelpWidth: () => 1000 });
  verb.outputHelp();
  const [, wanted] = new RegExp(` ${flag} <.*\\[(a (?:whole )?number.*?)\\]`).exec(help) ?? [];
  expect(wanted, help).toBeDefined();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const refused = program.parseAsync(["node", "segue", name, flag, "none"]);
  await expect(refused).rejects.toThrow(`argument 'none' is invalid. It should be ${wanted}.`);
});
