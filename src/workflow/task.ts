/** What a step's function is given. */
import type { Progress } from "../system/index.js";
import type { Card } from "./card/card.js";
import type { Client } from "./client.js";
import type { Resources } from "./graph.js";

export interface Task<Parameters = unknown, Artifacts = unknown, Item = unknown> {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  /** "0", or the place in the foreach: "3", nested "3.1". */
  readonly task: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly parameters: Readonly<Parameters>;
  /** What the steps before wrote. Tables and files are handles that load when asked. */
  readonly artifacts: Artifacts;
  /** Within a foreach: the item of the innermost one. */
  readonly item: Item;
  /** Within a foreach: the place of `item` in its array. */
  readonly index: number;
  /** An empty folder of this attempt alone, to write files into; removed afterwards. */
  readonly folder: string;
  readonly resources: Resources;
  /** Aborted when the run is stopped or the step's timeout has passed. */
  readonly signal: AbortSignal;
  /** Shown on the terminal while the step runs. */
  readonly progress: Progress;
  /** What the step wants to be seen: an HTML page of Markdown, tables, charts. */
  readonly card: Card;
  /** Runs and artifacts of this and other flows in the same datastore. */
  readonly client: Client;
}

/** What a join's function is given besides. */
export interface JoinTask<Parameters, Artifacts, Item, Inputs> extends Task<Parameters, Artifacts, Item> {
  /** After a foreach: one object of artifacts a task, in the order of the items. After branches: one a branch, by step name. */
  readonly inputs: Inputs;
}
