import { DeleteEndpointConfigCommand, DeleteModelCommand } from "@aws-sdk/client-sagemaker";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { motoMissing, motoPython } from "../../storage/moto.testkit.js";
import type { SegueError } from "../../system/index.js";
import { nothing, openAccount, scalingOf, type TestAccount } from "./account.testkit.js";
import { sageMakerClient } from "./aws/endpoint.js";
import {
  checkSageMaker,
  deploySageMaker,
  planSageMaker,
  removeSageMaker,
  type SageMakerDeployment,
  sageMakerStanding,
} from "./index.js";

if (motoPython === undefined) console.warn(motoMissing);

describe.skipIf(motoPython === undefined)("updating an endpoint on SageMaker", () => {
  let account: TestAccount;
  beforeAll(async () => {
    account = await openAccount();
  });
  afterEach(() => account.calm());
  afterAll(() => account?.close());

  it("updates a running endpoint blue/green, and removes the resources of the old one", {
    timeout: 120_000,
  }, async () => {
    const first = await deploySageMaker(account.good);
    const again = await account.model("again", 1);
    const blueGreen = {
      routing: "canary",
      percent: 20,
      interval: 60,
      termination: 30,
      alarms: ["errors"],
    } as const;
    const plan = await planSageMaker({ ...account.good, model: again, blueGreen }, { exists: true });
    const second = await deploySageMaker({ ...account.good, model: again, blueGreen });
    expect(second).toMatchObject({ updated: true, endpoint: "playlists" });
    expect(second.config).not.toBe(first.config);
    const { operation, input } = plan.at(-1)!;
    expect(input).toMatchObject({
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: {
            Type: "CANARY",
            WaitIntervalInSeconds: 60,
            CanarySize: { Type: "CAPACITY_PERCENT", Value: 20 },
          },
          TerminationWaitInSeconds: 30,
        },
        AutoRollbackConfiguration: { Alarms: [{ AlarmName: "errors" }] },
      },
    });
    expect({ operation, input: { ...input, EndpointConfigName: second.config } }).toEqual(
      account.emulator.seen.findLast((seen) => seen.operation === "UpdateEndpoint"),
    );
    const standing = (deployment: typeof first) => sageMakerStanding(deployment, account.emulator.connection);
    expect([await standing(first), await standing(second)]).toEqual(["replaced", "there"]);
    const { configs, models, keys } = await account.left();
    expect({ configs, models }).toEqual({ configs: [second.config], models: [second.model] });
    expect(keys).toHaveLength(1);
    const check = { tracks: ["band-4"], connection: account.emulator.connection, pollInterval: 0.02 };
    await checkSageMaker(second, { ...check, bundle: again, keep: true });
    const wrong = { ...check, bundle: account.good.model };
    const differs = /answers "band-4" differently from its bundle/;
    await expect(checkSageMaker(second, { ...wrong, keep: true })).rejects.toThrow(differs);
    expect((await account.left()).endpoints).toEqual(["playlists"]);
    await expect(checkSageMaker(second, wrong)).rejects.toThrow(differs);
    expect(await account.left()).toEqual(nothing);
    expect(await standing(second)).toBe("gone");
    await expect(checkSageMaker(second, wrong)).rejects.toThrow(/cannot invoke the endpoint playlists/);
  });

  it("keeps the old model if an update fails", async () => {
    const first = await deploySageMaker(account.good);
    const broken = await account.brokenModel("broken");
    await expect(deploySageMaker({ ...account.good, model: broken })).rejects.toThrow(
      /the update of playlists was rolled back to playlists-\d{14}-[0-9a-f]{8}: .*is not a bundle/,
    );
    expect(await account.left()).toMatchObject({
      configs: [first.config],
      models: [first.model],
      endpoints: ["playlists"],
    });
    const check = { tracks: ["band-4"], connection: account.emulator.connection, pollInterval: 0.02 };
    await checkSageMaker(first, { ...check, bundle: account.good.model });
    expect(await account.left()).toEqual(nothing);
  });

  describe("with auto-scaling", () => {
    const instances = { instanceType: "ml.c5.large", instanceCount: 2 };
    const autoScaling = { minCapacity: 2, maxCapacity: 6, targetInvocations: 12_000 };
    const waiting = { pollInterval: 0.02 };

    it("plans and sends the policy, keeps it through updates, and removes it with the endpoint", async () => {
      const options = { ...account.good, ...instances, autoScaling };
      const plan = await planSageMaker(options);
      account.emulator.seen.length = 0;
      const first = await deploySageMaker(options);
      expect(first).toMatchObject({ scaled: true });
      expect(plan.slice(-2).map(({ operation, input }) => ({ operation, input }))).toEqual(
        account.emulator.seen.filter(({ operation }) => /^(Register|Put)/.test(operation)),
      );
      expect(await scalingOf(account.emulator)).toMatchObject({
        targets: [
          {
            ResourceId: "endpoint/playlists/variant/AllTraffic",
            ScalableDimension: "sagemaker:variant:DesiredInstanceCount",
            MinCapacity: 2,
            MaxCapacity: 6,
          },
        ],
        policies: [
          {
            PolicyName: "playlists-invocations",
            PolicyType: "TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration: {
              TargetValue: 12_000,
              PredefinedMetricSpecification: {
                PredefinedMetricType: "SageMakerVariantInvocationsPerInstance",
              },
              ScaleInCooldown: 300,
              ScaleOutCooldown: 60,
            },
          },
        ],
      });
      const second = await deploySageMaker({
        ...account.good,
        ...instances,
        model: await account.model("scaled", 1),
      });
      expect(second).toMatchObject({ updated: true, scaled: true });
      expect((await scalingOf(account.emulator)).targets).toHaveLength(1);
      await removeSageMaker(second, { connection: account.emulator.connection, ...waiting });
      expect(await account.left()).toEqual(nothing);
    });

    it.each(["RegisterScalableTarget", "PutScalingPolicy"])(
      "cleans up where %s is refused",
      async (refused) => {
        account.emulator.refused = refused;
        await expect(deploySageMaker({ ...account.good, ...instances, autoScaling })).rejects.toThrow(
          /cannot set the auto-scaling of playlists/,
        );
        account.emulator.refused = undefined;
        expect(await account.left()).toEqual(nothing);
      },
    );

    it("keeps an updated endpoint if its policy is refused, and says so", async () => {
      const first = await deploySageMaker(account.good);
      account.emulator.refused = "PutScalingPolicy";
      const update = {
        ...account.good,
        ...instances,
        autoScaling,
        model: await account.model("unscaled", 1),
      };
      await expect(deploySageMaker(update)).rejects.toMatchObject({
        code: "not-scaled",
        message: expect.stringMatching(/the endpoint playlists was updated and answers, but: cannot set/),
      });
      account.emulator.refused = undefined;
      const { endpoints, scaled, configs } = await account.left();
      expect({ endpoints, scaled }).toEqual({ endpoints: ["playlists"], scaled: [] });
      expect(configs).toHaveLength(1);
      expect(configs).not.toEqual([first.config]);
      const now = await deploySageMaker({ ...update, model: account.good.model });
      expect(now).toMatchObject({ updated: true, scaled: true });
      await removeSageMaker(now, { connection: account.emulator.connection, ...waiting });
      expect(await account.left()).toEqual(nothing);
    });
  });

  describe("stopped during an update", () => {
    let first: SageMakerDeployment;
    const stopped = (model: string, onUpdating = () => {}) => {
      const stop = new AbortController();
      return deploySageMaker({
        ...account.good,
        model,
        signal: stop.signal,
        progress: ({ note }) => {
          if (note !== "Updating" || stop.signal.aborted) return;
          onUpdating();
          stop.abort();
        },
      }).catch((error: SegueError) => error);
    };
    beforeEach(async () => {
      first = await deploySageMaker(account.good);
    });
    afterEach(async () => {
      account.emulator.refused = undefined;
      await removeSageMaker(first, { connection: account.emulator.connection, pollInterval: 0.02 });
      const { configs, models, keys } = await account.left();
      const [config, model, archive] = [configs[0], models[0], `${account.store.url}/${keys[0]}`];
      if (config !== undefined)
        await removeSageMaker(
          { ...first, config, model: model!, archive },
          { connection: account.emulator.connection },
        );
      expect(await account.left()).toEqual(nothing);
    });

    it("keeps what the endpoint then uses, and says so", async () => {
      expect(await stopped(await account.model("stopped", 1))).toMatchObject({
        message: `interrupted; the update went through all the same: playlists answers from the new model, and of the old one remains the endpoint configuration ${first.config}`,
        hint: `to go back: aws sagemaker update-endpoint --endpoint-name playlists --endpoint-config-name ${first.config}`,
        code: "remains",
      });
      expect((await account.left()).configs).toHaveLength(2);
      expect(await sageMakerStanding(first, account.emulator.connection)).toBe("replaced");
    });

    it("removes what was made if the endpoint stays as it was", async () => {
      expect(await stopped(await account.brokenModel("stopped-broken"))).toMatchObject({
        name: "AbortError",
      });
      expect(await account.left()).toMatchObject({ configs: [first.config], models: [first.model] });
    });

    it("keeps what was made if nobody knows what the endpoint uses", async () => {
      const unseen = () => {
        account.emulator.refused = "DescribeEndpoint";
      };
      expect(await stopped(await account.model("unseen", 1), unseen)).toMatchObject({
        message: expect.stringMatching(
          /^interrupted; the update of playlists may still go through \(.*not authorized.*\), so what it needs remains: endpoint configuration playlists-.*, model playlists-.*, s3:/,
        ),
        hint: expect.stringContaining("describe-endpoint"),
      });
      expect((await account.left()).configs).toHaveLength(2);
    });
  });

  it("waits for what another deployment does with the endpoint, and updates it then", async () => {
    const seen: (string | undefined)[] = [];
    account.emulator.looks = 6;
    let isBegun = false;
    const first = deploySageMaker({
      ...account.good,
      pollInterval: 10,
      progress: ({ note }) => {
        isBegun ||= note === "Creating";
      },
      // It is rolled back if it looks only after the update.
    }).catch(() => {});
    await expect.poll(() => isBegun, { timeout: 30_000 }).toBe(true);
    const second = await deploySageMaker({
      ...account.good,
      model: await account.model("waiting", 1),
      progress: ({ note }) => seen.push(note),
    });
    expect(seen[0]).toBe("Creating");
    expect(second).toMatchObject({ updated: true });
    await first;
    expect((await account.left()).configs).toEqual([second.config]);
    await removeSageMaker(second, { connection: account.emulator.connection, pollInterval: 0.02 });
    expect(await account.left()).toEqual(nothing);
  });

  it("updates an endpoint whose parts somebody has removed", async () => {
    const first = await deploySageMaker(account.good);
    const client = sageMakerClient(account.emulator.connection);
    await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: first.config }));
    await client.send(new DeleteModelCommand({ ModelName: first.model }));
    await account.store.delete(first.archive.slice("s3://models/segue/".length));
    const second = await deploySageMaker({ ...account.good, model: await account.model("replacing", 1) });
    expect(second).toMatchObject({ updated: true });
    // Once more, it finds nothing left to remove.
    for (let i = 0; i < 2; i++)
      await removeSageMaker(second, { connection: account.emulator.connection, pollInterval: 0.02 });
    expect(await account.left()).toEqual(nothing);
  });
});
