/** Stores of files by key: a local folder, or a bucket. */
export { FolderStore } from "./folder.js";
export { isKey } from "./key.js";
export { aStore, openStore, requireStore, storeAt } from "./open.js";
export type { Store, StoredObject } from "./store.js";
