/** The Postgres that the command and the workers share. */
import pg from "pg";
import { messageOf, misuse, SegueError } from "../../../system/index.js";

/**
 * The database's URL, as it was given or as SEGUE_DATABASE_URL has it.
 *
 * @param flag how a command is told it, where it has a flag for that
 * @throws SegueError (misuse) where no database is named, or by what is no URL of one
 */
export function databaseUrlOf(given: string | undefined, flag?: string): string {
  const url = given ?? process.env.SEGUE_DATABASE_URL;
  if (!url)
    throw misuse(
      "the engine dbos needs a Postgres database",
      `set SEGUE_DATABASE_URL=${exampleUrl}${flag === undefined ? "" : `, or pass ${flag}`}`,
    );
  if (!isDatabaseUrl(url))
    throw misuse(
      `${given === undefined ? "SEGUE_DATABASE_URL" : "the database"} is no URL of a Postgres database: "${shownUrl(url)}"`,
      `it looks like ${exampleUrl}; what is special in a password is written as %40 for @, %2F for /`,
    );
  return url;
}

const exampleUrl = "postgres://user:password@host:5432/segue";

function isDatabaseUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

/** The URL without its password, for messages. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/([^:@/]*):.*@/, "//$1:…@").replace(/([?&](?:ssl)?password=)[^&]*/gi, "$1…");
}

/** What to do, by the code that Postgres gives or by what is said: a line each. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /^(28000|28P01)$|password must be/m,
    "check the user and the password in the database's URL; what is special in them is written as %25 for %, %40 for @",
  ],
  [/^3D000$/m, "make it with createdb, or name another one"],
  [
    /^(25006|42501)$/m,
    "its user needs the right to make schemas and tables: GRANT CREATE ON DATABASE, and on its schema",
  ],
  [
    /^53300$|too many connections/m,
    "raise max_connections, or the limit of its user: a worker holds up to 11 connections",
  ],
  [
    /certificate/,
    "name the file of who signed it in the database's URL: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem",
  ],
];

/** What went wrong with the database as one message, without its password. */
export function databaseError(error: unknown, url: string): SegueError {
  if (error instanceof SegueError) return error;
  const message = messageOf(error);
  const said = [...codesOf(error), message].join("\n");
  const known = hints.find(([pattern]) => pattern.test(said));
  return new SegueError(`cannot use the database at ${shownUrl(url)}: ${message}`, {
    hint: known?.[1] ?? "is it running, and does SEGUE_DATABASE_URL name it?",
    cause: error,
  });
}

/** The codes of an error and of what it came from: DBOS wraps what Postgres said. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error as { code?: string; cause?: unknown } | undefined; at; at = at.cause as typeof at)
    if (at.code !== undefined) codes.push(at.code);
  return codes;
}

/**
 * The URL of a database that answers: what a run needs before it is written down anywhere.
 *
 * @throws SegueError (misuse) where none is named; SegueError where it does not answer
 */
export async function answeringDatabase(given: string | undefined): Promise<string> {
  const url = databaseUrlOf(given);
  await checkDatabase(url);
  return url;
}

/** @throws SegueError where the database does not answer, or is older than 13 */
export async function checkDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("SHOW server_version_num");
    if (Number(rows[0]!.server_version_num) < 130_000)
      throw new SegueError(`the database at ${shownUrl(url)} is older than Postgres 13`);
  } catch (error) {
    throw databaseError(error, url);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * The connections of DBOS. It would make such a pool itself, but ask each connection for this time limit while the borrower's
 * first query stands behind it, of which pg warns; here the borrower waits.
 */
export function connectionsTo(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "segue",
    max: 10,
    onConnect: (client) => client.query("SET idle_in_transaction_session_timeout = '60s'"),
  });
  // One that breaks while nobody uses it is replaced; who uses one hears of it.
  pool.on("error", () => {});
  return pool;
}

/** Whether an error says that DBOS's tables are not there yet: the first worker makes them. */
export function isWithoutTables(error: unknown): boolean {
  return codesOf(error).some((code) => ["42P01", "3F000", "42703"].includes(code));
}

/** A logger for DBOS that passes on what is wrong, and nothing else. */
export const quietLogger = {
  info() {},
  debug() {},
  warn() {},
  error(entry: unknown) {
    if (process.env.SEGUE_DEBUG) console.error(entry);
  },
};
