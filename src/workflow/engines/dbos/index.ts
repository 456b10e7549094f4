/** The engine for many machines: DBOS on Postgres. Loaded on demand. */
export { databaseUrlOf } from "./database.js";
export { runWorker } from "./worker.js";
