/** Places that hold files by key: a folder of this machine, or a bucket. */
export { FolderStore } from "./folder.js";
export { openStore, requireStore, storeAt } from "./open.js";
export type { Store, StoredObject } from "./store.js";
