/** Tracks the progress of a run's steps from its events, and renders one line per step. */
import type { StepNode } from "../../flow/graph.js";
import type { RunEvent } from "../../running/events.js";
import { duration } from "../text/duration.js";
import { colour } from "../text/format.js";

interface Step {
  readonly node: StepNode;
  known: number;
  done: number;
  failed: number;
  reused: number;
  why?: "resume" | "cache";
  /** The running tasks. */
  readonly running: Set<string>;
  /** When the first task started and the last one ended, in milliseconds of the clock of `now`. */
  began?: number;
  ended?: number;
  note: string;
}

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const barWidth = 16;

export class StepBoard {
  readonly #steps: Map<string, Step>;
  readonly #widest: number;
  #isOver = false;

  constructor(nodes: readonly StepNode[]) {
    this.#steps = new Map(
      nodes.map((node) => [
        node.name,
        { node, known: 0, done: 0, failed: 0, reused: 0, running: new Set<string>(), note: "" },
      ]),
    );
    this.#widest = Math.max(...nodes.map((node) => node.name.length));
  }

  /** @param now milliseconds, of any monotonic clock */
  take(event: RunEvent, now: number): void {
    if (event.type === "run-ended") this.#isOver = true;
    const step = this.#stepOf(event);
    if (!step) return;
    switch (event.type) {
      case "step-known":
        step.known = event.tasks;
        break;
      case "task-started":
        step.began ??= now;
        step.running.add(event.task);
        break;
      case "task-progress": {
        const { task, done, total, unit, note } = event.report;
        const share = total
          ? `${Math.floor((100 * done) / total)} %`
          : `${done.toLocaleString("en-US")} ${unit ?? ""}`.trim();
        const whose = step.known > 1 ? `${event.task}: ` : "";
        step.note = `${whose}${task} ${share}${note ? `, ${note}` : ""}`;
        break;
      }
      case "task-done":
        step.done++;
        if (event.record.reused) {
          step.reused++;
          step.why = event.record.reused.why;
        }
        step.running.delete(event.record.task);
        step.ended = now;
        break;
      case "task-retry":
        step.running.delete(event.task);
        break;
      case "task-failed":
        step.failed++;
        step.running.delete(event.task);
        step.ended = now;
        break;
    }
  }

  /** One line per step, at most `room` of them; running and failed steps take precedence. */
  lines(now: number, room: number): string[] {
    const steps = [...this.#steps.values()];
    if (steps.length <= room) return steps.map((step) => this.#line(step, now));
    const state = (step: Step) => this.#stateOf(step);
    const done = steps.filter((step) => state(step) === "done");
    const busy = steps.filter((step) => state(step) === "running" || state(step) === "failed");
    const waiting = steps.filter((step) => state(step) === "waiting");
    const left = Math.max(0, room - 2);
    const shownBusy = busy.slice(0, left);
    const shownDone = left > shownBusy.length ? done.slice(-(left - shownBusy.length)) : [];
    const shownWaiting = waiting.slice(0, left - shownBusy.length - shownDone.length);
    const more = (count: number, what: string) =>
      count > 0 ? [colour("dim", `  … ${count} more ${what}`)] : [];
    return [
      ...more(done.length - shownDone.length, "done"),
      ...[...shownDone, ...shownBusy, ...shownWaiting].map((step) => this.#line(step, now)),
      ...more(busy.length - shownBusy.length + waiting.length - shownWaiting.length, "to come"),
    ].slice(0, room);
  }

  #stepOf(event: RunEvent): Step | undefined {
    if (event.type === "task-done") return this.#steps.get(event.record.step);
    return "step" in event ? this.#steps.get(event.step) : undefined;
  }

  #stateOf(step: Step): "waiting" | "running" | "done" | "failed" {
    if (step.failed > 0) return "failed";
    if (step.known > 0 && step.done === step.known && this.#isSettled(step)) return "done";
    return step.known === 0 ? "waiting" : "running";
  }

  /** Whether no more tasks can come because every step before is done. Within a foreach, tasks become known one by one. */
  #isSettled(step: Step): boolean {
    return (
      this.#isOver ||
      step.node.after.every((name) => {
        const before = this.#steps.get(name);
        return before !== undefined && before.done === before.known && this.#isSettled(before);
      })
    );
  }

  #line(step: Step, now: number): string {
    const state = this.#stateOf(step);
    const name = step.node.name.padEnd(this.#widest);
    // When the run is over, an unfinished step has been stopped.
    const isStopped = this.#isOver && state === "running";
    if (state === "waiting") {
      if (!this.#isOver) return colour("dim", `  · ${name}`);
      return colour("dim", `  · ${name}  not started`);
    }
    const mark =
      state === "done"
        ? colour("green", "✔")
        : state === "failed"
          ? colour("red", "✖")
          : isStopped
            ? colour("yellow", "■")
            : colour("yellow", spinner[Math.floor(now / 80) % spinner.length]!);
    const parts = [`  ${mark} ${state === "running" && !isStopped ? colour("bold", name) : name}`];
    const isMany = step.known > 1 || step.node.kind === "foreach";
    if (isMany) {
      const share = step.known === 0 ? 1 : step.done / step.known;
      const full = Math.round(share * barWidth);
      if (state === "running" && !isStopped)
        parts.push(`${"━".repeat(full)}${colour("dim", "━".repeat(barWidth - full))}`);
      parts.push(`${step.done} of ${step.known}`);
    }
    if (step.failed > 0) parts.push(colour("red", isMany ? `${step.failed} failed` : "failed"));
    if (isStopped) parts.push("stopped");
    if (step.reused > 0)
      parts.push(
        `${step.reused === step.known ? "" : `${step.reused} `}${step.why === "cache" ? "taken from the cache" : "reused"}`,
      );
    if (step.began !== undefined) {
      const until = state === "running" && !isStopped ? now : (step.ended ?? now);
      parts.push(colour("dim", duration((until - step.began) / 1000)));
    }
    if (state === "running" && !isStopped && step.running.size > 0 && step.note !== "")
      parts.push(colour("dim", step.note));
    return parts.join("  ");
  }
}
