import { expect, it } from "vitest";
import { flow } from "./flow/flow.js";
import { drawFlow } from "./picture.js";

const begun = flow("drawn", { module: import.meta.url });

it("says why a flow cannot be drawn", () => {
  expect(() => drawFlow(begun)).toThrow(/^flow "drawn" is invalid:\n {2}it has no step/);
  const circle = begun
    .step("start", () => ({}))
    .step("a", { after: "b" as never }, () => ({}))
    .step("b", { after: "a" }, () => ({}));
  expect(() => drawFlow(circle)).toThrow('step "a" can never be reached');
});
