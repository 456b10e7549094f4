/**
 * Throws malformed requests at a listening endpoint: each must be answered by 4xx and a reason (or 200, where chance made it
 * a good one), none by 5xx, and the endpoint must answer properly afterwards. `SEGUE_FUZZ=100000` sets how many.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import fc from "fast-check";
import { expect, it } from "vitest";
import { startServer } from "./server.js";
import { songModel, songs } from "./serving.testkit.js";

const count = Number(process.env.SEGUE_FUZZ ?? 20_000);

interface Thrown {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
  /** Send only the beginning and wait. */
  readonly stall?: boolean;
}

const json = { "content-type": "application/json" };
const post = (path: string, body: string | Buffer): Thrown => ({ method: "POST", path, headers: json, body });

/** JSON text with things in it that JSON.stringify would never write. */
const oddText = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)) },
  fc.constantFrom(
    '"\\ud800"',
    '"\\udfff\\ud800"',
    "1e999",
    "-0",
    "1e-999",
    '"\\u0000"',
    '{"__proto__":{"x":1}}',
    "NaN",
    "'a'",
    "[1,]",
  ),
  fc.tuple(fc.integer({ min: 1, max: 8_000 }), fc.constantFrom("[", '{"a":')).map(([depth, open]) => {
    return `${open.repeat(depth)}1${(open === "[" ? "]" : "}").repeat(depth)}`;
  }),
  fc.integer({ min: 0, max: 15_000 }).map((length) => `[${Array(length).fill(1).join(",")}]`),
  fc.integer({ min: 0, max: 50_000 }).map((length) => JSON.stringify("x".repeat(length))),
  fc.string({ unit: "binary" }),
  fc.bigInt().map(String),
);

const path = fc.constantFrom("/v1/recommend", "/invocations", "/v1/playlists/extend");
const field = fc.constantFrom(
  "context",
  "k",
  "title",
  "recommender",
  "instances",
  "inputs",
  "input_1",
  "signature_name",
  "exclude",
  "filters",
  "explain",
  "length",
  "toString",
  "constructor",
);

const thrown: fc.Arbitrary<Thrown> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(path, fc.array(fc.tuple(field, oddText), { maxLength: 5 }))
      .map(([to, fields]) => post(to, `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(path, field, oddText)
      .map(([to, name, value]) => post(to, `{"context":[${JSON.stringify(songs[0])}],"${name}":${value}}`)),
  },
  { weight: 4, arbitrary: fc.tuple(path, oddText).map(([to, text]) => post(to, text)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(path, fc.uint8Array({ maxLength: 300 }))
      .map(([to, bytes]) => post(to, Buffer.from(bytes))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("GET", "PUT", "DELETE", "PATCH", "POST", "OPTIONS"),
        fc.string({ maxLength: 60 }),
      )
      .map(([method, to]) => ({
        method,
        path: `/${encodeURI(to.replaceAll(/\p{Cs}/gu, ""))}`,
        headers: {},
        body: "",
      })),
  },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.constantFrom("q", "limit", "x"),
          fc.constantFrom("", "0", "1e9", "%ED%A0%80", "%FF", "%", "-1", "a", "%00"),
        ),
        { maxLength: 5 },
      )
      .map((pairs) => ({
        method: "GET",
        path: `/v1/tracks?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`,
        headers: {},
        body: "",
      })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        path,
        fc.constantFrom(
          "text/plain",
          "application/json; charset=utf-16",
          "application/xml",
          "",
          "a/b/c",
          "application/jsonx",
          "application/jsonlines",
          "text/csv",
        ),
        oddText,
      )
      .map(([to, type, text]) => ({
        method: "POST",
        path: to,
        headers: { "content-type": type },
        body: text,
      })),
  },
);

const rare: readonly Thrown[] = [
  post("/v1/recommend", Buffer.alloc(10_000_000, "x")),
  post("/invocations", `{"instances":["${"y".repeat(10_000_000)}"]}`),
  { ...post("/v1/recommend", '{"context": ["'), stall: true },
  { ...post("/invocations", '{"inst'), stall: true },
];

it(`answers ${count} malformed requests by 4xx and a reason`, { timeout: 60_000 + count * 20 }, async () => {
  const server = await startServer({ model: await songModel(), logLevel: "silent", requestTimeout: 1_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const seen: Record<number, number> = {};
  const wrong: string[] = [];
  const check = async (one: Thrown) => {
    const { status, body } = await send(server.url, agent, one);
    seen[status] = (seen[status] ?? 0) + 1;
    // The address alone leads to the docs.
    if (status === 200 || (status === 302 && /^\/($|[?#])/.test(one.path))) return;
    // Plain comparisons: twenty thousand expectations take longer than the requests.
    if (status >= 400 && status < 500 && isReason(body)) return;
    wrong.push(
      `${status} ${body.slice(0, 200)} for ${one.method} ${one.path} ${String(one.body).slice(0, 200)}`,
    );
  };
  try {
    const samples = fc.sample(thrown, { numRuns: count, seed: 11 });
    const queue = samples.flatMap((one, i) =>
      i % 400 === 0 ? [one, rare[(i / 400) % rare.length]!] : [one],
    );
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let one = queue.pop(); one !== undefined; one = queue.pop()) await check(one);
      }),
    );
    expect(wrong.slice(0, 5)).toEqual([]);
    if (process.env.SEGUE_FUZZ) console.log("answers by status", seen);
    const good = await send(
      server.url,
      agent,
      post("/v1/recommend", JSON.stringify({ context: [songs[0]] })),
    );
    expect(good.status).toBe(200);
    for (const status of [400, 404, 408, 413, 415])
      expect(seen[status], `answers by ${status}`).toBeGreaterThan(0);
  } finally {
    agent.destroy();
    await server.close();
  }
});

function isReason(body: string): boolean {
  const { error, code } = JSON.parse(body) as { error: unknown; code: unknown };
  return typeof error === "string" && error.length > 3 && typeof code === "string" && /^[a-z-]+$/.test(code);
}

function send(url: string, agent: Agent, one: Thrown): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(one.body) + (one.stall ? 100 : 0);
    const asked = request(url, {
      agent,
      method: one.method,
      path: one.path,
      headers: { ...one.headers, ...(length > 0 ? { "content-length": length } : {}) },
    });
    let answered = false;
    asked.on("response", (answer: IncomingMessage) => {
      answered = true;
      let body = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode!, body }));
    });
    // A refused body may still be on its way out when the answer is here; before an answer, an error is one.
    asked.on(
      "error",
      (error) =>
        answered || reject(new Error(`${error.message} for ${one.method} ${one.path}`, { cause: error })),
    );
    if (one.stall) asked.write(one.body);
    else asked.end(one.body);
  });
}
