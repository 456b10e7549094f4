/** A small model for tests: real recommenders, fitted to playlists of well-known songs. */
import type { FastifyInstance } from "fastify";
import { CorpusBuilder } from "../corpus/index.js";
import { fitRecommender } from "../recommenders/index.js";
import { LocalAnswerer } from "./answers/local.js";
import type { ServedModel } from "./answers/served-model.js";
import { createApp, createLogger, EndpointMetrics } from "./app.js";
import { ApiKeys } from "./guards/api-keys.js";
import { ModelSlot } from "./model/model-slot.js";
import type { EndpointPlugin, EndpointSettings } from "./options.js";

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
