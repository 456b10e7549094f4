import { open } from "node:fs/promises";
import { expect, it } from "vitest";
import { flushFile } from "./flush-file.js";
import { folderOfEachTest } from "./temporary-folder.testkit.js";

const at = folderOfEachTest("flush");

it("works where file handles have no sync", async () => {
  const file = await open(at("a"), "w");
  file.sync = () => {
    throw new Error("Method not implemented.");
  };
  await file.writeFile("1");
  expect(await flushFile(file)).toBeUndefined();
  await file.close();
});
