/** A local endpoint lives beside the run that started it: whoever runs the flow sees that it does not outlive a run that came to nothing. */
import type { LocalEndpoint } from "../deployment/index.js";
import { isAlive } from "../system/index.js";
import type { Client } from "../workflow/index.js";

/** Stops the endpoint that a deployment run started and did not live to stop; does nothing for runs of other flows. */
export async function stopEndpoint(client: Client, flow: string, run: string): Promise<void> {
  if (flow !== "deployment") return;
  const started = client
    .flow(flow)
    .run(run)
    .task("deploy")
    .artifact<{ target: string } & LocalEndpoint>("endpoint");
  const endpoint = await started.catch(() => undefined);
  // Its room is large: it is loaded only where there is something to stop.
  if (endpoint?.target === "local" && isAlive(endpoint.pid))
    await (await import("../deployment/index.js")).stopLocal(endpoint);
}
