import type { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { expect, it } from "vitest";
import { waitForEndpoint } from "./endpoint.js";

it("waits for an endpoint no longer than the timeout", async () => {
  const client = { send: async () => ({ EndpointStatus: "Creating" }) } as unknown as SageMakerClient;
  await expect(
    waitForEndpoint(client, "playlists", { timeout: 0.1, pollInterval: 0.05 }),
  ).rejects.toMatchObject({ code: "timeout", message: "the endpoint playlists is still Creating after 1 s" });
});
