/** Downloads a file over HTTP into a `.part` file, and resumes where an earlier attempt was cut off. */
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  explainDiskError,
  makeFolder,
  messageOf,
  type Progress,
  SegueError,
  writeFileAtomic,
} from "../../system/index.js";

export interface FetchOptions {
  readonly url: string;
  /** The path of the complete file; `<to>.part` holds the bytes so far, `<to>.part.json` what they are a part of. */
  readonly to: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
  /** How often to retry after a cut before giving up; attempts that received something do not count. */
  readonly retries: number;
  /** Milliseconds before the first retry; doubled for each following one. */
  readonly retryDelay: number;
  /** Receives a line before each retry: the reason, and the delay. */
  readonly tell: (line: string) => void;
  /** Milliseconds without a byte after which the connection counts as cut. Default: 60,000. */
  readonly silence?: number;
}

/** The file that a part belongs to. */
interface PartNote {
  readonly url: string;
  /** The strong ETag or the Last-Modified date, for If-Range; without either a part cannot be resumed. */
  readonly version: string;
}

/**
 * @returns how many bytes of earlier runs were reused
 * @throws SegueError if the server refuses, answers with a web page, cannot be reached, or keeps cutting the connection; the part
 *   is kept
 */
export async function fetchFile(options: FetchOptions): Promise<{ resumedFrom: number }> {
  const part = `${options.to}.part`;
  makeFolder(dirname(part));
  const resumedFrom = await usableBytes(part, options.url);
  let failures = 0;
  let most = resumedFrom;
  for (;;) {
    try {
      if (await attempt(part, options)) break;
    } catch (error) {
      options.signal?.throwIfAborted();
      const told = explainDiskError(error, options.to);
      // Errors of the disk and refusals of the server are final; anything else is a cut.
      if (told instanceof SegueError) throw told;
      const after = await sizeOf(part);
      // What comes again after a start from the beginning is no progress: it might be cut at the same byte for ever.
      failures = after > most ? 1 : failures + 1;
      most = Math.max(most, after);
      const { what, hint, code } = failureOf(error, options.url, after);
      if (failures > options.retries) throw new SegueError(what, { hint, code, cause: error });
      const delay = options.retryDelay * 2 ** (failures - 1);
      options.tell(
        `${what}; trying again in ${Number((delay / 1000).toPrecision(2))} s (${failures} of ${options.retries})`,
      );
      await wait(delay, undefined, { signal: options.signal });
    }
  }
  await rename(part, options.to);
  await rm(`${part}.json`, { force: true });
  return { resumedFrom };
}

/** Explains a failure that is worth a retry. */
function failureOf(error: unknown, url: string, bytes: number) {
  if (error instanceof Overload)
    return {
      what: error.message,
      hint: `run the same command later${bytes > 0 ? ", to go on from there" : ""}`,
      code: "refused",
    };
  if (bytes === 0 && neverConnected(error))
    return {
      what: `cannot reach ${new URL(url).host}: ${reasonOf(error)}`,
      hint: "check the address and the network, then run the same command again",
      code: "unreachable",
    };
  return {
    what: `the download was cut off after ${bytes} bytes: ${reasonOf(error)}`,
    hint: `run the same command again${bytes > 0 ? " to go on from there" : ""}`,
    code: "cut-off",
  };
}

/** The server cannot deliver the file at the moment. */
class Overload extends Error {}

/** One request. Returns whether the file is complete; throws if the connection is cut. */
async function attempt(part: string, options: FetchOptions): Promise<boolean> {
  const { url, progress } = options;
  const { signal, heard, ended } = untilSilent(options);
  try {
    return await receive(part, { url, progress, signal, heard });
  } finally {
    ended();
  }
}

/** A signal that is aborted like the caller's, or if `heard` is not called for a while, until `ended` is. */
function untilSilent({ signal, silence = 60_000 }: FetchOptions) {
  const silent = new AbortController();
  const timer = setTimeout(
    () => silent.abort(new Error(`nothing was received for ${Number((silence / 1000).toPrecision(2))} s`)),
    silence,
  );
  return {
    signal: signal === undefined ? silent.signal : AbortSignal.any([signal, silent.signal]),
    heard: () => timer.refresh(),
    ended: () => clearTimeout(timer),
  };
}

type Receiving = Pick<FetchOptions, "url" | "progress"> & { signal: AbortSignal; heard: () => void };

