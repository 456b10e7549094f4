import { fsync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";

const flush = promisify(fsync);

/** Waits until what was written to a file is on the disk. `file.sync()` is missing where Yarn has packed the modules (Plug'n'Play). */
export const flushFile = (file: FileHandle): Promise<void> => flush(file.fd);
