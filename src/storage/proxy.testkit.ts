/** A proxy that makes requests fail as a test chooses. */
import { type Agent, createServer, type IncomingHttpHeaders, request } from "node:http";

/**
 * What happens to a request: "cut" breaks off the answer in the middle, "hang" goes silent there, "lose" lets the server handle
 * the request but drops the answer.
 */
export type Fate = "pass" | "503" | "reset" | "cut" | "hang" | "lose";

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** @param agent for the requests to the target */
export async function startProxy(
  target: string,
  fateOf: (asked: Asked) => Fate,
  agent?: Agent,
): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port } = new URL(target);
  const server = createServer((req, res) => {
    const fate = fateOf({ method: req.method!, url: req.url!, headers: req.headers });
    if (fate === "reset") return void req.socket.destroy();
    if (fate === "503") return void req.resume().on("end", () => res.writeHead(503).end());
    const onward = request(
      { hostname, port, path: req.url, method: req.method, headers: req.headers, agent },
      (answer) => {
        if (fate === "lose") return void answer.resume().on("end", () => req.socket.destroy());
        res.writeHead(answer.statusCode!, answer.headers);
        answer.on("error", () => res.destroy());
        if (fate === "cut")
          answer.once("data", (part: Buffer) => res.write(part.subarray(0, 1000), () => res.destroy()));
        else if (fate === "hang") answer.once("data", (part: Buffer) => res.write(part.subarray(0, 1000)));
        else answer.pipe(res);
      },
    );
    onward.on("error", () => res.destroy());
    req.on("error", () => onward.destroy());
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
