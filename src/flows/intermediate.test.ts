/** The intermediate flow as code runs it: what it would not find begins no run. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkParameters, FolderStore, parseParameters, runFlow } from "../workflow/index.js";
import { intermediate } from "./intermediate.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "segue-intermediate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("missing input", () => {
  const given = () => ({ input: [join(folder, "gone.csv")], data: join(folder, "data") });

  it("is refused before a run is recorded", async () => {
    const store = new FolderStore(join(folder, "store"));
    await expect(runFlow(intermediate, given(), { store })).rejects.toMatchObject({
      code: "missing-input",
      message: expect.stringMatching(/^input: there is no file .*gone\.csv$/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("may exist on the machines of workers", async () => {
    const parameters = parseParameters(intermediate, given());
    await expect(checkParameters(intermediate, parameters, "dbos")).resolves.toBeUndefined();
    await expect(checkParameters(intermediate, parameters)).rejects.toThrow("there is no file");
    writeFileSync(join(folder, "gone.csv"), "");
    await expect(checkParameters(intermediate, parameters)).resolves.toBeUndefined();
  });
});
