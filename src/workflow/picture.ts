/** Draws a flow: its steps in columns from left to right, a foreach as a stack of sheets; for a run, with states and times. */
import { escapeHtml, oneOf, requireOptions, requireWithin, thingWith } from "../system/index.js";
import { checkFlow } from "./flow/check.js";
import type { AnyFlow } from "./flow/flow.js";
import { foreachScopes, type StepNode } from "./flow/graph.js";
import { knownTasks } from "./records/known-tasks.js";
import type { RunReader } from "./records/run-reader.js";
import { secondsBetween } from "./records/seconds-between.js";
import { durationIfKnown, statusAndTime } from "./terminal/text/duration.js";
import { onlyTheme, type Theme, whenDark } from "./theme.js";

export interface StepState {
  readonly status: "done" | "running" | "failed" | "interrupted" | "waiting";
  readonly done: number;
  readonly known: number;
  /** From the start of the first task to the end of the last. */
  readonly seconds?: number;
}

const box = { width: 172, height: 58, gapX: 38, gapY: 26, margin: 18, title: 34 };

/** Draws a flow without a run. @returns an SVG document @throws SegueError (misuse) if the flow is invalid */
export function drawFlow(flow: AnyFlow): string {
  checkFlow(flow);
  return draw(flow.name, flow.nodes, new Map());
}

/**
 * Draws the current state of a run.
 *
 * @param options.theme "light" or "dark"; default: the colour scheme of the viewer
 * @returns an SVG document
 * @throws SegueError (misuse) if `run` is not a run or does not exist, or an option is unknown
 */
export async function drawRun(run: RunReader, options: { theme?: Theme } = {}): Promise<string> {
  requireWithin(thingWith('a run, such as Segue.flow("modeling").latestRun', "record", "tasks"), "run", run);
  requireOptions(options, { theme: oneOf("light", "dark") }, "drawRun");
  const { theme } = options;
  const [record, summary, tasks] = await Promise.all([run.record(), run.summary(), run.tasks()]);
  const known = await knownTasks(run, tasks);
  const states = new Map<string, StepState>();
  // The status of a step whose started tasks are done, but which has more.
  const rest = summary.status === "running" ? "running" : "interrupted";
  for (const { name } of record.nodes) {
    const own = tasks.filter((task) => task.step === name);
    const done = own.filter((task) => task.status === "done");
    const worst = (["failed", "running", "interrupted"] as const).find((status) =>
      own.some((task) => task.status === status),
    );
    const [begun] = own.flatMap((task) => (task.started && !task.reusedFrom ? [task.started] : [])).sort();
    const ended = own.map((task) => (task.finished ? Date.parse(task.finished) : Date.now()));
    // When an interrupted task ended, nobody knows.
    const isKnown = begun !== undefined && !own.some((task) => task.status === "interrupted");
    const last = ended.reduce((latest, each) => Math.max(latest, each), 0);
    const seconds = isKnown ? secondsBetween(begun, last) : undefined;
    states.set(name, {
      status: own.length === 0 ? "waiting" : (worst ?? (own.length === known.get(name) ? "done" : rest)),
      done: done.length,
      known: known.get(name)!,
      ...(seconds === undefined ? {} : { seconds }),
    });
  }
  const title = `${record.flow}/${record.run} · ${statusAndTime(summary.status, summary.seconds)}`;
  const picture = draw(title, record.nodes, states);
  return theme === undefined ? picture : onlyTheme(picture, theme);
}

