/** The engines that can run a flow. */
import { oneOf } from "../../system/index.js";

/** "local": processes of this machine. "dbos": processes of any machines that run `segue worker`. */
export type Engine = "local" | "dbos";

export const anEngine = oneOf("local", "dbos");
