/** API keys. They are compared by digest in constant time, so that timing reveals neither length nor a common prefix. */
import { hash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FastifyRequest } from "fastify";
import {
  aPath,
  explainDiskError,
  messageOf,
  misuse,
  refusePipe,
  requireOptions,
  thingWith,
} from "../../system/index.js";

/** The environment variable that may hold a key instead of a file. */
export const apiKeyVariable = "SEGUE_API_KEY";
/** The environment variable that may name the file of keys. */
export const apiKeyFileVariable = "SEGUE_API_KEY_FILE";
const shortest = 16;
const aGoodOne = 'such as what "openssl rand -hex 24" prints';
const oneALine = `write one key per line into it, ${aGoodOne}`;

export class ApiKeys {
  /** Whether requests need a key. Never changes: an endpoint with keys cannot become open. */
  readonly required: boolean;
  #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.required = keys.length > 0;
    this.#digests = keys.map(digest);
  }

  /**
   * Replaces the keys.
   *
   * @throws SegueError (misuse) if there were no keys before, `keys` is empty, or a key is too short or has spaces
   */
  replace(keys: readonly string[]): void {
    if (!this.required)
      throw misuse(
        "this endpoint was started without API keys and is open to everybody: none can be added while it runs",
        "restart it with API keys",
      );
    requireKeys(keys);
    if (keys.length === 0)
      throw misuse("without API keys, nobody could call the endpoint", "give the new ones");
    this.#digests = keys.map(digest);
  }

  /** Whether `key` is one of the keys. Always compares with all of them. */
  has(key: string | undefined): boolean {
    if (key === undefined) return false;
    const given = digest(key);
    let found = false;
    for (const known of this.#digests) if (timingSafeEqual(known, given)) found = true;
    return found;
  }
}

/** The key that a request sends: `Authorization: Bearer KEY` or `X-API-Key: KEY`. */
export function presentedKey(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
  const header = request.headers["x-api-key"];
  return bearer ?? (typeof header === "string" ? header : undefined);
}

/**
 * Reads keys from a file (one per line; empty lines and lines that begin with # are ignored) and from the environment.
 *
 * @param options.file default: the environment's SEGUE_API_KEY_FILE, or else no file is read
 * @param options.environment such as process.env; its SEGUE_API_KEY and SEGUE_API_KEY_FILE are read; default: no variable is read
 * @returns the keys, those of the file first; empty if neither source is given or the variables are not set
 * @throws SegueError (misuse) if the file is a pipe, cannot be read or has no key, or if a key is shorter than 16 characters or has
 *   spaces
 */
export async function readApiKeys(options: {
  file?: string | undefined;
  environment?: NodeJS.ProcessEnv;
}): Promise<string[]> {
  requireOptions(
    options,
    { file: aPath, environment: thingWith("an object, such as process.env") },
    "readApiKeys",
  );
  const keys: string[] = [];
  const file = options.file ?? (options.environment?.[apiKeyFileVariable] || undefined);
  if (file !== undefined) {
    await refusePipe(file);
    let text: string;
    try {
      text = await readFile(file, "utf8");
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOENT"
        ? misuse(`there is no API key file ${file}`, oneALine)
        : misuse(messageOf(explainDiskError(error, `the API key file ${file}`)));
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    lines.forEach((line, i) => {
      if (line === "" || line.startsWith("#")) return;
      requireLongKey(line, `${file}:${i + 1}`);
      keys.push(line);
    });
    if (keys.length === 0) throw misuse(`the API key file ${file} holds no key`, oneALine);
  }
  const variable = options.environment?.[apiKeyVariable];
  // A variable of only spaces is refused: ignoring it would open the endpoint to everybody.
  if (variable) {
    requireLongKey(variable.trim(), apiKeyVariable);
    keys.push(variable.trim());
  }
  return keys;
}

/** @throws SegueError (misuse) if `keys` is not an array, or a key is too short or has spaces, which no header can carry */
export function requireKeys(keys: unknown): void {
  if (!Array.isArray(keys)) throw misuse("apiKeys must be a list of keys", 'write ["KEY"]');
  for (const [i, key] of keys.entries()) requireLongKey(key, `apiKeys[${i}]`);
}

/** @param where names the key in the message, which never shows the key itself */
function requireLongKey(key: unknown, where: string): void {
  if (typeof key === "string" && key.length >= shortest && !/\s/.test(key)) return;
  throw misuse(
    `the API key at ${where} is ${typeof key === "string" ? "too short or has spaces in it" : "not a string"}`,
    `use ${shortest} characters or more, ${aGoodOne}`,
  );
}

const digest = (key: string): Buffer => hash("sha256", key, "buffer");
