/** Deploys a bundle to this machine: the endpoint as a process of its own on a loopback port, and the check of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { apiKeyVariable, ports, workerCounts } from "../serving/index.js";
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
  /** The bundle's folder. */
  readonly bundle: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Processes that answer; default 1. */
  readonly workers?: number;
  /** The recommender that answers; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Where the endpoint's log goes, after what stands there; default: beside the bundle, under its name with `.endpoint.log`. */
  readonly logFile?: string;
  /** Milliseconds within which it must be ready; default 30,000. */
  readonly readyTimeout?: number;
  /** Ends the wait; the process is ended too. */
  readonly signal?: AbortSignal;
}

/** A running endpoint as plain data, for another process to check or to stop. */
export interface LocalEndpoint {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  /** Of the process to end. */
  readonly pid: number;
  /** Where its log goes, JSON lines. */
  readonly logFile: string;
}

export interface LocalDeployment extends LocalEndpoint {
  /** Finishes what is in flight and ends the process; nothing is left running. */
  stop(): Promise<void>;
  /** Lets the endpoint outlive this process; without it, the endpoint ends when this process does, however that is. */
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
 * @throws SegueError (misuse) where an option is wrong; SegueError with the end of the log where it does not become ready
 */
export async function deployLocal(options: LocalDeployOptions): Promise<LocalDeployment> {
  requireOptions(options, deployRanges, "deployLocal", ["bundle"]);
  const { bundle, port = 0, workers = 1, recommender, readyTimeout = 30_000, signal } = options;
  signal?.throwIfAborted();
  const logFile = options.logFile ?? `${bundle.replace(/\/+$/, "")}.endpoint.log`;
  await checkOutput(logFile);
  makeFolder(dirname(logFile));
  const log = await open(logFile, "a");
  // Earlier endpoints have written there too.
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
    // A group of its own: a Ctrl-C meant for the caller does not reach it, and it can be ended with all its workers.
    detached: true,
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  await log.close();
  const pid = child.pid;
  try {
    if (pid === undefined) throw new SegueError("the endpoint's process could not be started");
    const url = await readyUrl(child, readyTimeout, signal);
    const keep = () => {
      if (child.connected) child.send({ segue: "keep" }, () => child.connected && child.disconnect());
      child.unref();
    };
    return { url, pid, logFile, stop: () => endProcess(pid, 15_000), keep };
  } catch (error) {
    if (pid !== undefined) await endProcess(pid, 1_000);
    if (signal?.aborted) throw error;
    throw new SegueError(`the endpoint did not start: ${messageOf(error)}`, {
      hint: `${await endOf(logFile, logStart)} (the whole log: ${logFile})`,
      cause: error,
    });
  }
}

/**
 * Ends an endpoint that another process started. Does nothing where it has ended already.
 *
 * @throws SegueError (misuse) where it is no endpoint
 */
export async function stopLocal(endpoint: LocalEndpoint): Promise<void> {
  requireWithin(thingWith("what deployLocal returned", "pid", "url"), "endpoint", endpoint);
  if (!isAlive(endpoint.pid)) return;
  // A process number is used again after its process has ended: only one that answers as this endpoint is ended.
  const answered = await fetch(`${endpoint.url}/healthz`, {
    signal: AbortSignal.timeout(2_000),
    // A connection of this process that is kept open would be waited for when the endpoint stops.
    headers: { connection: "close" },
  })
    .then(async (response) => (await response.json()) as { pid?: number })
    .catch(() => undefined);
  if (answered?.pid === endpoint.pid) await endProcess(endpoint.pid, 15_000);
}

export interface LocalCheckOptions {
  /** "http://127.0.0.1:8080", without a path. */
  readonly url: string;
  /** The bundle that the endpoint should be answering from, or what `answersOf` it was. */
  readonly bundle: string | BundleAnswers;
  /** The recommender that should be answering; default: the bundle's own choice. */
  readonly recommender?: string;
  /** Tracks to ask for; default: ten spread over the bundle's. */
  readonly tracks?: readonly string[];
  /** A track that no model knows; default: one of ours. */
  readonly unknownTrack?: string;
  /** How many calls to time; default 50. */
  readonly calls?: number;
  /** Where the endpoint wants one. Default: that of SEGUE_API_KEY, which an endpoint started here wants too. */
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
 * Checks an endpoint over HTTP against its bundle: ids, order and scores of known tracks, the answer to an unknown one, and how long
 * calls take.
 *
 * @throws SegueError (misuse) where an option is wrong; SegueError at the first answer that differs from the bundle's, or that does not
 *   come
 */
export async function checkEndpoint(options: LocalCheckOptions): Promise<CheckResult> {
  requireOptions(options, checkRanges, "checkEndpoint", ["url", "bundle"]);
  const { bundle, recommender } = options;
  const check = ({ expected, tracks }: Answers) =>
    checkAnswers({
      endpoint: options.url,
      invoke: (instances) => invokeOverHttp(options, instances),
      expected,
      tracks: options.tracks ?? tracks,
      ...(options.unknownTrack === undefined ? {} : { unknownTrack: options.unknownTrack }),
      ...(options.calls === undefined ? {} : { calls: options.calls }),
    });
  return typeof bundle === "string"
    ? withBundleAnswers(bundle, recommender, check)
    : check(fromAnswers(bundle));
}

async function invokeOverHttp(
  options: LocalCheckOptions,
  instances: readonly string[],
): Promise<Prediction[]> {
  const apiKey = options.apiKey ?? process.env[apiKeyVariable]?.trim();
  const response = await fetch(`${options.url}/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}) },
    body: JSON.stringify({ instances }),
    signal: AbortSignal.timeout(options.timeout ?? 10_000),
  }).catch((error: unknown) => {
    // fetch says no more than "fetch failed"; why stands in its cause.
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
    // It may have come while the log was opened.
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    child.on("message", onMessage);
    child.once("error", reject);
    child.once("exit", onExit);
  });
}

/** The last lines of a log, of those after byte `from`. */
async function endOf(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0));
  return (
    text.subarray(from).toString("utf8").trimEnd().split("\n").slice(-3).join(" | ") || "its log is empty"
  );
}
