import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type AnyFlow, FolderStore, type RunEvent, resumeRun, runFlow } from "./index.js";

it("keeps to the retries that a run was told to make when it is resumed", async () => {
  const { gate } = (await import(
    /* @vite-ignore */ new URL("./fixtures/flows.mjs", import.meta.url).href
  )) as Record<string, AnyFlow>;
  const folder = mkdtempSync(join(tmpdir(), "segue-run-"));
  try {
    writeFileSync(join(folder, "broken"), "");
    const store = new FolderStore(join(folder, "store"));
    const retry = { count: 2, delay: 0.01 };
    const { run } = await runFlow(gate!, { folder, count: 1 }, { store, retry });
    const events: RunEvent[] = [];
    const resumed = await resumeRun("gate", { store, run, listener: (event) => events.push(event) });
    expect(resumed.status).toBe("failed");
    expect(events.filter(({ type }) => type === "task-retry")).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
