/** Runs a flow in the terminal so that no local endpoint outlives a failed run. */
import type { LocalEndpoint } from "../../deployment/index.js";
import { isAlive } from "../../system/index.js";
import { type Client, type RunListener, type RunResult, runInTerminal } from "../../workflow/index.js";

type Options = Parameters<typeof runInTerminal>[1];

/** As `runInTerminal`; also stops an endpoint that the run started but ended too early to stop. */
export async function runAndCleanUp(
  client: Client,
  run: Parameters<typeof runInTerminal>[0],
  options: Options,
): Promise<RunResult> {
  let begun: { readonly flow: string; readonly run: string } | undefined;
  const noting =
    (listener: RunListener): RunListener =>
    (event) => {
      if (event.type === "run-started") begun = event.run;
      listener(event);
    };
  try {
    return await runInTerminal(
      ({ listener, signal }) => run({ listener: noting(listener), signal }),
      options,
    );
  } catch (error) {
    if (begun !== undefined) await stopEndpoint(client, begun.flow, begun.run);
    throw error;
  }
}

/** Stops the endpoint that a deployment run started but ended too early to stop; does nothing for runs of other flows. */
export async function stopEndpoint(client: Client, flow: string, run: string): Promise<void> {
  if (flow !== "deployment") return;
  const started = client
    .flow(flow)
    .run(run)
    .task("deploy")
    .artifact<{ target: string } & LocalEndpoint>("endpoint");
  const endpoint = await started.catch(() => undefined);
  // That room is large: load it only if there is something to stop.
  if (endpoint?.target === "local" && isAlive(endpoint.pid))
    await (await import("../../deployment/index.js")).stopLocal(endpoint);
}