function draw(title: string, nodes: readonly StepNode[], states: ReadonlyMap<string, StepState>): string {
  const places = layOut(nodes);
  const columns = Math.max(...[...places.values()].map((place) => place.column)) + 1;
  const rows = Math.max(...[...places.values()].map((place) => place.row)) + 1;
  const width = 2 * box.margin + columns * box.width + (columns - 1) * box.gapX;
  const height = 2 * box.margin + box.title + rows * box.height + (rows - 1) * box.gapY;
  const at = (name: string) => {
    const { column, row } = places.get(name)!;
    return {
      x: box.margin + column * (box.width + box.gapX),
      y: box.margin + box.title + row * (box.height + box.gapY),
    };
  };
  const scopes = foreachScopes(nodes);
  const arrows = nodes.flatMap((node) => node.after.map((before) => arrow(at(before), at(node.name))));
  const boxes = nodes.map((node) =>
    stepBox(node, at(node.name), scopes.get(node.name)!.length > 0, states.get(node.name)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(title)}">
<style>${style}</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="tip"/></marker></defs>
<rect class="ground" width="${width}" height="${height}" rx="10"/>
<text class="title" x="${box.margin}" y="${box.margin + 14}">${escapeHtml(title)}</text>
${[...arrows, ...boxes].join("\n")}
</svg>
`;
}

/** Places each step one column after the last of those it waits for, and each branch in its own row. */
function layOut(nodes: readonly StepNode[]): Map<string, { column: number; row: number }> {
  const places = new Map<string, { column: number; row: number }>();
  const taken = new Set<string>();
  const left = [...nodes];
  while (left.length > 0) {
    const next = left.findIndex((node) => node.after.every((before) => places.has(before)));
    const [node] = left.splice(next, 1) as [StepNode];
    const before = node.after.map((name) => places.get(name)!);
    const column = before.length === 0 ? 0 : Math.max(...before.map((place) => place.column)) + 1;
    // A join goes in the row of its topmost branch, a branch in the first free row.
    let row = before.length === 0 ? 0 : Math.min(...before.map((place) => place.row));
    while (taken.has(`${column}/${row}`)) row++;
    taken.add(`${column}/${row}`);
    places.set(node.name, { column, row });
  }
  return places;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function arrow(from: Point, to: Point): string {
  const [x1, y1] = [from.x + box.width, from.y + box.height / 2];
  const [x2, y2] = [to.x - 3, to.y + box.height / 2];
  const bend = Math.max(18, (x2 - x1) / 2);
  return `<path class="arrow" marker-end="url(#tip)" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function stepBox(node: StepNode, { x, y }: Point, isMany: boolean, state: StepState | undefined): string {
  const status = state?.status ?? "plain";
  const sheet = (by: number) =>
    `<rect class="box ${status}" x="${x + by}" y="${y - by}" width="${box.width}" height="${box.height}" rx="8"/>`;
  const count = state && isMany && state.known > 0 ? `${state.done} of ${state.known} tasks` : "";
  const time = durationIfKnown(state?.seconds);
  const over = node.kind === "foreach" ? `foreach of ${node.over}` : node.kind === "join" ? "join" : "";
  const below = state
    ? [time, count].filter((part) => part !== "").join(" · ") ||
      (state.status === "done" ? "reused" : state.status)
    : over;
  const name = node.name.length > 18 ? `${node.name.slice(0, 17)}…` : node.name;
  const hint = [node.name, over, node.description ?? "", state?.status ?? ""]
    .filter((part) => part !== "")
    .join(" · ");
  return `<g><title>${escapeHtml(hint)}</title>${isMany ? sheet(6) + sheet(3) : ""}${sheet(0)}<circle class="dot ${status}" cx="${x + 16}" cy="${y + 21}" r="5"/><text class="name" x="${x + 28}" y="${y + 26}">${escapeHtml(name)}</text><text class="below" x="${x + 28}" y="${y + 45}">${escapeHtml(below)}</text></g>`;
}

const light = {
  ground: "#fbfcfe",
  ink: "#1c2330",
  soft: "#5b6575",
  line: "#b9c2d0",
  box: "#ffffff",
  done: "#1f8a4c",
  running: "#2f6fde",
  failed: "#c8321f",
  waiting: "#a2abb8",
};

const dark: typeof light = {
  ground: "#161b22",
  ink: "#e6e9ef",
  soft: "#9aa4b5",
  line: "#4a5568",
  box: "#1f2630",
  done: "#4cc27d",
  running: "#7aa7ff",
  failed: "#ff8a7a",
  waiting: "#6b7585",
};

/** Literal colours, because not every SVG renderer supports CSS variables. */
function coloured(c: typeof light): string {
  return [
    `.ground{fill:${c.ground}}.title,.below{fill:${c.soft}}.name{fill:${c.ink}}.arrow{stroke:${c.line}}.tip{fill:${c.line}}`,
    `.box{fill:${c.box};stroke:${c.line}}.box.done{stroke:${c.done}}.box.running{stroke:${c.running}}.box.failed,.box.interrupted{stroke:${c.failed}}`,
    `.dot{fill:${c.waiting}}.dot.plain,.dot.running{fill:${c.running}}.dot.done{fill:${c.done}}.dot.failed,.dot.interrupted{fill:${c.failed}}`,
  ].join("\n");
}

/** Includes a background, so that the picture is readable on light and dark pages. */
const style = `
text{font-family:system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}.title{font-size:14px;font-weight:600}.name{font-size:14px;font-weight:600}.below{font-size:12px}
.arrow{fill:none;stroke-width:1.6}.box{stroke-width:1.4}.box.running,.box.failed,.box.interrupted{stroke-width:2}.box.waiting{stroke-dasharray:4 3}
${coloured(light)}
${whenDark}{
${coloured(dark)}
}
`.trim();
