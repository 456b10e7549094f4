/** Opens stores: by a path, a file: URL, or s3://bucket/prefix. */
import { fileURLToPath } from "node:url";
import { aPath, isUrl, misuse, requireWithin, thingWith, type ValueRange } from "../system/index.js";
import { FolderStore } from "./folder.js";
import { LateStore } from "./late-store.js";
import type { Store } from "./store.js";

export const aStore = thingWith('a store: await openStore(".segue")', "url", "get", "put", "list");

/**
 * @param of the caller, for the message: "runFlow"
 * @throws SegueError (misuse) if it is not a store
 */
export function requireStore(store: Store, of: string): void {
  if (aStore.holds(store)) return;
  throw misuse(`${of} needs a store`, 'write await openStore(".segue")');
}

const someUrl: ValueRange = {
  wanted: "a path or a URL",
  holds: (value) => aPath.holds(value) || (typeof value === "string" && isUrl(value)),
};

/**
 * Opens the store at `url`.
 *
 * @param url a folder ("data/segue", "file:///data/segue"), which need not exist yet, or "s3://bucket/prefix"
 * @param options.hasAnswered whether its server has answered before, another process: an outage is then waited out from the start
 * @throws SegueError (misuse) if the scheme is unknown, or `url` is neither a path nor a URL
 */
export async function openStore(
  url: string,
  options: { readonly hasAnswered?: boolean } = {},
): Promise<Store> {
  requireWithin(someUrl, "a store's URL", url, 'write ".segue", or "s3://bucket/prefix"');
  const scheme = schemeOf(url);
  if (scheme === undefined) return new FolderStore(url);
  if (scheme === "file") return new FolderStore(fileURLToPath(url));
  // Loaded on demand, because the SDK is slow to load.
  if (scheme === "s3") return new (await import("./s3.js")).S3Store(url, options);
  throw misuse(
    // The URL of a database holds a password.
    `cannot open a store at ${url.replace(/\/\/.*@/s, "//…@")}: unknown scheme "${scheme}"`,
    "give a folder, such as .segue, or s3://bucket/prefix",
  );
}

/** Like `openStore`, but synchronous: errors in `url` are thrown by the first operation. */
export function storeAt(url: string): Store {
  return schemeOf(url) === undefined ? new FolderStore(url) : new LateStore(url, () => openStore(url));
}

/** The scheme in lower case. "s3:/bucket" has one too, since nobody means a folder by it. */
function schemeOf(url: string): string | undefined {
  return /^([a-z][a-z0-9+.-]+):\//i.exec(url)?.[1]?.toLowerCase();
}
