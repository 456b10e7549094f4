/** What a flow in plain JavaScript is told where no compiler read it. */
import { expect, it } from "vitest";
import { flow } from "../index.js";

const module = import.meta.url;
// biome-ignore lint/suspicious/noExplicitAny: what is given is wrong on purpose.
const wrong = (options: object, ...rest: unknown[]): any =>
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  (flow("a", { module }) as any).step("start", options, ...rest);
const nothing = () => {};

it.each<[name: string, write: () => unknown, message: string, hint: string]>([
  [
    "an option of a step that there is not",
    () => wrong({ retries: 3 }, nothing),
    'step "start" has no option retries',
    "There are: after, cache, catch, description, grace, over, resources, retry, timeout.",
  ],
  [
    "a policy that there is not",
    () => wrong({ retry: { count: 3, wait: 5 } }, nothing),
    'retry of step "start" has no option wait',
    "There are: count, delay, backoff.",
  ],
  [
    "resources that there are not",
    () => wrong({ resources: { cpu: 2 } }, nothing),
    'resources of step "start" has no option cpu',
    "Did you mean cpus?",
  ],
  [
    "an option of the flow that there is not",
    () => flow("a", { module, params: {} } as never),
    'flow "a" has no option params',
    "There are: check, description, module, parameters, preload.",
  ],
  [
    "a flow without its module",
    () => flow("a", {} as never),
    'flow "a" does not say which module exports it',
    'write flow("a", { module: import.meta.url, … })',
  ],
  [
    "a flow without options",
    () => flow("a", undefined as never),
    'flow "a" does not say which module exports it',
    'write flow("a", { module: import.meta.url, … })',
  ],
  [
    "a step without a function",
    () => wrong({ retry: 1 }),
    'step "start" of flow "a" has no function',
    'pass a function as the last argument: .step("start", () => …)',
  ],
])("refuses %s", (_, write, message, hint) => {
  expect(write).toThrow(expect.objectContaining({ name: "SegueError", exitCode: 2, message, hint }));
});

it.each([-1, Number.NaN, "2"])("refuses %s cpus", (cpus) => {
  expect(() => wrong({ resources: { cpus } }, nothing)).toThrow(
    /^resources\.cpus of step "start" must be a number ≥ 0/,
  );
});

it.each([
  [{ timeout: "soon" }, 'timeout of step "start": "soon" is not a time'],
  [{ timeout: 0 }, 'timeout of step "start" must be a number > 0 and ≤ 2073600, got 0'],
  [{ timeout: "1000h" }, 'timeout of step "start" must be a number > 0 and ≤ 2073600, got 3600000'],
  [{ timeout: null }, 'timeout of step "start" must be a number > 0 and ≤ 2073600, got null'],
  [{ catch: "a/b" }, 'catch of step "start": "a/b" is not a valid artifact name'],
  [{ grace: -1 }, 'grace of step "start" must be a number from 0 to 2073600, got -1'],
  [{ retry: "3" }, 'retry of step "start" must be a whole number ≥ 0, got "3"'],
  [
    { retry: { delay: Number.NaN } },
    'retry.delay of step "start" must be a number from 0 to 2073600, got NaN',
  ],
  [{ retry: { delay: "5s" } }, 'retry.delay of step "start" must be a number from 0 to 2073600, got "5s"'],
  [{ retry: { backoff: 0.5 } }, 'retry.backoff of step "start" must be a number ≥ 1, got 0.5'],
])("refuses a step's %j", (options, message) => {
  expect(() => wrong(options, nothing)).toThrow(expect.objectContaining({ exitCode: 2, message }));
});
