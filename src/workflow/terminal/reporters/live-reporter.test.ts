/** What people see of a run: the lines by themselves, and the real command in a real terminal. */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { folderOfEachTest } from "../../../system/files/temporary-folder.testkit.js";
import { distPath, isAlive } from "../../../system/index.js";
import { msToEnd } from "../../../system/time.testkit.js";
import type { StepNode } from "../../flow/graph.js";
import type { DoneRecord } from "../../records/records.js";
import { ScreenRegion } from "./screen-region.js";
import { StepBoard } from "./step-board.js";

const nodes: StepNode[] = [
  { name: "start", kind: "step", after: [] },
  { name: "train", kind: "foreach", after: ["start"], over: "grid" },
  { name: "score", kind: "step", after: ["train"] },
  { name: "best", kind: "join", after: ["score"] },
];
const done = (step: string, task = "0", reused?: DoneRecord["reused"]) =>
  ({ type: "task-done", record: { step, task, reused } as DoneRecord }) as const;

describe("the lines of a run", () => {
  it("show state, count and time of each step, and that more tasks may come", () => {
    const board = new StepBoard(nodes);
    board.take({ type: "step-known", step: "start", tasks: 1 }, 0);
    board.take({ type: "task-started", step: "start", task: "0", attempt: 1 }, 0);
    board.take(done("start"), 1500);
    board.take({ type: "step-known", step: "train", tasks: 4 }, 1500);
    board.take({ type: "task-started", step: "train", task: "0", attempt: 1 }, 1600);
    board.take(done("train", "0"), 2600);
    board.take({ type: "step-known", step: "score", tasks: 1 }, 2600);
    board.take({ type: "task-started", step: "score", task: "0", attempt: 1 }, 2600);
    board.take(done("score", "0"), 2700);
    board.take({ type: "task-started", step: "train", task: "1", attempt: 1 }, 2700);
    const report = { task: "epochs", done: 3, total: 4, note: "loss 0.2" };
    board.take({ type: "task-progress", step: "train", task: "1", report }, 2800);
    expect(board.lines(3200, 10)).toEqual([
      "  ✔ start  1.50 s",
      "  ⠋ train  ━━━━━━━━━━━━━━━━  1 of 4  1.60 s  1: epochs 75 %, loss 0.2",
      "  ⠋ score  0.60 s",
      "  · best ",
    ]);
    const error = { kind: "error", message: "broken" } as const;
    board.take({ type: "task-failed", step: "train", task: "1", error }, 4000);
    board.take({ type: "run-ended", run: {} as never, end: {} as never, seconds: 4 }, 4000);
    expect(board.lines(4000, 10)).toEqual([
      "  ✔ start  1.50 s",
      "  ✖ train  1 of 4  1 failed  2.40 s",
      "  ✔ score  0.10 s",
      "  · best   not started",
    ]);
  });

  it("say what was reused, and why", () => {
    const board = new StepBoard(nodes);
    board.take({ type: "step-known", step: "start", tasks: 1 }, 0);
    board.take(done("start", "0", { run: "r", why: "cache" }), 0);
    expect(board.lines(0, 10)[0]).toBe("  ✔ start  taken from the cache");
  });

  it("fit the screen: running steps are shown first", () => {
    const many = Array.from({ length: 30 }, (_, i): StepNode => {
      return { name: `s${i}`, kind: "step", after: i === 0 ? [] : [`s${i - 1}`] };
    });
    const board = new StepBoard(many);
    for (let i = 0; i < 20; i++) {
      board.take({ type: "step-known", step: `s${i}`, tasks: 1 }, 0);
      board.take({ type: "task-started", step: `s${i}`, task: "0", attempt: 1 }, 0);
      if (i < 19) board.take(done(`s${i}`), 0);
    }
    const lines = board.lines(0, 8);
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe("  … 14 more done");
    expect(lines.some((line) => line.startsWith("  ⠋ s19"))).toBe(true);
    expect(lines.at(-1)).toBe("  … 10 more to come");
  });

  it("replace the previous ones, below the printed output", () => {
    const written: string[] = [];
    const region = new ScreenRegion({ columns: 40, rows: 10, write: (text) => written.push(text) });
    region.draw(["one", "two"]);
    region.print("a line that stays");
    region.draw(["three"]);
    expect(written[1]).toBe(
      "\x1b[?25l\r\x1b[2A\x1b[J\x1b[2Ka line that stays\n\x1b[2Kthree\n\x1b[J\x1b[?25h",
    );
  });
});

