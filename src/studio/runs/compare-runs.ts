/** Two runs side by side, for the studio and for `segue show --compare`. The studio's pages use this, so nothing here may need Node. */
import { durationIfKnown } from "../../workflow/terminal/text/duration.js";
import type { Figure, RunFigures } from "./run-figures.js";

export interface ComparedRun {
  readonly run: {
    readonly status: string;
    readonly seconds?: number;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly tasks: ReadonlyArray<{ readonly step: string; readonly seconds?: number }>;
  };
  readonly figures: RunFigures;
}

/** What each run has, the left one first. */
type Both<T> = readonly [left: T, right: T];

export interface ComparedRow {
  readonly name: string;
  /** As text; empty if a run has none. */
  readonly values: Both<string>;
  /** What the text of a figure was made of. */
  readonly figures?: Both<Figure | undefined>;
  /** The left figure minus the right one, as text; empty for what is no figure. */
  readonly difference?: string;
}

export interface ComparedGroup {
  readonly title: string;
  readonly rows: readonly ComparedRow[];
}

/** In groups, since a parameter may have the name of a step, or be called "time". */
export interface Comparison {
  readonly run: ComparedGroup;
  readonly figures: readonly ComparedGroup[];
  readonly parameters: ComparedGroup;
  readonly steps: ComparedGroup;
  /** Whether both were asked about the same playlists; undefined if one has no figures. */
  readonly sameQuestions?: boolean;
  /** How much the differences say, as a sentence; empty if one has no figures. */
  readonly about: string;
}

export function compareRuns(both: Both<ComparedRun>): Comparison {
  const group = (
    title: string,
    names: (run: ComparedRun["run"]) => readonly string[],
    tell: (run: ComparedRun["run"], name: string) => string,
  ): ComparedGroup => ({
    title,
    rows: united(of(both, ({ run }) => names(run))).map((name) => ({
      name,
      values: of(both, ({ run }) => tell(run, name)),
    })),
  });
  const titles = united(of(both, ({ figures }) => figures.groups.map(({ title }) => title)));
  const [asked, other] = of(both, ({ figures }) => figures.questions);
  const sameQuestions = asked === undefined || other === undefined ? undefined : asked === other;
  return {
    run: group(
      "The run",
      () => ["state", "time"],
      ({ status, seconds }, name) => (name === "state" ? status : durationIfKnown(seconds)),
    ),
    figures: titles.map((title) => ({ title, rows: figureRows(both, title) })),
    parameters: group(
      "Parameters",
      ({ parameters }) => Object.keys(parameters),
      ({ parameters }, name) => JSON.stringify(parameters[name]) ?? "",
    ),
    steps: group("Time of its steps", ({ tasks }) => tasks.map(({ step }) => step), timeOf),
    sameQuestions,
    about: about(sameQuestions),
  };
}

function figureRows(both: Both<ComparedRun>, title: string): ComparedRow[] {
  const lists = of(
    both,
    ({ figures }) => figures.groups.find((group) => group.title === title)?.figures ?? [],
  );
  return united(of(lists, (list) => list.map(({ name }) => name))).map((name) => {
    const figures = of(lists, (list) => list.find((figure) => figure.name === name));
    return { name, values: of(figures, shown), figures, difference: differenceOf(figures) };
  });
}

function of<T, U>([left, right]: Both<T>, read: (one: T) => U): Both<U> {
  return [read(left), read(right)];
}

/** The names of both, each once, in their order. */
function united([left, right]: Both<readonly string[]>): string[] {
  return [...new Set([...left, ...right])];
}

function timeOf({ tasks }: ComparedRun["run"], step: string): string {
  const own = tasks.filter((task) => task.step === step);
  return own.length === 0 ? "" : durationIfKnown(own.reduce((sum, task) => sum + (task.seconds ?? 0), 0));
}

function shown(figure: Figure | undefined): string {
  if (figure === undefined) return "";
  const { value, interval } = figure;
  if (typeof value === "string") return value;
  // If all or none hit, the interval shows no spread, which is not certainty.
  const spread = interval && interval[0] < interval[1];
  return `${value.toFixed(4)}${spread ? ` (${interval.map((end) => end.toFixed(3)).join("–")})` : ""}`;
}

function differenceOf([left, right]: Both<Figure | undefined>): string {
  if (typeof left?.value !== "number" || typeof right?.value !== "number") return "";
  const text = Math.abs(left.value - right.value).toFixed(4);
  if (Number(text) === 0) return "0";
  return `${left.value < right.value ? "−" : "+"}${text}`;
}

function about(sameQuestions: boolean | undefined): string {
  if (sameQuestions === undefined) return "";
  return sameQuestions
    ? "Both were asked about the same playlists. In brackets, the 95 % interval."
    : "They were asked about different playlists, so that a small difference says little. In brackets, the 95 % interval.";
}
