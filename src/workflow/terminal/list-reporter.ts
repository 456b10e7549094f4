/** A run as a list of steps on a terminal: what runs, how far it is, what it prints. */
import { Listr } from "listr2";
import type { RunListener } from "../events.js";
import type { StepNode } from "../graph.js";
import { duration } from "./format.js";

interface Line {
  readonly node: StepNode;
  readonly began: Promise<void>;
  begin(): void;
  readonly over: Promise<string | undefined>;
  end(failure?: string): void;
  done: number;
  known: number;
  reused: number;
  /** Seconds of work, summed over the tasks. */
  seconds: number;
  note: string;
  lines: string[];
  shown: { title: string; output: string } | undefined;
  isOver: boolean;
}

/** How many of a step's last lines stay on the screen. */
const keptLines = 30;

export function listReporter(): { listener: RunListener; finished(): Promise<void> } {
  let steps = new Map<string, Line>();
  let running: Promise<unknown> = Promise.resolve();
  const show = (line: Line) => {
    if (!line.shown) return;
    const count = line.known > 1 || line.node.kind === "foreach" ? ` ${line.done}/${line.known}` : "";
    const reused = line.reused > 0 ? `, ${line.reused} taken over` : "";
    const time = line.isOver ? ` (${duration(line.seconds)}${reused})` : "";
    line.shown.title = `${line.node.name}${count}${time}${line.note === "" || line.isOver ? "" : ` · ${line.note}`}`;
  };
  const print = (line: Line, text: string) => {
    line.lines.push(text);
    if (line.lines.length > keptLines) line.lines.shift();
    if (line.shown) line.shown.output = line.lines.join("\n");
  };
  /** A step is over when a later one has all it needs: then every task of it is done. */
  const settle = () => {
    for (const line of steps.values()) {
      if (line.isOver || line.known === 0 || line.done < line.known) continue;
      const before = line.node.after.every((name) => steps.get(name)!.isOver);
      if (!before) continue;
      line.isOver = true;
      show(line);
      line.end();
    }
  };
  const listener: RunListener = (event) => {
    switch (event.type) {
      case "run-started": {
        steps = new Map(event.run.nodes.map((node) => [node.name, newLine(node)]));
        process.stdout.write(`${event.run.flow}/${event.run.run}\n`);
        running = list([...steps.values()], show)
          .run()
          .catch(() => {});
        break;
      }
      case "step-known": {
        const line = steps.get(event.step)!;
        line.known = event.tasks;
        line.begin();
        show(line);
        break;
      }
      case "task-log":
        print(steps.get(event.step)!, event.line);
        break;
      case "task-progress": {
        const line = steps.get(event.step)!;
        const { task, done, total, unit, note } = event.report;
        const share = total
          ? `${Math.floor((100 * done) / total)} %`
          : `${done.toLocaleString("en-US")} ${unit ?? ""}`.trim();
        line.note = `${task} ${share}${note ? `, ${note}` : ""}`;
        show(line);
        break;
      }
      case "task-retry":
        print(
          steps.get(event.step)!,
          `task ${event.task}: ${event.error.message}; attempt ${event.attempt}${event.delay > 0 ? ` in ${duration(event.delay)}` : ""}`,
        );
        break;
      case "task-done": {
        const { step, reused, caught, started, finished } = event.record;
        const line = steps.get(step)!;
        line.done++;
        if (reused) line.reused++;
        else line.seconds += (Date.parse(finished) - Date.parse(started)) / 1000;
        if (caught) print(line, `task ${event.record.task} failed and was caught: ${caught.message}`);
        show(line);
        settle();
        break;
      }
      case "task-failed": {
        const line = steps.get(event.step)!;
        line.note = "";
        show(line);
        line.isOver = true;
        line.end(`task ${event.task}: ${event.error.message}`);
        break;
      }
      case "run-ended":
        for (const line of steps.values()) {
          if (line.isOver) continue;
          if (event.end.status === "done") line.isOver = true;
          line.begin();
          show(line);
          line.end(event.end.status === "done" ? undefined : "stopped");
        }
        break;
    }
  };
  return {
    listener,
    finished: async () => {
      await running;
    },
  };
}

function newLine(node: StepNode): Line {
  let begin!: () => void;
  let end!: (failure?: string) => void;
  const began = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const over = new Promise<string | undefined>((resolve) => {
    end = resolve;
  });
  return {
    node,
    began,
    begin,
    over,
    end,
    done: 0,
    known: 0,
    reused: 0,
    seconds: 0,
    note: "",
    lines: [],
    shown: undefined,
    isOver: false,
  };
}

function list(lines: readonly Line[], show: (line: Line) => void): Listr<unknown> {
  return new Listr<unknown, "default", "simple">(
    lines.map((line) => ({
      title: line.node.name,
      rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
      task: async (_context, task) => {
        line.shown = task;
        if (line.lines.length > 0) task.output = line.lines.join("\n");
        await line.began;
        show(line);
        const failure = await line.over;
        if (failure === "stopped" && line.known === 0) task.skip(`${line.node.name} (not begun)`);
        else if (failure !== undefined) throw new Error(failure);
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      rendererOptions: { collapseErrors: false, collapseSubtasks: false },
    },
  );
}
