/** The door to every store: a path, a file: URL, or s3://bucket/prefix. */
import { fileURLToPath } from "node:url";
import { misuse } from "../system/index.js";
import { FolderStore } from "./folder.js";
import type { Store } from "./store.js";

/**
 * Opens the store at `url`.
 *
 * @param url a folder ("data/segue", "file:///data/segue"), which need not exist yet, or "s3://bucket/prefix"
 * @throws SegueError (misuse) for a scheme that nobody knows
 */
export async function openStore(url: string): Promise<Store> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return new FolderStore(url);
  if (scheme === "file") return new FolderStore(fileURLToPath(url));
  // The SDK takes a while to load; a folder does without.
  if (scheme === "s3") return new (await import("./s3.js")).S3Store(url);
  throw misuse(
    `cannot open a store at ${url}: unknown scheme "${scheme}"`,
    "give a folder, such as .segue, or s3://bucket/prefix",
  );
}
