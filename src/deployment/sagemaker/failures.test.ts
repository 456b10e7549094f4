import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import { startProxy } from "../../storage/proxy.testkit.js";
import type { SegueError } from "../../system/index.js";
import { nothing, openAccount, type TestAccount } from "./account.testkit.js";
import { checkSageMaker, deploySageMaker, removeSageMaker, type SageMakerDeployment } from "./index.js";

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("a failing deployment to SageMaker", () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await openAccount();
  });
  afterEach(() => account.calm());
  afterAll(() => account?.close());

  it.each(["CreateEndpointConfig", "CreateEndpoint"])("cleans up where %s is refused", async (refused) => {
    account.emulator.refused = refused;
    await expect(deploySageMaker(account.good)).rejects.toThrow(/cannot create the endpoint/);
    account.emulator.refused = undefined;
    expect(await account.left()).toEqual(nothing);
  });

  it("cleans up if the endpoint fails, and reports the reason", async () => {
    const broken = await account.brokenModel("failing");
    const failure = await deploySageMaker({ ...account.good, model: broken }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      message: expect.stringMatching(/the endpoint playlists is Failed: .*is not a bundle/),
      hint: expect.stringContaining("CloudWatch"),
      code: "endpoint-failed",
    });
    expect(await account.left()).toEqual(nothing);
  });

  it("says what remains of a failed deployment, and creates nothing over it", async () => {
    const broken = await account.brokenModel("remaining");
    account.emulator.refused = "DeleteEndpoint";
    const failure = await deploySageMaker({ ...account.good, model: broken }).catch(
      (error: SegueError) => error,
    );
    expect(failure).toMatchObject({
      message: expect.stringMatching(
        /is Failed: .*; what remains: endpoint playlists \(.*not authorized.*\), endpoint configuration .*, model .*, s3:/,
      ),
      hint: expect.stringMatching(/costs money .*aws sagemaker delete-endpoint --endpoint-name playlists$/),
    });
    account.emulator.refused = undefined;
    await expect(deploySageMaker(account.good)).rejects.toMatchObject({
      message: "the endpoint playlists exists and is Failed",
      hint: expect.stringContaining("delete it first"),
    });
    // An endpoint needs its parts for as long as it lives.
    const { configs, models, keys } = await account.left();
    expect([configs, models, keys]).toMatchObject([[expect.any(String)], configs, [expect.any(String)]]);
    const [config, model, archive] = [configs[0]!, models[0]!, `${account.store.url}/${keys[0]}`];
    await removeSageMaker({ endpoint: "playlists", config, model, archive } as SageMakerDeployment, {
      connection: account.emulator.connection,
      pollInterval: 0.02,
    });
    expect(await account.left()).toEqual(nothing);
  });

  it("cleans up if the model does not answer", async () => {
    const deployment = await deploySageMaker(account.good);
    account.emulator.modelError = true;
    const options = {
      bundle: account.good.model,
      tracks: ["band-1"],
      connection: account.emulator.connection,
    };
    await expect(checkSageMaker(deployment, { ...options, pollInterval: 0.02 })).rejects.toThrow(
      /did not answer for "band-1": the model in playlists answered 500: out of memory/,
    );
    expect(await account.left()).toEqual(nothing);
  });

  it("cleans up if it is interrupted while waiting", async () => {
    const stop = new AbortController();
    const deployed = deploySageMaker({
      ...account.good,
      signal: stop.signal,
      progress: ({ note }) => note === "Creating" && stop.abort(),
    });
    await expect(deployed).rejects.toMatchObject({ name: "AbortError" });
    expect(await account.left()).toEqual(nothing);
  });

  it("goes on if the answers to its requests are lost", async () => {
    const lost = new Set(["CreateModel", "CreateEndpointConfig", "CreateEndpoint", "UpdateEndpoint"]);
    const lossy = await startProxy(account.emulator.connection.endpoint, ({ headers }) =>
      lost.delete(/\w+$/.exec(String(headers["x-amz-target"]))![0]) ? "lose" : "pass",
    );
    try {
      const through = {
        ...account.good,
        connection: { ...account.emulator.connection, endpoint: lossy.url },
      };
      expect(await deploySageMaker(through)).toMatchObject({ updated: false });
      const second = await deploySageMaker({ ...through, model: await account.model("lost", 1) });
      expect(second).toMatchObject({ updated: true });
      expect([...lost]).toEqual([]);
      await removeSageMaker(second, { connection: account.emulator.connection, pollInterval: 0.02 });
      expect(await account.left()).toEqual(nothing);
    } finally {
      await lossy.close();
    }
  });

  it("waits out an outage while it waits for the endpoint", async () => {
    let failures = 0;
    let hasFailed = false;
    const failing = await startProxy(account.emulator.connection.endpoint, () =>
      failures-- > 0 ? "reset" : "pass",
    );
    try {
      const deployment = await deploySageMaker({
        ...account.good,
        connection: { ...account.emulator.connection, endpoint: failing.url },
        progress: ({ note }) => {
          if (note !== "Creating" || hasFailed) return;
          hasFailed = true;
          // More often than a first request is tried.
          failures = 6;
        },
      });
      await removeSageMaker(deployment, { connection: account.emulator.connection, pollInterval: 0.02 });
      expect(await account.left()).toEqual(nothing);
    } finally {
      await failing.close();
    }
  });

  it("leaves alone an endpoint that somebody else has created meanwhile", async () => {
    let other: SageMakerDeployment | undefined;
    account.emulator.meanwhile = async (operation) => {
      if (operation !== "CreateEndpoint") return;
      account.emulator.meanwhile = undefined;
      other = await deploySageMaker({ ...account.good, model: await account.model("theirs", 1) });
    };
    await expect(deploySageMaker(account.good)).rejects.toMatchObject({
      message: "somebody else has just created an endpoint playlists",
      code: "endpoint-taken",
    });
    const { endpoints, configs, models, keys } = await account.left();
    expect({ endpoints, configs, models }).toEqual({
      endpoints: ["playlists"],
      configs: [other!.config],
      models: [other!.model],
    });
    expect(keys).toHaveLength(1);
    await removeSageMaker(other!, { connection: account.emulator.connection, pollInterval: 0.02 });
    expect(await account.left()).toEqual(nothing);
  });

  it("says what remains if it cannot clean up", async () => {
    const deployment = await deploySageMaker(account.good);
    const wrong = { ...deployment, archive: "s3://gone/a/model.tar.gz" };
    await expect(
      removeSageMaker(wrong, { connection: account.emulator.connection, pollInterval: 0.02 }),
    ).rejects.toThrow(/could not remove s3:\/\/gone\/a\/model\.tar\.gz \(.*the bucket does not exist/);
    await account.store.delete(deployment.archive.slice("s3://models/segue/".length));
    expect(await account.left()).toEqual(nothing);
  });
});
