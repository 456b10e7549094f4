/** API keys: compared in constant time, by digest, so that neither their length nor a common beginning shows. */
import { createHash, timingSafeEqual } from "node:crypto";
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
} from "../system/index.js";

/** The environment variable that may hold a key instead of a file. */
export const apiKeyVariable = "SEGUE_API_KEY";
const shortest = 16;
const aGoodOne = 'such as what "openssl rand -hex 24" prints';
const oneALine = `write one key a line into it, ${aGoodOne}`;

export class ApiKeys {
  /** Whether requests need one. Stays as it is: what was closed is never opened. */
  readonly required: boolean;
  #digests: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.required = keys.length > 0;
    this.#digests = keys.map(digest);
  }

  /**
   * Takes other keys in place of those that it has.
   *
   * @throws SegueError (misuse) where it has none, gets none, or gets one that is too short
   */
  replace(keys: readonly string[]): void {
    if (!this.required)
      throw misuse(
        "this endpoint was started without API keys and lets everybody in: none can be added while it runs",
        "start it with some",
      );
    requireKeys(keys);
    if (keys.length === 0) throw misuse("without an API key nobody could call any more", "give the new ones");
    this.#digests = keys.map(digest);
  }

  /** Whether `key` is one of them. Always compares with every one. */
  has(key: string | undefined): boolean {
    if (key === undefined) return false;
    const given = digest(key);
    let found = false;
    for (const known of this.#digests) if (timingSafeEqual(known, given)) found = true;
    return found;
  }
}

/** The key a request presents: `Authorization: Bearer KEY` or `X-API-Key: KEY`. */
export function presentedKey(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
  const header = request.headers["x-api-key"];
  return bearer ?? (typeof header === "string" ? header : undefined);
}

/**
 * Reads keys from a file (one a line; empty lines and lines that begin with # do not count) and from the environment.
 *
 * @param options.file default: no file is read
 * @param options.environment such as process.env, whose SEGUE_API_KEY is read; default: none is
 * @returns the keys, those of the file first; none where neither is given or there is no such variable
 * @throws SegueError (misuse) when the file is a pipe or cannot be read, holds none, or holds one shorter than 16 characters
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
  if (options.file !== undefined) {
    await refusePipe(options.file);
    let text: string;
    try {
      text = await readFile(options.file, "utf8");
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOENT"
        ? misuse(`there is no API key file ${options.file}`, oneALine)
        : misuse(messageOf(explainDiskError(error, `the API key file ${options.file}`)));
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim());
    lines.forEach((line, i) => {
      if (line === "" || line.startsWith("#")) return;
      requireLongKey(line, `${options.file}:${i + 1}`);
      keys.push(line);
    });
    if (keys.length === 0) throw misuse(`the API key file ${options.file} holds no key`, oneALine);
  }
  const variable = options.environment?.[apiKeyVariable];
  // One of blanks was meant to be a key: left out, it would let everybody in.
  if (variable) {
    requireLongKey(variable.trim(), apiKeyVariable);
    keys.push(variable.trim());
  }
  return keys;
}

/** @throws SegueError (misuse) where it is no list, or for a key that can be guessed or that no header can carry */
export function requireKeys(keys: unknown): void {
  if (!Array.isArray(keys)) throw misuse("apiKeys must be a list of keys", 'write ["KEY"]');
  for (const [i, key] of keys.entries()) requireLongKey(key, `apiKeys[${i}]`);
}

/** @param where for the message, which does not show the key */
function requireLongKey(key: unknown, where: string): void {
  if (typeof key === "string" && key.length >= shortest && !/\s/.test(key)) return;
  throw misuse(
    `the API key at ${where} is ${typeof key === "string" ? "too short or has spaces in it" : "no text"}`,
    `use ${shortest} characters or more, ${aGoodOne}`,
  );
}

function digest(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
