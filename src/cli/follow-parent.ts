/** An end that follows that of the process which started this one. */

/**
 * Where another Node process started this one with a channel (deployments do), the endpoint ends when that process does,
 * unless it was told to stay.
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
  // Listening must not keep the process alive once the endpoint has stopped.
  process.channel?.unref();
  return controller.signal;
}
