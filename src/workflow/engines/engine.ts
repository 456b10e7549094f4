/** What can run a flow. */
import { oneOf } from "../../system/index.js";

/** Processes of this machine, or those of any machines with `segue worker`. */
export type Engine = "local" | "dbos";

export const anEngine = oneOf("local", "dbos");
