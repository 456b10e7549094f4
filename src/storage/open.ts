/** The door to every store: a path, a file: URL, or s3://bucket/prefix. */
import { fileURLToPath } from "node:url";
import { misuse } from "../system/index.js";
import { FolderStore } from "./folder.js";
import type { Store } from "./store.js";

/**
 * Opens the store at `url`.
 *
 * @param url a folder ("data/segue", "file:///data/segue"); it need not exist yet
 * @throws SegueError (misuse) for a scheme that nobody knows
 */
export async function openStore(url: string): Promise<Store> {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return new FolderStore(url);
  if (scheme === "file") return new FolderStore(fileURLToPath(url));
  throw misuse(`cannot open a store at ${url}: unknown scheme "${scheme}"`, "give a folder, such as .segue");
}
