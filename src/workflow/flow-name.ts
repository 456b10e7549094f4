import type { ValueRange } from "../system/index.js";

/** What a flow may be called: its runs lie in a folder of that name, and its artifacts are asked for by it. */
export const isFlowName = (name: string): boolean => typeof name === "string" && /^[a-z][\w-]*$/i.test(name);

export const aFlowName: ValueRange = {
  wanted: "a flow's name",
  holds: (value) => isFlowName(value as string),
};
