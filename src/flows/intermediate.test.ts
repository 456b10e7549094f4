/** The intermediate flow as code runs it: what it would not find begins no run. */
import { readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { folderOfEachTest } from "../system/files/temporary-folder.testkit.js";
import { checkParameters, FolderStore, parseParameters, runFlow } from "../workflow/index.js";
import { intermediate } from "./intermediate.js";

const at = folderOfEachTest("intermediate");

describe("missing input", () => {
  const given = () => ({ input: [at("gone.csv")], data: at("data") });

  it("is refused before a run is recorded", async () => {
    const store = new FolderStore(at("store"));
    await expect(runFlow(intermediate, given(), { store })).rejects.toMatchObject({
      code: "missing-input",
      message: expect.stringMatching(/^input: there is no file .*gone\.csv$/),
    });
    expect(readdirSync(at())).toEqual([]);
  });

  it("may exist on the machines of workers", async () => {
    const parameters = parseParameters(intermediate, given());
    await expect(checkParameters(intermediate, parameters, "dbos")).resolves.toBeUndefined();
    await expect(checkParameters(intermediate, parameters)).rejects.toThrow("there is no file");
    writeFileSync(at("gone.csv"), "");
    await expect(checkParameters(intermediate, parameters)).resolves.toBeUndefined();
  });
});
