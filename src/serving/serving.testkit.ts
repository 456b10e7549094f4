/** A small model for tests: real recommenders, fitted to playlists of well-known songs. */
import { once } from "node:events";
import { type Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach } from "vitest";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender } from "../recommenders/index.js";
import { LocalAnswerer } from "./answers/local.js";
import type { ServedModel } from "./answers/served-model.js";
import { createApp, createLogger, EndpointMetrics } from "./app.js";
import { ApiKeys } from "./guards/api-keys.js";
import { ModelSlot } from "./model/model-slot.js";
import type { ModelSource } from "./model/model-source.js";
import type { EndpointPlugin, EndpointSettings } from "./options.js";
import { type RunningServer, type ServerOptions, startServer } from "./server.js";

const dance = [
  ["Daft Punk", "One More Time"],
  ["Daft Punk", "Around the World"],
  ["Justice", "D.A.N.C.E."],
  ["Modjo", "Lady (Hear Me Tonight)"],
  ["Stardust", "Music Sounds Better with You"],
  ["Cassius", "Cassius 1999 - Radio Edit"],
] as const;
const rock = [
  ["Radiohead", "Karma Police"],
  ["Radiohead", "No Surprises"],
  ["Sigur Rós", "Hoppípolla"],
  ["Björk", "Jóga"],
  ["椎名林檎", "丸の内サディスティック"],
  ["Beyoncé", "Déjà Vu"],
] as const;

export const songs = [...dance, ...rock].map(([artist, track]) => `${artist}-${track}`);

export function songCorpus() {
  const builder = new CorpusBuilder();
  for (let p = 0; p < 60; p++) {
    const genre = p % 3 === 0 ? rock : dance;
    const list = Array.from({ length: 4 + (p % 3) }, (_, i) => genre[(p + i) % genre.length]!);
    builder.add({
      id: `p${p}`,
      title: genre === rock ? "rainy sunday" : "friday night",
      tracks: list.map(([artist, track]) => `${artist}-${track}`),
      artists: list.map(([artist]) => artist),
    });
  }
  return builder.build();
}

export async function songModel(version = "songs-1"): Promise<ServedModel> {
  const corpus = songCorpus();
  return {
    version,
    catalogue: corpus,
    recommenders: {
      transitions: await fitRecommender("transitions", corpus),
      popularity: await fitRecommender("popularity", corpus),
    },
    defaultRecommender: "transitions",
    invocationsK: 5,
  };
}

/** The endpoint around the songs, for `app.inject`. */
export async function songApp(
  settings: EndpointSettings = {},
  plugins: readonly EndpointPlugin[] = [],
  other: Partial<ServedModel> = {},
): Promise<{ app: FastifyInstance; model: ServedModel }> {
  const model = { ...(await songModel()), ...other };
  const app = await createApp({
    models: new ModelSlot(new LocalAnswerer(model)),
    settings,
    keys: new ApiKeys(settings.apiKeys ?? []),
    metrics: new EndpointMetrics(),
    logger: createLogger(settings.logLevel ?? "silent"),
    plugins,
    leaving: () => false,
  });
  return { app, model };
}

/** Posts a JSON body. */
export async function postJson(app: FastifyInstance, url: string, payload: object | string) {
  const answer = await app.inject({
    method: "POST",
    url,
    payload,
    headers: { "content-type": "application/json" },
  });
  return { status: answer.statusCode, body: answer.json() };
}

/** For a test file: starts endpoints around the songs, and closes them after each test. */
export function songServers(): (options?: Partial<ServerOptions>) => Promise<RunningServer> {
  const running: RunningServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });
  return async (options = {}) => {
    const server = await startServer({ model: await songModel(), logLevel: "silent", ...options });
    running.push(server);
    return server;
  };
}

/** Asks for three tracks to play after the first song. */
export function recommend(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/recommend`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ context: [songs[0]], k: 3 }),
  });
}

/** A source whose model can be changed, and which tells which of its models have been closed. */
interface ChangingSource extends ModelSource {
  version: string;
  broken: boolean;
  readonly closed: string[];
}

export function changingSource(): ChangingSource {
  const closed: string[] = [];
  const source: ChangingSource = {
    place: "memory",
    version: "v1",
    broken: false,
    closed,
    fingerprint: async () => `${source.version} ${source.broken}`,
    open: async (): Promise<ServedModel> => {
      if (source.broken) throw new Error("manifest.json: checksum differs");
      const model = await songModel(source.version);
      return { ...model, close: () => void closed.push(model.version) };
    },
  };
  return source;
}

/** The status of an answer, and what it says of its connection. */
export function statusOf(url: string, agent: Agent): Promise<{ status: number; connection: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { agent }, (answer) => {
      answer
        .resume()
        .on("end", () => resolve({ status: answer.statusCode!, connection: answer.headers.connection! }));
    });
    asked.on("error", reject).end();
  });
}

/** Sends bytes and gives back all that comes until the other side closes. */
export async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return text;
}
