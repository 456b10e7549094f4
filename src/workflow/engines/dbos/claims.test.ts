/** Workers' locks in Postgres, and what happens when a connection breaks. */
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasPostgres, startPostgres, type TemporaryPostgres } from "../../fixtures/postgres.mjs";
import { Claims } from "./claims.js";

describe.skipIf(!hasPostgres)("claims", () => {
  let postgres: TemporaryPostgres;
  const events = new EventTarget();
  const claims = (executor: string) =>
    new Claims(postgres.url, executor, (why) =>
      events.dispatchEvent(new CustomEvent("lost", { detail: why })),
    );

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  it("lets others take over again from a worker that went on until it noticed that its work was taken over", async () => {
    const one = claims("one");
    const other = claims("other");
    await one.open();
    await other.open();
    const lost = once(events, "lost");
    // As if its machine had been cut off, and another worker had been quicker.
    postgres.sql(`WITH one AS (DELETE FROM segue_workers WHERE executor = 'one')
      SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND (classid::bigint << 32 | objid::bigint) = hashtextextended('segue-worker/one', 0)`);
    const [{ detail }] = (await lost) as [CustomEvent<string>];
    expect(detail).toContain("another worker took over its tasks");
    const dead: string[] = [];
    const look = () =>
      other.eachDead(async (executor) => {
        dead.push(executor);
      });
    await look();
    expect(dead).toEqual([]);
    await one.abandon();
    await look();
    expect(dead).toEqual(["one"]);
    await other.close();
  });
});
