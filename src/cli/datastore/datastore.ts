/** The option --datastore of every verb that reads or writes runs and artifacts. */
import { readdir } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { type Command, Option } from "commander";
import { misuse, shellWord } from "../../system/index.js";
import type { Client } from "../../workflow/index.js";
import { ofOption } from "../options/of-option.js";

export interface DatastoreOptions {
  readonly datastore: string;
}

/** Adds --datastore: a folder or s3://bucket/prefix; SEGUE_DATASTORE, else .segue in the current folder. */
export function addDatastoreOption(command: Command): Command {
  return command.addOption(
    new Option("--datastore <url>", "where runs are kept: a folder, or s3://bucket/prefix")
      .env("SEGUE_DATASTORE")
      .default(".segue"),
  );
}

/** Opens a client for the datastore. */
export async function clientOf(options: DatastoreOptions): Promise<Client> {
  // Not through the room's door, which is slow to load.
  const { openClient } = await import("../../workflow/records/client.js");
  const { openStore } = await import("../../storage/index.js");
  const store = await openStore(options.datastore);
  if (isAbsolute(store.url)) await requireFolder(store.url);
  return openClient(store);
}

/** @throws SegueError if the path is not a folder or not readable; a missing folder is a new datastore */
async function requireFolder(path: string): Promise<void> {
  await ofOption("--datastore", async () => {
    try {
      await readdir(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOTDIR")
        throw misuse(
          `${path} is a file, or its path leads through one`,
          "name a folder with --datastore or SEGUE_DATASTORE",
        );
      if (code !== "ENOENT") throw error;
    }
  });
}

/**
 * The flag as given, for suggested commands; "" if not given.
 *
 * @param options `elsewhere`: the command will be typed in another terminal, where SEGUE_DATASTORE may not be set; default false
 */
export function datastoreFlag(
  command: Command,
  { elsewhere = false }: { readonly elsewhere?: boolean } = {},
): string {
  const from = command.getOptionValueSource("datastore");
  if (from !== "cli" && !(elsewhere && from === "env")) return "";
  return `--datastore ${shellWord(command.opts<DatastoreOptions>().datastore)}`;
}
