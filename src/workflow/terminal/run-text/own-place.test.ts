import { expect, it } from "vitest";
import { ownPlace } from "./own-place.js";

it("is the first stack line outside Node, dependencies, and the machinery that called the step", () => {
  const room = new URL("../../", import.meta.url).href;
  const stack = [
    "Error: no",
    "    at node:internal/timers:581:17",
    `    at misuse (${new URL("../system/errors.js", room).href}:23:10)`,
    `    at add (${room}card/live-card.js:35:1)`,
    "    at x (file:///app/node_modules/zod/index.js:1:2)",
    `    at file://${process.cwd()}/flows/mine.mjs:8:175`,
    `    at runTask (${room}task/task-runner.js:27:53)`,
  ];
  expect(ownPlace(stack.join("\n"))).toBe("flows/mine.mjs:8");
  expect(ownPlace(stack.slice(0, 5).join("\n"))).toBeUndefined();
});
