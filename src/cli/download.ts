/** `segue download`: fetches the #nowplaying playlists. */
import { relative } from "node:path";
import type { Command } from "commander";
import { checkOutput } from "../system/index.js";
import { ofOption } from "./options/of-option.js";
import { interruptible } from "./terminal/interruptible.js";
import { terminalProgress } from "./terminal/terminal-progress.js";

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export function registerDownload(program: Command): void {
  program
    .command("download")
    .description("download the #nowplaying playlists and unpack them")
    .option(
      "--from <address>",
      "http(s) address, or a local zip archive, gzip file or CSV file (default: andrewmvd/spotify-playlists on Kaggle)",
    )
    .option("--to <file>", "the CSV file to write (default: raw_playlists of the catalog)")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Run the command again to resume an interrupted download.

Examples:
  segue download
  segue download --from ~/Downloads/archive.zip`,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { download, loadCatalog } = await import("../playlists/index.js");
  const to = options.to ?? relative(process.cwd(), (await loadCatalog()).path("raw_playlists"));
  await ofOption("--to", () => checkOutput(to));
  const { progress, clear, tell } = terminalProgress();
  const facts = await interruptible(
    (signal) => download({ ...options, to, progress, tell, signal }).finally(clear),
    "run the same command again to go on from there",
  );
  if (options.json) {
    console.log(JSON.stringify(facts));
    return;
  }
  const count = (number: number) => number.toLocaleString("en");
  console.log(
    `${facts.path}: ${count(facts.bytes)} bytes from ${facts.from}\n` +
      `archive: ${count(facts.archiveBytes)} bytes, sha256 ${facts.sha256}` +
      (facts.resumedFrom > 0 ? `, of which ${count(facts.resumedFrom)} bytes came earlier` : ""),
  );
}
