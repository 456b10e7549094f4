/** The argument of a step's function. */
import type { Progress } from "../../system/index.js";
import type { Card } from "../card/card.js";
import type { Resources } from "../flow/graph.js";
import type { Client } from "../records/client.js";

export interface Task<Parameters = unknown, Artifacts = unknown, Item = unknown> {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  /** "0", or the position of the item in its foreach: "3", nested "3.1". */
  readonly task: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly parameters: Readonly<Parameters>;
  /** The artifacts of earlier steps. Tables and files are handles that load on demand. */
  readonly artifacts: Artifacts;
  /** Within a foreach: the item of the innermost one. */
  readonly item: Item;
  /** Within a foreach: the index of `item`, from 0. */
  readonly index: number;
  /** An empty folder for this attempt alone; removed afterwards. */
  readonly folder: string;
  readonly resources: Resources;
  /** Aborted when the run is stopped or the step exceeds its timeout. */
  readonly signal: AbortSignal;
  /** Reports progress, which the terminal shows while the step runs. */
  readonly progress: Progress;
  /** The step's card: an HTML page of Markdown, tables and charts. */
  readonly card: Card;
  /** Reads runs and artifacts of this and other flows in the same datastore. */
  readonly client: Client;
}

/** The argument of a join's function. */
export interface JoinTask<Parameters, Artifacts, Item, Inputs> extends Task<Parameters, Artifacts, Item> {
  /** After a foreach: each task's artifacts, in the order of the items. After branches: each branch's artifacts, by step name. */
  readonly inputs: Inputs;
}
