import type { AnyFlow } from "../workflow/index.js";
import { deployment } from "./deployment.js";
import { intermediate } from "./intermediate.js";
import { modeling } from "./modeling.js";
import { primary } from "./primary.js";

/** The four flows, in the order in which they run. */
export const flowOrder: readonly AnyFlow[] = [intermediate, primary, modeling, deployment];
