/** Which task a path names, and that no other is shown for one that is not there. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ScratchProject } from "../project.testkit.js";

const project = new ScratchProject();
afterAll(() => project.remove());

beforeAll(() => {
  project.writeFlows(
    "odd.mjs",
    `
export const odd = segue.flow("odd", { module: import.meta.url })
  .step("start", () => ({ grid: [1, 2] }))
  .foreach("train", { over: "grid" }, ({ item, card }) => {
    console.log("item " + item);
    card.markdown("# Item " + item);
    return { loss: item };
  })
  .join("end", () => ({ done: true }));`,
  );
  expect(project.segue("run", "./odd.mjs").code).toBe(0);
});

describe.each(["logs", "card"])("segue %s", (verb) => {
  it("finds the named task", async () => {
    for (const [path, item] of [
      ["odd/train", 1],
      ["odd/latest/train/1", 2],
      ["odd/train/1/", 2],
    ])
      expect((await project.segueHere(verb, String(path))).stdout.toLowerCase()).toContain(`item ${item}`);
  });

  it.each([
    ["odd/train/zz", 'step "train" has no task "zz"\n  → its tasks: 0, 1'],
    ["odd/latest/train/zz/1", 'step "train" has no task "zz/1"\n  → its tasks: 0, 1'],
    ["odd/train/1/4/5", 'nothing may follow task odd/train/1, but "4/5" does\n  → leave it out: odd/train/1'],
    ["odd/trian/1", 'flow "odd" has no step "trian"\n  → did you mean "train"?'],
    ["odd/20261126-234422-d5kt9/start", 'there is no run "odd/20261126-234422-d5kt9" in '],
    ["odd/20261126-234422-d5kt9/train/0", "`segue runs odd` lists them"],
    ["odd/d5kt9/train/0", 'there is no run "odd/d5kt9" in '],
    ["odd", '"odd" names no task\n  → add a step: odd/start; its steps: start, train, end'],
    ["train", '"train" names no task\n  → write run/step or run/step/task: modeling/train/3'],
  ])("refuses %s", async (path, message) => {
    expect(await project.segueHere(verb, path)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(message),
    });
  });
});

it("reads the part after the step as an artifact where one is expected", async () => {
  expect((await project.segueHere("dump", "odd/train/loss")).stdout).toBe("1\n");
  expect((await project.segueHere("dump", "odd/train/1/loss")).stdout).toBe("2\n");
  expect((await project.segueHere("dump", "odd/train/lost")).stderr).toContain('did you mean "loss"?');
});
