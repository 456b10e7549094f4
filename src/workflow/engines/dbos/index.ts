/** The engine of many machines: DBOS on Postgres. Loaded only where it is asked for. */
export { databaseUrlOf } from "./database.js";
export { runWorker } from "./worker.js";
