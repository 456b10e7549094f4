/** Formats numbers of the analysis for the page. */
import type { Bin } from "../../../src/analysis/index.js";

export const number = (value: number) => value.toLocaleString("en");
export const rangeOf = ({ from, to }: Bin) =>
  from === to ? number(from) : `${number(from)} to ${number(to)}`;
