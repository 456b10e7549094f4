/** What a run came to, told so that two runs can be compared. */
export interface Figure {
  readonly name: string;
  /** A share or another measure; text is compared only for being the same. */
  readonly value: number | string;
  /** Its 95 % interval. */
  readonly interval?: readonly [low: number, high: number];
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export interface RunFigures {
  readonly groups: readonly FigureGroup[];
  /** The same for runs that were measured on the same questions; absent if there are no figures. */
  readonly questions?: string;
}