const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux");
if (!hasScript) console.warn("skipped: no `script` of util-linux here; on Debian: apt-get install bsdutils");

describe.skipIf(!hasScript)("in a terminal", () => {
  const flows = fileURLToPath(new URL("../../fixtures/flows.mjs", import.meta.url));
  const at = folderOfEachTest("terminal");

  beforeEach(() => {
    mkdirSync(at("out"));
  });

  /** The command with a terminal of its own; `said` is all that it drew. */
  const inTerminal = (flow: string) => {
    const command = [
      process.execPath,
      distPath("cli/main.js"),
      ...["run", `${flows}:${flow}`, "--folder", at("out"), "--count", "3"],
      ...["--datastore", at("store"), "--max-workers", "2"],
    ];
    const quoted = command.map((part) => `'${part}'`).join(" ");
    const child = spawn("script", ["-qefc", quoted, "/dev/null"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1", CI: "", TERM: "xterm" },
    });
    const terminal = { said: "", child, over: new Promise<number | null>((r) => child.once("exit", r)) };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      terminal.said += text;
    });
    return terminal;
  };

  it("shows each step once at the end, and each printed line", async () => {
    const terminal = inTerminal("fan-out");
    expect(await terminal.over).toBe(0);
    const last = terminal.said.slice(terminal.said.lastIndexOf("✔ start"));
    expect(last).toMatch(
      /✔ start [^\n]* s\s*\n[^\n]*✔ work {4}3 of 3 [^\n]*\n[^\n]*✔ gather [^\n]*\n[^\n]*✔ end /,
    );
    expect(terminal.said.match(/work\/2 │ working on 2/g)).toHaveLength(1);
  });

  it("says where a failure is, how to see more and how to continue", async () => {
    writeFileSync(at("out", "broken"), "");
    const terminal = inTerminal("gate");
    expect(await terminal.over).toBe(1);
    const said = terminal.said.replaceAll(/\r?\n/g, " ");
    expect(said).toMatch(/✖ work {4}2 of 3 {2}1 failed/);
    expect(said).toMatch(/error: gate\/\S+\/work\/2: broken \(\S*fixtures\/flows\.mjs:\d+\)/);
    expect(said).toMatch(
      /→ what it printed: segue logs gate\/\S+\/work\/2 --datastore \S+ {3}→ when it is fixed: segue resume gate\/\S+ --datastore/,
    );
  });

  it("ends all processes on Ctrl-C, and says how to continue", async () => {
    writeFileSync(at("out", "closed"), "");
    const terminal = inTerminal("gate");
    const ran = at("out", "ran.txt");
    const begun = () => {
      try {
        return readFileSync(ran, "utf8").match(/^begun.*$/gm) ?? [];
      } catch {
        return [];
      }
    };
    while (begun().length < 2) await sleep(50);
    const before = performance.now();
    terminal.child.stdin.write("\x03");
    expect(await terminal.over).toBe(130);
    expect(performance.now() - before).toBeLessThan(msToEnd(3000));
    expect(terminal.said).toMatch(/■ work .*stopped/);
    expect(terminal.said.replaceAll(/\r?\n/g, " ")).toMatch(/interrupted {3}→ continue: segue resume gate\//);
    for (const line of begun()) {
      const pid = Number(line.split(" ")[2]);
      expect([Number.isInteger(pid), isAlive(pid)]).toEqual([true, false]);
    }
  });
});
