/**
 * An emulator of SageMaker. moto provides S3 and the control plane's records; a server in front of it adds what moto lacks: endpoints
 * that take time, fail, are updated and rolled back; roles and archives that must exist; and InvokeEndpoint, which follows endpoint →
 * configuration → model → archive in S3, unpacks it, starts the real server on it and forwards the request.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeEndpointConfigCommand, DescribeModelCommand } from "@aws-sdk/client-sagemaker";
import { extract } from "tar";
import { motoCredentials, startMoto } from "../../storage/moto.testkit.js";
import { S3Store } from "../../storage/s3.js";
import { messageOf } from "../../system/index.js";
import { sageMakerClient } from "./aws/endpoint.js";

export interface Container {
  readonly url: string;
  close(): Promise<unknown>;
}

/** The emulator's own state of an endpoint, beside moto's record. */
interface Endpoint {
  config: string;
  status: "Creating" | "Updating" | "InService" | "Failed";
  reason?: string;
  container?: Container;
  /** How many more times it must be described before it may settle. */
  looks: number;
  settled: boolean;
}

export interface SeenRequest {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

export interface Emulator {
  readonly connection: { endpoint: string; region: string; credentials: typeof motoCredentials };
  /** Every request to SageMaker and Application Auto Scaling so far. */
  readonly seen: SeenRequest[];
  /** An operation to refuse with AccessDeniedException. */
  refused: string | undefined;
  /** Makes every invocation fail with a model error. */
  modelError: boolean;
  /** How often an endpoint is described as moving before it may settle. */
  looks: number;
  /** What somebody else does before an operation is carried out; called once for each. */
  meanwhile: ((operation: string) => Promise<unknown> | undefined) | undefined;
  stop(): Promise<void>;
}

export const goodRole = "arn:aws:iam::123456789012:role/segue";
export const tensorFlowImage = "763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference:2.14.1-cpu";

/**
 * @param serve starts the server on the unpacked archive, as the container does with /opt/ml/model; if it throws, the endpoint becomes
 *   Failed
 */
export async function startEmulator(serve: (modelFolder: string) => Promise<Container>): Promise<Emulator> {
  const moto = await startMoto();
  const behind = { endpoint: moto.endpoint, region: "us-east-1", credentials: motoCredentials };
  const client = sageMakerClient(behind);
  const folder = await mkdtemp(join(tmpdir(), "segue-sagemaker-"));
  const endpoints = new Map<string, Endpoint>();
  const seen: SeenRequest[] = [];
  const created = new Set<string>();
  let unpacked = 0;

  async function start(configName: string): Promise<Container> {
    const config = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: configName }));
    const { ModelName } = config.ProductionVariants![0]!;
    const { PrimaryContainer } = await client.send(new DescribeModelCommand({ ModelName }));
    const url = PrimaryContainer!.ModelDataUrl!;
    const slash = url.lastIndexOf("/");
    const place = join(folder, String(unpacked++));
    const model = join(place, "opt", "ml", "model");
    await mkdir(model, { recursive: true });
    const archive = join(place, "model.tar.gz");
    if (!(await new S3Store(url.slice(0, slash), behind).getFile(url.slice(slash + 1), archive))) {
      throw new Error(`no archive at ${url}`);
    }
    await extract({ file: archive, cwd: model });
    const container = await serve(model);
    const ping = await fetch(`${container.url}/ping`);
    if (!ping.ok) throw new Error(`/ping answered ${ping.status}`);
    return container;
  }

  /** Starts the container of a configuration; the result shows only after the endpoint was described a few times. */
  function bringUp(endpoint: Endpoint, config: string): void {
    endpoint.looks = emulator.looks;
    endpoint.settled = false;
    start(config).then(
      async (container) => {
        const before = endpoint.container;
        Object.assign(endpoint, { config, container, settled: true, reason: undefined });
        await before?.close();
      },
      (error: unknown) => {
        const reason = `The container did not pass the ping health check: ${messageOf(error)}`;
        Object.assign(endpoint, { settled: true, reason });
      },
    );
  }

  function look(endpoint: Endpoint): void {
    if (endpoint.status !== "Creating" && endpoint.status !== "Updating") return;
    if (endpoint.looks-- > 0 || !endpoint.settled) return;
    // A failed update is rolled back; a failed creation has nothing to roll back to.
    endpoint.status = endpoint.status === "Creating" && endpoint.reason ? "Failed" : "InService";
  }

  /** moto would replace what is there. */
  async function forwardOnce(what: string, forward: () => Promise<Answer>): Promise<Answer> {
    if (created.has(what)) return taken(what);
    created.add(what);
    return forward();
  }

  async function control(
    operation: string,
    input: Record<string, unknown>,
    forward: () => Promise<Answer>,
  ): Promise<Answer> {
    seen.push({ operation, input });
    await emulator.meanwhile?.(operation);
    if (operation === emulator.refused) {
      return refusal(`User is not authorized to perform: ${operation}`, "AccessDeniedException");
    }
    const name = String(input.EndpointName);
    const endpoint = endpoints.get(name);
    switch (operation) {
      case "CreateModel": {
        const role = String(input.ExecutionRoleArn);
        if (role !== goodRole) {
          return refusal(
            `Could not assume role ${role}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com'.`,
          );
        }
        return forwardOnce(`model ${input.ModelName}`, forward);
      }
      case "CreateEndpointConfig":
        return forwardOnce(`configuration ${input.EndpointConfigName}`, forward);
      case "DeleteModel":
        created.delete(`model ${input.ModelName}`);
        return forward();
      case "DeleteEndpointConfig":
        created.delete(`configuration ${input.EndpointConfigName}`);
        return forward();
      case "CreateEndpoint": {
        if (endpoints.has(name)) return taken(`endpoint ${name}`);
        const answer = await forward();
        if (answer.status === 200) {
          const made: Endpoint = {
            config: String(input.EndpointConfigName),
            status: "Creating",
            looks: emulator.looks,
            settled: false,
          };
          endpoints.set(name, made);
          bringUp(made, made.config);
        }
        return answer;
      }
      case "UpdateEndpoint": {
        if (endpoint?.status !== "InService") return refusal(`Cannot update in-progress endpoint "${name}".`);
        endpoint.status = "Updating";
        bringUp(endpoint, String(input.EndpointConfigName));
        return {
          status: 200,
          body: { EndpointArn: `arn:aws:sagemaker:us-east-1:123456789012:endpoint/${name}` },
        };
      }
      case "DescribeEndpoint": {
        const answer = await forward();
        if (answer.status !== 200 || endpoint === undefined) return answer;
        look(endpoint);
        const { config: EndpointConfigName, status: EndpointStatus, reason: FailureReason } = endpoint;
        return { status: 200, body: { ...answer.body, EndpointConfigName, EndpointStatus, FailureReason } };
      }
      case "DeleteEndpoint": {
        if (endpoint && /ing$/.test(endpoint.status))
          return refusal(`Cannot update in-progress endpoint "${name}".`);
        endpoints.delete(name);
        await endpoint?.container?.close();
        return forward();
      }
      default:
        return forward();
    }
  }

  async function invoke(
    name: string,
    body: Buffer,
    headers: IncomingMessage["headers"],
    modelError: boolean,
  ): Promise<Answer> {
    const endpoint = endpoints.get(name);
    if (
      endpoint?.container === undefined ||
      (endpoint.status !== "InService" && endpoint.status !== "Updating")
    ) {
      return refusal(`Endpoint ${name} of account 123456789012 not found.`, "ValidationError");
    }
    const answer = await fetch(`${endpoint.container.url}/invocations`, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-type": headers["content-type"] ?? "", accept: headers.accept ?? "" },
    });
    const text = modelError ? "out of memory" : await answer.text();
    if (modelError || !answer.ok) {
      const OriginalStatusCode = modelError ? 500 : answer.status;
      const Message = `Received server error (${OriginalStatusCode}) from primary`;
      return {
        status: 424,
        type: "ModelError",
        body: { Message, OriginalStatusCode, OriginalMessage: text },
      };
    }
    return { status: 200, body: text };
  }

  const emulator: Emulator = {
    connection: { ...behind, endpoint: "" },
    seen,
    refused: undefined,
    modelError: false,
    looks: 2,
    meanwhile: undefined,
    stop: async () => {
      for (const { container } of endpoints.values()) await container?.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await moto.stop();
      await rm(folder, { recursive: true });
    },
  };

  const server = createServer(async (req, res) => {
    const operation = /^(?:SageMaker|AnyScaleFrontendService)\.(\w+)$/.exec(
      String(req.headers["x-amz-target"] ?? ""),
    )?.[1];
    const invoked = /^\/endpoints\/([^/]+)\/invocations/.exec(req.url ?? "")?.[1];
    if (operation === undefined && invoked === undefined) return pass(moto.endpoint, req, res);
    try {
      const body = await bodyOf(req);
      const forward = async (): Promise<Answer> => {
        const {
          host: _,
          "content-length": __,
          connection: ___,
          ...headers
        } = req.headers as Record<string, string>;
        const answer = await fetch(moto.endpoint, { method: "POST", headers, body: new Uint8Array(body) });
        return {
          status: answer.status,
          body: await answer.text().then((text) => (text ? JSON.parse(text) : {})),
        };
      };
      const answer = invoked
        ? await invoke(invoked, body, req.headers, emulator.modelError)
        : await control(operation!, JSON.parse(body.toString()), forward);
      res.writeHead(answer.status, {
        "content-type": "application/x-amz-json-1.1",
        ...(answer.type ? { "x-amzn-errortype": answer.type } : {}),
      });
      res.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    } catch (error) {
      res.writeHead(500).end(messageOf(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  emulator.connection.endpoint = `http://127.0.0.1:${port}`;
  return emulator;
}

interface Answer {
  readonly status: number;
  readonly type?: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the service says
  readonly body: any;
}

function refusal(message: string, type = "ValidationException"): Answer {
  return { status: 400, type, body: { __type: type, message } };
}

const taken = (what: string) => refusal(`Cannot create already existing ${what}.`);

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Forwards everything else (S3) to moto unchanged. */
function pass(target: string, req: IncomingMessage, res: ServerResponse): void {
  const { hostname, port } = new URL(target);
  const onward = request(
    { hostname, port, path: req.url, method: req.method, headers: req.headers },
    (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    },
  );
  onward.on("error", () => res.writeHead(502).end());
  req.on("aborted", () => onward.destroy());
  req.pipe(onward);
}
