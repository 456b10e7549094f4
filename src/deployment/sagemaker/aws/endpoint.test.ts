import { setImmediate as turn } from "node:timers/promises";
import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { expect, it } from "vitest";
import { reaching, waitForEndpoint } from "./endpoint.js";

it("lets no client of the SDK warn of its next versions, which Segue pins", async () => {
  const warned: Error[] = [];
  process.on("warning", (warning) => warned.push(warning));
  new SageMakerRuntimeClient(reaching({ region: "us-east-1" })).destroy();
  await turn();
  expect(warned).toEqual([]);
});

it("waits for an endpoint no longer than the timeout", async () => {
  const client = { send: async () => ({ EndpointStatus: "Creating" }) } as unknown as SageMakerClient;
  await expect(
    waitForEndpoint(client, "playlists", { timeout: 0.1, pollInterval: 0.05 }),
  ).rejects.toMatchObject({ code: "timeout", message: "the endpoint playlists is still Creating after 1 s" });
});
