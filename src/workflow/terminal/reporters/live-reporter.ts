/**
 * Shows a run on a terminal: at the bottom one line per step with its state, how many of its tasks are done, and its time; above,
 * what the tasks print, each line with its task.
 */
import type { RunListener } from "../../running/events.js";
import { retryLine } from "../run-text/failure.js";
import { colour } from "../text/format.js";
import { plainLine } from "../text/printable.js";
import { ScreenRegion } from "./screen-region.js";
import { StepBoard } from "./step-board.js";

const drawEvery = 100;

export interface LiveReporter {
  readonly listener: RunListener;
  /** Draws the final state and stops updating. Call it when the run is over, however it ended. */
  finished(): void;
}

export function liveReporter(): LiveReporter {
  const region = new ScreenRegion(process.stdout);
  let board: StepBoard | undefined;
  let isForeach = new Set<string>();
  const draw = () => region.draw(board?.lines(performance.now(), region.room) ?? []);
  let timer: NodeJS.Timeout | undefined;
  const print = (step: string, task: string, line: string, isBad = false) => {
    const place = isForeach.has(step) ? `${step}/${task}` : step;
    region.print(`${colour(isBad ? "red" : "dim", `${place} │`)} ${plainLine(line)}`);
  };
  const listener: RunListener = (event) => {
    board?.take(event, performance.now());
    switch (event.type) {
      case "run-started": {
        board = new StepBoard(event.run.nodes);
        const origin = event.run.origins[0];
        region.print(
          `${colour("bold", `${event.run.flow}/${event.run.run}`)}${origin ? `, resumes ${origin.run}` : ""}`,
        );
        timer = setInterval(draw, drawEvery);
        break;
      }
      case "step-known":
        if (event.tasks > 1) isForeach = isForeach.add(event.step);
        break;
      case "run-note":
        region.print(plainLine(event.line));
        break;
      case "task-log":
        print(event.step, event.task, event.line);
        break;
      case "task-retry":
        print(event.step, event.task, retryLine(event), true);
        break;
      case "task-failed":
        print(event.step, event.task, `failed: ${event.error.message}`, true);
        break;
      case "task-done":
        if (event.record.caught)
          print(
            event.record.step,
            event.record.task,
            `failed, and was caught: ${event.record.caught.message}`,
            true,
          );
        break;
    }
  };
  return {
    listener,
    finished() {
      clearInterval(timer);
      if (timer !== undefined) draw();
    },
  };
}
