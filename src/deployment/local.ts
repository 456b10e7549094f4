/** Deploys a bundle on this machine, as a separate process on a loopback port, and checks that endpoint. */
import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ports, readApiKeys, workerCounts } from "../serving/index.js";
import {
  aPath,
  aSignal,
  checkOutput,
  distPath,
  isAlive,
  listOf,
  longestTimer,
  makeFolder,
  messageOf,
  requireOptions,
  requireWithin,
  SegueError,
  someText,
  thingWith,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { type Answers, type BundleAnswers, fromAnswers, withBundleAnswers } from "./bundle-answers.js";
import { answerIn, type CheckResult, checkAnswers, type Prediction, predictionsOf } from "./check.js";
import { endProcess } from "./processes.js";

export interface LocalDeployOptions {
  /** A bundle's folder or archive, or a folder of bundles. */
  readonly bundle: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Processes that answer, 1 to 256; default 1. */
  readonly workers?: number;
  /** The recommender that answers; default: the bundle's own choice. */
  readonly recommender?: string;
  /** The file to which the endpoint's log is appended; default: beside the bundle, as `<bundle>.endpoint.log`. */
  readonly logFile?: string;
  /** Milliseconds within which it must be ready; default 30,000. */
  readonly readyTimeout?: number;
  /** Cancels the deployment and ends the process. */
  readonly signal?: AbortSignal;
}

/** A running endpoint as plain data, so that another process can check or stop it. */
export interface LocalEndpoint {
  /** Such as "http://127.0.0.1:8080". */
  readonly url: string;
  /** The process that a signal stops. */
  readonly pid: number;
  /** Its log, in JSON lines. */
  readonly logFile: string;
}

export interface LocalDeployment extends LocalEndpoint {
  /** Finishes requests in flight and ends the process; after 15 s it is killed. */
  stop(): Promise<void>;
  /** Lets the endpoint outlive this process; without it, the endpoint ends with this process, even if that is killed. */
  keep(): void;
}

const milliseconds = wholeNumber(1, longestTimer);

const deployRanges: Readonly<Record<keyof LocalDeployOptions, ValueRange>> = {
  bundle: aPath,
  port: ports,
  workers: workerCounts,
  recommender: someText,
  logFile: aPath,
  readyTimeout: milliseconds,
  signal: aSignal,
};

/**
 * Starts `segue serve` on a bundle and waits until it is ready.
 *
 * @throws SegueError (misuse) if an option is wrong; SegueError with the reason in its log if it does not become ready
 */
export async function deployLocal(options: LocalDeployOptions): Promise<LocalDeployment> {
  requireOptions(options, deployRanges, "deployLocal", ["bundle"]);
  const { bundle, port = 0, workers = 1, recommender, readyTimeout = 30_000, signal } = options;
  signal?.throwIfAborted();
  const logFile = options.logFile ?? `${bundle.replace(/\/+$/, "")}.endpoint.log`;
  await checkOutput(logFile);
  makeFolder(dirname(logFile));
  const log = await open(logFile, "a");
  // Earlier endpoints may have written to the same file.
  const { size: logStart } = await log.stat();
  const args = [
    distPath("cli/main.js"),
    "serve",
    bundle,
    "--port",
    String(port),
    "--workers",
    String(workers),
  ];
  if (recommender !== undefined) args.push("--recommender", recommender);
  const child = spawn(process.execPath, args, {
    // In its own process group: the caller's Ctrl-C does not reach it, and it can be killed with all its workers.
    detached: true,
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  await log.close();
  const pid = child.pid;
  try {
    if (pid === undefined) throw new SegueError("the endpoint's process could not be started");
    const url = await readyUrl(child, readyTimeout, signal);
    await requireCallable(url);
    const keep = () => {
      if (child.connected) child.send({ segue: "keep" }, () => child.connected && child.disconnect());
      child.unref();
    };
    return { url, pid, logFile, stop: () => endProcess(pid, 15_000), keep };
  } catch (error) {
    if (pid !== undefined) await endProcess(pid, 1_000);
    if (signal?.aborted) throw error;
    const { reason = messageOf(error), hints } = endOf(await textFrom(logFile, logStart));
    throw new SegueError(`the endpoint did not start: ${reason}`, {
      hint: [...hints, `the whole log: ${logFile}`].join("\n"),
      cause: error,
    });
  }
}

/** Browsers and Node refuse to call some ports, such as 6666: an endpoint there could be neither checked nor stopped. */
async function requireCallable(url: string): Promise<void> {
  const answered = fetch(`${url}/healthz`, { headers: { connection: "close" } });
  await answered.catch(({ cause }: Error) => {
    if (messageOf(cause) === "bad port")
      throw new SegueError(
        `browsers and Node refuse to call ${url}: choose another port, or 0 for any free one`,
      );
  });
}

/**
 * Stops an endpoint that another process started. Does nothing if it has already ended.
 *
 * @throws SegueError (misuse) if `endpoint` is not what `deployLocal` returned
 */
export async function stopLocal(endpoint: LocalEndpoint): Promise<void> {
  requireWithin(thingWith("what deployLocal returned", "pid", "url"), "endpoint", endpoint);
  // The pid may have been reused by another process, so only one that answers as this endpoint is ended.
  if (isAlive(endpoint.pid) && (await isAnswering(endpoint))) await endProcess(endpoint.pid, 15_000);
}

/** Whether this very endpoint answers at its URL. */
export function isAnswering({ url, pid }: LocalEndpoint): Promise<boolean> {
  return fetch(`${url}/healthz`, {
    signal: AbortSignal.timeout(2_000),
    // The endpoint would wait for a kept-alive connection of this process when it stops.
    headers: { connection: "close" },
  })
    .then(async (response) => ((await response.json()) as { pid?: number }).pid === pid)
    .catch(() => false);
}

export interface LocalCheckOptions {
  /** Without a path, such as "http://127.0.0.1:8080". */
  readonly url: string;
  /** The bundle that the endpoint should be answering from, or the result of `answersOf`. */
  readonly bundle: string | BundleAnswers;
  /** The recommender that should be answering; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Tracks to ask for; default: ten, spread over the bundle's. */
  readonly tracks?: readonly string[];
  /** A track that the model does not know; default: a made-up one. */
  readonly unknownTrack?: string;
  /** How many calls to time; default 50. */
  readonly calls?: number;
  /** The endpoint's API key, if it needs one. Default: the first of SEGUE_API_KEY_FILE, or SEGUE_API_KEY, which an endpoint started from here inherits. */
  readonly apiKey?: string;
  /** Milliseconds that one call may take; default 10,000. */
  readonly timeout?: number;
}

const checkRanges: Readonly<Record<keyof LocalCheckOptions, ValueRange>> = {
  url: { wanted: 'the URL of an endpoint, such as "http://127.0.0.1:8080"', holds: isHttpUrl },
  bundle: {
    wanted: "a bundle's folder, or its answers",
    holds: (value) => aPath.holds(value) || thingWith("", "tracks", "answers").holds(value),
  },
  recommender: someText,
  tracks: listOf("track ids"),
  unknownTrack: someText,
  calls: wholeNumber(1),
  apiKey: someText,
  timeout: milliseconds,
};

function isHttpUrl(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

/**
 * Checks an endpoint over HTTP against its bundle: ids, order and scores for known tracks, the answer for an unknown one, and how long
 * calls take.
 *
 * @throws SegueError (misuse) if an option is wrong; SegueError at the first answer for a known track that differs from the bundle's,
 *   and at the first call that fails
 */
export async function checkEndpoint(options: LocalCheckOptions): Promise<CheckResult> {
  requireOptions(options, checkRanges, "checkEndpoint", ["url", "bundle"]);
  const { url, bundle, recommender, unknownTrack, calls } = options;
  const apiKey = options.apiKey ?? (await readApiKeys({ environment: process.env }))[0];
  const check = ({ expected, tracks }: Answers) =>
    checkAnswers({
      endpoint: url,
      invoke: (instances) => invokeOverHttp({ ...options, apiKey }, instances),
      expected,
      tracks: options.tracks ?? tracks,
      unknownTrack,
      calls,
    });
  return typeof bundle === "string"
    ? withBundleAnswers(bundle, recommender, check)
    : check(fromAnswers(bundle));
}

async function invokeOverHttp(
  options: Omit<LocalCheckOptions, "apiKey"> & { readonly apiKey: string | undefined },
  instances: readonly string[],
): Promise<Prediction[]> {
  const { apiKey } = options;
  const response = await fetch(`${options.url}/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: JSON.stringify({ instances }),
    signal: AbortSignal.timeout(options.timeout ?? 10_000),
  }).catch((error: unknown) => {
    // fetch's own message is only "fetch failed"; the reason is in `cause`.
    throw (error as Error).cause ?? error;
  });
  const text = await response.text();
  if (response.ok) return predictionsOf(text);
  throw new SegueError(
    `${response.status}: ${answerIn(text)?.error ?? (text.slice(0, 200) || response.statusText)}`,
  );
}

function readyUrl(
  child: ChildProcess,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new SegueError(`it was not ready after ${milliseconds / 1000} s`)),
      milliseconds,
    );
    const onAbort = () => reject(signal!.reason);
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      child.off("message", onMessage);
      child.off("exit", onExit);
    };
    const onMessage = (message: unknown) => {
      const { segue, url } = message as { segue?: string; url?: string };
      if (segue !== "ready" || url === undefined) return;
      settled();
      resolve(url);
    };
    const onExit = (code: number | null, by: string | null) => {
      settled();
      reject(new SegueError(`its process ended ${by === null ? `with exit code ${code}` : `by ${by}`}`));
    };
    // It may have been aborted while the log was being opened.
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    child.on("message", onMessage);
    child.once("error", reject);
    child.once("exit", onExit);
  });
}

/** What a log says after byte `from`. */
async function textFrom(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0));
  return text.subarray(from).toString("utf8").trimEnd();
}

/** The error in a log, as the command prints it, and what to do about it; without one, its last three lines. */
function endOf(log: string): { reason?: string; hints: string[] } {
  const [, reason, hints = ""] = /^error: (.+)((?:\n {2}→ .+)*)/m.exec(log) ?? [];
  if (reason !== undefined) return { reason, hints: hints.split("\n  → ").slice(1) };
  return { hints: [log.split("\n").slice(-3).join(" | ") || "its log is empty"] };
}
