/** Shows a run as plain lines, one per event: for pipes, log files and CI. */

import { secondsBetween } from "../../records/seconds-between.js";
import type { RunListener } from "../../running/events.js";
import { retryLine } from "../run-text/failure.js";
import { statusAndTime } from "../text/duration.js";

export function plainReporter(write: (line: string) => void): RunListener {
  let flow = "";
  return (event) => {
    switch (event.type) {
      case "run-started":
        flow = event.run.flow;
        write(`${flow}/${event.run.run} started`);
        break;
      case "run-note":
        write(`${flow} | ${event.line}`);
        break;
      case "task-log":
        write(`${flow} ${event.step}/${event.task} | ${event.line}`);
        break;
      case "task-retry":
        write(`${flow} ${event.step}/${event.task} failed: ${retryLine(event)}`);
        break;
      case "task-done": {
        const { step, task, reused, caught, started, finished } = event.record;
        const how = reused
          ? `reused from run ${reused.run} (${reused.why})`
          : caught
            ? `failed and caught: ${caught.message}`
            : statusAndTime("done", secondsBetween(started, finished));
        write(`${flow} ${step}/${task} ${how}`);
        break;
      }
      case "task-failed":
        write(`${flow} ${event.step}/${event.task} failed: ${event.error.message}`);
        break;
      case "run-ended":
        write(`${flow}/${event.run.run} ${statusAndTime(event.end.status, event.seconds)}`);
        break;
    }
  };
}
