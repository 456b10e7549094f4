/** The four flows: from raw playlists to a checked endpoint. */
export { type KeptEndpoint, keptEndpoint } from "./endpoint/kept-endpoint.js";
export { hitRatioOf, type TrainedPoint } from "./grid/ranking.js";
export { intermediate } from "./intermediate.js";
export type { TestFigures } from "./model/test-model.js";
export { flowOrder } from "./order.js";
export { placesOf } from "./places/places.js";
export { dataRunsOf, sampleOf } from "./report/data-runs.js";