async function receive(part: string, { url, progress, signal, heard }: Receiving): Promise<boolean> {
  const have = await usableBytes(part, url);
  const note = have > 0 ? await readNote(part) : undefined;
  const headers: Record<string, string> = { "accept-encoding": "identity", "user-agent": "segue" };
  if (note !== undefined) Object.assign(headers, { range: `bytes=${have}-`, "if-range": note.version });
  const response = await fetch(url, { headers, signal, redirect: "follow" }).catch((error: unknown) => {
    if (reasonOf(error) !== "redirect count exceeded") throw error;
    throw new SegueError(`${url} redirects in a circle`, { hint: signInHint, code: "refused" });
  });
  if (response.status === 416) {
    await response.body?.cancel();
    const total = /\*\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1];
    if (Number(total) === have) return true;
    if (have === 0) throw refused(url, response);
    await rm(part, { force: true });
    return false;
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw refused(url, response);
  }
  if (/^text\/html\b/.test(response.headers.get("content-type") ?? "")) {
    await response.body?.cancel();
    throw new SegueError(`${url} answered with a web page instead of a file`, {
      hint: signInHint,
      code: "refused",
    });
  }
  const start = Number(/^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
  // Fetch decodes the body: its length is not the one that is told, and its bytes cannot be asked for by number.
  const isEncoded = (response.headers.get("content-encoding") ?? "identity") !== "identity";
  const version = isEncoded ? undefined : versionOf(response);
  // A server without ranges, or whose file has changed, answers 200 with the whole file. Not all look at If-Range, though.
  const isOther = version !== undefined && version !== note?.version;
  const resumes = response.status === 206 && start === have && !isOther && !isEncoded;
  if (response.status === 206 && !resumes) {
    await response.body?.cancel();
    // No range was requested.
    if (have === 0) throw refused(url, response);
    await rm(part, { force: true });
    return false;
  }
  const length = isEncoded ? null : response.headers.get("content-length");
  const begin = resumes ? have : 0;
  const total = length === null ? undefined : begin + Number(length);
  if (version === undefined) await rm(`${part}.json`, { force: true });
  else await writeFileAtomic(`${part}.json`, JSON.stringify({ url, version } satisfies PartNote));
  let done = begin;
  progress({ task: "downloading", done, total, unit: "bytes" });
  const file = await open(part, resumes ? "a" : "w");
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      heard();
      // Awaited before the next chunk, so that everything received is on disk when the connection is cut.
      await file.writeFile(chunk);
      done += chunk.length;
      progress({ task: "downloading", done, total, unit: "bytes" });
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && done !== total) throw new Error(`received ${done} of ${total} bytes`);
  return true;
}

/** How many bytes of the part can be reused. */
async function usableBytes(part: string, url: string): Promise<number> {
  const note = await readNote(part);
  return note?.url === url ? sizeOf(part) : 0;
}

async function readNote(part: string): Promise<PartNote | undefined> {
  try {
    return JSON.parse(await readFile(`${part}.json`, "utf8")) as PartNote;
  } catch {
    return undefined;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function versionOf(response: Response): string | undefined {
  const etag = response.headers.get("etag");
  // If-Range takes strong tags only (RFC 9110, 13.1.5).
  return etag !== null && !etag.startsWith("W/")
    ? etag
    : (response.headers.get("last-modified") ?? undefined);
}

const signInHint =
  "the site may require you to sign in: download it in a browser, then run segue download --from THE-FILE.zip";

function refused(url: string, response: Response): SegueError | Overload {
  const said = `${url} answered ${response.status} ${response.statusText}`.trim();
  if (response.status === 401 || response.status === 403)
    return new SegueError(said, { hint: signInHint, code: "refused" });
  if (response.status === 404 || response.status === 410)
    return new SegueError(said, { hint: "name another address with --from", code: "refused" });
  // Overload is temporary; it is retried like a cut connection.
  if (response.status === 429 || response.status >= 500) return new Overload(said);
  return new SegueError(said, { code: "refused" });
}

/** Whether no connection was established. */
function neverConnected(error: unknown): boolean {
  const { code = "", syscall = "" } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  return syscall === "connect" || syscall === "getaddrinfo" || code === "UND_ERR_CONNECT_TIMEOUT";
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return messageOf(cause);
}
