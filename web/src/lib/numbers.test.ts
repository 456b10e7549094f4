import { expect, it } from "vitest";
import { figure } from "./numbers.js";

it("rounds figures behind the point only: a grid's 12345.6 is not 12350, nor its seed 20260131 another one", () => {
  const values = [12345.6, 20260131, -1234.5, 0.123456, 999.96, 0.00001234567, 1e-12, 0];
  expect(values.map(figure)).toEqual([12346, 20260131, -1235, 0.1235, 1000, 0.00001235, 1e-12, 0]);
});
