/** The studio: a local web app to listen, and to see the map of music, the runs and what is in the playlists. */
export type { RunFigures } from "./runs/run-figures.js";
export { type StudioOptions, startStudio } from "./start-studio.js";
