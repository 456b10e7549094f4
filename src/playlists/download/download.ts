/** Downloads the #nowplaying playlists. */
import { rm, stat } from "node:fs/promises";
import {
  explainDiskError,
  isUrl,
  misuse,
  type Progress,
  refusePipe,
  SegueError,
  sha256Of,
  silent,
  throttled,
} from "../../system/index.js";
import { fetchFile } from "./fetch-file.js";
import { unpackCsv } from "./unpack.js";

/** The #nowplaying playlists of Pichl, Zangerle and Specht (2015), hosted on Kaggle by andrewmvd. */
export const nowplayingUrl = "https://www.kaggle.com/api/v1/datasets/download/andrewmvd/spotify-playlists";

export interface DownloadOptions {
  /** An http(s) URL, or the path of a local archive. Default: `nowplayingUrl`. */
  readonly from?: string;
  /** The CSV file to write. */
  readonly to: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** How often to retry in a row if nothing is received. Default: 4. */
  readonly retries?: number;
  /** Milliseconds before the first retry. Default: 1,000. */
  readonly retryDelay?: number;
  /** Receives a line before each retry: the reason, and the delay. */
  readonly tell?: (line: string) => void;
}

export interface DownloadFacts {
  readonly from: string;
  readonly path: string;
  /** Size of the CSV file. */
  readonly bytes: number;
  readonly archiveBytes: number;
  /** Of the downloaded file, before unpacking. */
  readonly sha256: string;
  /** Bytes reused from earlier runs; 0 for a download in one go. */
  readonly resumedFrom: number;
  readonly seconds: number;
}

/**
 * Downloads (resuming where an earlier run was cut off), unpacks the CSV file, and removes the archive. `to` is written
 * atomically.
 *
 * @throws SegueError if the server refuses or the connection keeps breaking (run again to resume), the archive is damaged
 *   or holds no playlists, or `to` cannot be written
 */
export async function download(options: DownloadOptions): Promise<DownloadFacts> {
  const started = performance.now();
  const { from = nowplayingUrl, to, signal } = options;
  const progress = throttled(options.progress ?? silent);
  if ((await stat(to).catch(() => undefined))?.isDirectory())
    throw misuse(`${to} is a folder`, "name the CSV file to write");
  const remote = /^https?:\/\//i.test(from);
  if (!remote && isUrl(from)) throw misuse(`cannot download ${from}`, "pass an http(s) address or a file");
  if (remote) requireAddress(from);
  else await refusePipe(from);
  const local = remote ? undefined : await stat(from).catch(() => undefined);
  if (local?.isDirectory())
    throw misuse(`${from} is a folder`, "name the file in it that holds the playlists");
  if (!remote && !local?.isFile())
    throw new SegueError(`there is no file ${from}`, { code: "missing-input" });
  const archive = remote ? `${to}.download` : from;
  try {
    const { resumedFrom } = remote
      ? await fetchFile({
          url: from,
          to: archive,
          progress,
          signal,
          retries: options.retries ?? 4,
          retryDelay: options.retryDelay ?? 1000,
          tell: options.tell ?? (() => {}),
        })
      : { resumedFrom: 0 };
    const sha256 = await sha256Of(archive);
    const archiveBytes = (await stat(archive)).size;
    const bytes = await unpackCsv(archive, to, { name: from, progress, signal });
    const seconds = (performance.now() - started) / 1000;
    return { from, path: to, bytes, archiveBytes, sha256, resumedFrom, seconds };
  } catch (error) {
    throw explainDiskError(error, to);
  } finally {
    if (remote) await rm(archive, { force: true }).catch(() => {});
  }
}

/** Refuses what can never be fetched. The message must not show a password, nor a token in the query. */
function requireAddress(from: string): void {
  if (!URL.canParse(from)) throw misuse("the address to download from is not a valid URL", "check it");
  const { username, password, host } = new URL(from);
  if (username !== "" || password !== "")
    throw misuse(
      `the address at ${host} has a user or a password in it, which is not accepted`,
      "download it with another tool (curl --user), and pass the file",
    );
}
