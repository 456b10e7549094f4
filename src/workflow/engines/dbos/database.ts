/** The Postgres database that the command and the workers share. */
import pg from "pg";
import { messageOf, misuse, SegueError } from "../../../system/index.js";

/**
 * The database's URL: `given`, or else SEGUE_DATABASE_URL.
 *
 * @param flag the command's flag for it, if it has one, for the hint
 * @throws SegueError (misuse) if there is no URL, or it is not a Postgres URL
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
      `${given === undefined ? "SEGUE_DATABASE_URL" : "the database"} is not a Postgres URL: "${shownUrl(url)}"`,
      `it should look like ${exampleUrl}; write special characters in a password as %40 for @, %2F for /`,
    );
  return url;
}

const exampleUrl = "postgres://user:password@host:5432/segue";

function isDatabaseUrl(url: string): boolean {
  return /^postgres(ql)?:\/\//.test(url) && URL.canParse(url);
}

/** The URL without its password, for messages. */
function shownUrl(url: string): string {
  // What is not a URL may hold one too: "user:password@host", "host=db password=…".
  return url.replace(/:(?!\/\/).*@/s, ":…@").replace(/(password\s*=\s*)[^&]*/gi, "$1…");
}

/** What to do, by Postgres's error codes and messages, one per line. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /^(28000|28P01)$|password must be/m,
    "check the user and the password in the database's URL; write special characters in them as %25 for %, %40 for @",
  ],
  [/^3D000$/m, "create it with createdb, or name another one"],
  [
    /^(25006|42501)$/m,
    "its user needs the right to create schemas and tables: GRANT CREATE ON DATABASE, and on its schema",
  ],
  [
    /^53300$|too many connections|connection slots/m,
    "raise max_connections, or the limit of its user: a worker holds up to 11 connections",
  ],
  [
    /certificate/,
    "name the file of its certificate authority in the database's URL: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem",
  ],
];

/** Wraps a database error in one message, without the password. */
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

/** The codes of an error and of its causes: DBOS wraps the errors of Postgres. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error as { code?: string; cause?: unknown } | undefined; at; at = at.cause as typeof at)
    if (at.code !== undefined) codes.push(at.code);
  return codes;
}

/**
 * The database's URL, after checking that it answers; called before a run is recorded.
 *
 * @throws SegueError (misuse) if there is no valid URL; SegueError if the database does not answer
 */
export async function answeringDatabase(given: string | undefined): Promise<string> {
  const url = databaseUrlOf(given);
  await checkDatabase(url);
  return url;
}

/** @throws SegueError if the database does not answer, or is older than Postgres 13 */
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
 * The connection pool for DBOS. Its own pool would set this time limit while the borrower's first query is already queued, which
 * makes pg warn; `onConnect` lets the borrower wait.
 */
export function connectionsTo(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: "segue",
    max: 10,
    onConnect: (client) => client.query("SET idle_in_transaction_session_timeout = '60s'"),
  });
  // A connection that breaks while idle is replaced; if it is in use, its user gets the error.
  pool.on("error", () => {});
  return pool;
}

/** Whether an error says that DBOS's tables do not exist yet: the first worker creates them. */
export function isWithoutTables(error: unknown): boolean {
  return codesOf(error).some((code) => ["42P01", "3F000", "42703"].includes(code));
}

/** A logger for DBOS that prints errors, and only if SEGUE_DEBUG is set. */
export const quietLogger = {
  info() {},
  debug() {},
  warn() {},
  error(entry: unknown) {
    if (process.env.SEGUE_DEBUG) console.error(entry);
  },
};
