/** Brings the #nowplaying playlists onto this machine. */
import { rm, stat } from "node:fs/promises";
import {
  explainDiskError,
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

/** The #nowplaying playlists of Pichl, Zangerle and Specht (2015), as andrewmvd keeps them on Kaggle. */
export const nowplayingUrl = "https://www.kaggle.com/api/v1/datasets/download/andrewmvd/spotify-playlists";

export interface DownloadOptions {
  /** An http(s) address, or an archive that is already here; the default is `nowplayingUrl`. */
  readonly from?: string;
  /** The CSV file to write. */
  readonly to: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** How often to try again in a row when nothing comes (the default is 4). */
  readonly retries?: number;
  /** Milliseconds before the first retry (the default is 1,000). */
  readonly retryDelay?: number;
  /** Hears before each retry why it is made, and when. */
  readonly tell?: (line: string) => void;
}

export interface DownloadFacts {
  readonly from: string;
  readonly path: string;
  /** Of the CSV file. */
  readonly bytes: number;
  readonly archiveBytes: number;
  /** Of what was downloaded, before it was unpacked. */
  readonly sha256: string;
  /** Bytes that earlier runs had brought; 0 for a download in one go. */
  readonly resumedFrom: number;
  readonly seconds: number;
}

/**
 * Downloads (going on where an earlier run was cut off), unpacks the CSV file, and removes the archive. `to` appears whole
 * or not at all.
 *
 * @throws SegueError where the server refuses or the connection keeps breaking (run again to go on), the archive is damaged
 *   or holds no playlists, or `to` cannot be written
 */
export async function download(options: DownloadOptions): Promise<DownloadFacts> {
  const started = performance.now();
  const { from = nowplayingUrl, to, signal } = options;
  const progress = throttled(options.progress ?? silent);
  if ((await stat(to).catch(() => undefined))?.isDirectory())
    throw misuse(`${to} is a folder`, "name the CSV file to write");
  const remote = /^https?:\/\//i.test(from);
  if (!remote && /^[a-z][a-z0-9+.-]+:\/\//i.test(from))
    throw misuse(`cannot download ${from}`, "wanted an http(s) address or a file");
  if (!remote) await refusePipe(from);
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
