/** What `segue serve` says before it serves. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { randomVectors, testFolder } from "../bundle/bundle.testkit.js";
import { writeBundle } from "../bundle/index.js";
import { nearestOf } from "../recommenders/index.js";
import { distPath } from "../system/index.js";

const at = testFolder();
const exec = promisify(execFile);

beforeAll(async () => {
  const vectors = randomVectors(["A-One", "B-Two", "C-Three"], 4);
  const nearest = nearestOf(vectors, vectors).save();
  await writeBundle(at("models/20260101-a"), { catalogue: vectors, recommenders: { nearest }, vectors });
});

/** Runs the command where it should fail. */
async function segue(...args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, stderr } = await exec(process.execPath, [distPath("cli/main.js"), ...args]).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  return { code, stderr };
}

it.each([
  ["serve", at("models/20260101-a"), "--port", "0"],
  ["serve", at("models"), "--port", "0", "--workers", "2"],
  ["recommend", "A-One", "--bundle", at("models")],
])("is misused with a recommender that the bundle does not have: %s %s", async (...args) => {
  const { code, stderr } = await segue(...args, "--recommender", "zz");
  expect(stderr).toMatch(/^error: the bundle \S+ has no recommender named "zz"\n {2}→ it has: nearest\n$/);
  expect(code).toBe(2);
});

it("names what there is where a bundle is not", async () => {
  const { code, stderr } = await segue("serve", at("models/bundle"), "--datastore", at("runs"));
  expect(stderr).toContain(`there is no bundle at ${at("models/bundle")}`);
  expect(stderr).toContain(`name ${at("models")} for the latest bundle there, or one of: 20260101-a`);
  expect(code).toBe(1);
});
