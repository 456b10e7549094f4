/** `segue serve`: the HTTP endpoint. */
import { type Command, Option } from "commander";
import { defaultMaxWaiting, ports, proxyCounts, waitingCounts, workerCounts } from "../serving/options.js";
import { misuse, numberWithin, wholeNumber } from "../system/index.js";
import { addDatastoreOption, type DatastoreOptions } from "./datastore/datastore.js";
import { bundlePlaceFor } from "./datastore/latest-bundle.js";
import { numberOption } from "./options/number-option.js";
import { ofGiven } from "./options/of-option.js";
import { followParent } from "./terminal/follow-parent.js";

interface Flags extends DatastoreOptions {
  bundle?: string;
  port: number;
  host: string;
  workers: number;
  threads: number;
  recommender?: string;
  apiKeyFile?: string;
  maxWaiting: number;
  rateLimit?: number;
  bodyLimit: number;
  timeout: number;
  drainDelay: number;
  corsOrigin?: string[];
  trustProxy?: number | true;
  logTracks?: boolean;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  watch: number;
  docs: boolean;
  json?: boolean;
}

const positive = numberWithin({ above: 0 });
const longest = 86_400;

export function registerServe(program: Command): void {
  addDatastoreOption(program.command("serve"))
    .summary("answer “what should play next?” over HTTP")
    .description(
      "Serves a model bundle over HTTP until it is stopped. SIGTERM finishes requests in flight; SIGHUP rereads the bundle and the API keys.",
    )
    .argument(
      "[bundle]",
      "a bundle's folder or .tar.gz, a folder of bundles (the one its `current` points to, or else the latest), or a run (default: the latest run's)",
    )
    .option("--bundle <bundle>", "the same as an option, as in other commands")
    .addOption(numberOption("-p, --port <n>", "port; 0: any free one", ports).default(8080))
    .option("--host <address>", "address to listen on; 0.0.0.0: all", "127.0.0.1")
    .addOption(numberOption("-w, --workers <n>", "processes that share the port", workerCounts).default(1))
    .addOption(numberOption("-t, --threads <n>", "answering threads per process", workerCounts).default(1))
    .option("--recommender <name>", "the recommender that answers (default: the bundle's own choice)")
    .option(
      "--api-key-file <file>",
      "require one of the API keys in this file, one per line, of 16 characters or more (or that in $SEGUE_API_KEY_FILE, or the key $SEGUE_API_KEY)",
    )
    .addOption(
      numberOption(
        "--max-waiting <n>",
        "questions that may wait for a thread in each process, 0 to 100000; more are refused with 503",
        waitingCounts,
      ).default(defaultMaxWaiting),
    )
    .addOption(numberOption("--rate-limit <n>", "requests per second and client", positive))
    .addOption(
      numberOption("--body-limit <bytes>", "largest request body", wholeNumber(1)).default(1024 * 1024),
    )
    .addOption(
      numberOption(
        "--timeout <seconds>",
        "time for a request to arrive in full",
        numberWithin({ above: 0, most: longest }),
      ).default(10),
    )
    .addOption(
      numberOption(
        "--drain-delay <seconds>",
        "keep answering this long after SIGTERM, while /ping and /readyz send requests elsewhere",
        numberWithin({ least: 0, most: longest }),
      ).default(0),
    )
    .option("--cors-origin <origin...>", "origins that browsers may call from (default: none)")
    .addOption(
      numberOption(
        "--trust-proxy [n]",
        "trust X-Forwarded-For: the endpoint is behind n proxies (1 if n is omitted)",
        proxyCounts,
      ),
    )
    .addOption(
      numberOption(
        "--watch <seconds>",
        "how often to look for a newer bundle; 0: never",
        numberWithin({ least: 0, most: longest }),
      ).default(1),
    )
    .option("--no-docs", "no /docs and no /openapi.json")
    .option("--json", "print the address as one JSON object")
    .option("--log-tracks", "log the tracks of requests")
    .addOption(
      new Option("--log-level <level>", "what to log")
        .choices(["silent", "error", "warn", "info", "debug"])
        .default("info"),
    )
    .addHelpText(
      "after",
      `
Examples:
  segue serve                      # the latest run's model
  segue serve data/04_models       # the latest bundle there, including those that later runs write
  segue serve --port 8080 &
  curl -s localhost:8080/v1/recommend -H 'content-type: application/json' \\
    -d '{"context": ["Daft Punk-One More Time"], "k": 5}'

http://localhost:8080/docs documents every request.`,
    )
    .action(serve);
}

async function serve(named: string | undefined, flags: Flags): Promise<void> {
  if (named !== undefined && flags.bundle !== undefined)
    throw misuse(`two bundles are named: ${named} and ${flags.bundle}`, "leave out one of them");
  const bundle = await ofGiven("--bundle", flags.bundle, () => bundlePlaceFor(flags.bundle ?? named, flags));
  // Not through the room's door: this process answers from threads, and needs no recommenders.
  const { apiKeyFileVariable, readApiKeys } = await import("../serving/guards/api-keys.js");
  const { serve: serveBundle } = await import("../serving/serve.js");
  const file = flags.apiKeyFile ?? (process.env[apiKeyFileVariable] || undefined);
  const readKeys = () => readApiKeys({ file, environment: process.env });
  const keysOf = flags.apiKeyFile === undefined ? apiKeyFileVariable : "--api-key-file";
  const apiKeys = await ofGiven(keysOf, file, readKeys);
  // Without it, the address that nobody reads (`segue serve 2>&1 | head -1`) would end the endpoint.
  process.stdout.on("error", () => {});
  await serveBundle({
    bundle,
    port: flags.port,
    host: flags.host,
    workers: flags.workers,
    threads: flags.threads,
    apiKeys,
    // Only a file can change: the environment stays as it is.
    readApiKeys: file === undefined ? undefined : readKeys,
    maxWaiting: flags.maxWaiting,
    bodyLimit: flags.bodyLimit,
    requestTimeout: Math.ceil(flags.timeout * 1000),
    drainDelay: Math.ceil(flags.drainDelay * 1000),
    corsOrigins: flags.corsOrigin ?? [],
    trustProxy: flags.trustProxy ?? false,
    logTracks: flags.logTracks ?? false,
    logLevel: flags.logLevel,
    watchInterval: Math.ceil(flags.watch * 1000),
    docs: flags.docs,
    rateLimit: flags.rateLimit,
    recommender: flags.recommender,
    onReady: ({ url }) => {
      process.stdout.write(`${flags.json ? JSON.stringify({ url }) : url}\n`);
      process.send?.({ segue: "ready", url });
    },
    signal: followParent(),
  });
  const { logWritten } = await import("../serving/log.js");
  if (!(await logWritten())) process.exit();
}
