/** The four flows: from raw playlists to a checked endpoint. */
export { intermediate } from "./intermediate.js";
export { flowOrder } from "./order.js";
export { dataRunsOf, sampleOf } from "./parts/data-runs.js";
export { type KeptEndpoint, keptEndpoint } from "./parts/kept-endpoint.js";
export { placesOf } from "./parts/places.js";
export { hitRatioOf, type TrainedPoint } from "./parts/ranking.js";
export type { TestFigures } from "./parts/test-model.js";
