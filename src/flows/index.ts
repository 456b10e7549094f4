/** The four flows, in the order in which they run: from raw playlists to a checked endpoint. */
export { deployment } from "./deployment.js";
export { intermediate } from "./intermediate.js";
export { modeling } from "./modeling.js";
export { placesOf } from "./parts/places.js";
export type { TrainedPoint } from "./parts/ranking.js";
export type { TestFigures } from "./parts/test-model.js";
export { primary } from "./primary.js";
