import type { ValueRange } from "../../system/index.js";

/** Whether a string can name a flow, or a step: it becomes a folder's name, and part of artifact paths. */
export const isFlowName = (name: string): boolean => typeof name === "string" && /^[a-z][\w-]*$/i.test(name);

/** The rule, for messages. */
export const nameHint = "use letters, digits, - and _, beginning with a letter";

export const aFlowName: ValueRange = {
  wanted: "a flow's name",
  holds: (value) => isFlowName(value as string),
};
