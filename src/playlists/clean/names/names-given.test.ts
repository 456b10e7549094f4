import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderOfTests } from "../../../system/files/temporary-folder.testkit.js";
import { namesGiven } from "./names-given.js";

const folder = folderOfTests("names-given");

it("reads a file of any number of names", async () => {
  const path = join(folder, "names.txt");
  await writeFile(path, "a name\n".repeat(200_000));
  const names = await namesGiven(["first", `@${path}`, "last"], { option: "--not", of: "track" });
  expect(names).toHaveLength(200_002);
  expect([names[0], names[1], names.at(-1)]).toEqual(["first", "a name", "last"]);
});
