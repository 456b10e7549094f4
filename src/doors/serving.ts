/** `segue/serving`: the HTTP endpoint, which answers "what should play next?" from a model held in memory. */
export {
  bundleSource,
  type EndpointPlugin,
  type EndpointSettings,
  HttpError,
  type ModelSource,
  openServedModel,
  type ReloadResult,
  type RunningServer,
  readApiKeys,
  type ServedModel,
  type ServeOptions,
  type ServerOptions,
  serve,
  startServer,
} from "../serving/index.js";
