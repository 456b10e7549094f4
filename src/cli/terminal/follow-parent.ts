/** Ends this process together with its parent. */

/**
 * If a Node process started this one with an IPC channel, as deployments do, the returned signal is aborted when that process
 * ends, unless it has sent "keep".
 */
export function followParent(): AbortSignal | undefined {
  if (process.send === undefined) return undefined;
  const controller = new AbortController();
  let keep = false;
  process.on("message", (message) => {
    if ((message as { segue?: string }).segue === "keep") keep = true;
  });
  process.once("disconnect", () => {
    if (!keep) controller.abort();
  });
  // The channel must not keep the process alive once the endpoint has stopped.
  process.channel?.unref();
  return controller.signal;
}
