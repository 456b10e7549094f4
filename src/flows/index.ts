/** The four flows: from raw playlists to a checked endpoint. */
import type { AnyFlow } from "../workflow/index.js";
import { deployment } from "./deployment.js";
import { intermediate } from "./intermediate.js";
import { modeling } from "./modeling.js";
import { primary } from "./primary.js";

export { type KeptEndpoint, keptEndpoint } from "./endpoint/kept-endpoint.js";
export { hitRatioOf, type TrainedPoint } from "./grid/ranking.js";
export type { TestFigures } from "./model/test-model.js";
export { placesOf } from "./places/places.js";
export { dataRunsOf, sampleOf } from "./report/data-runs.js";

/** In the order in which they run. */
export const flowOrder: readonly AnyFlow[] = [intermediate, primary, modeling, deployment];
