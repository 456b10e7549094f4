/**
 * `segue/serving`: the HTTP endpoint, which answers "what should play next?" from a model in memory.
 *
 * @module segue/serving
 */
export {
  type BundleOptions,
  bundleSource,
  type EndpointPlugin,
  type EndpointSettings,
  type ErrorBody,
  HttpError,
  type LogLevel,
  type ModelSource,
  openServedModel,
  type ReloadResult,
  type RunningServer,
  readApiKeys,
  type ServedModel,
  type ServedModelOptions,
  type ServeOptions,
  type ServerOptions,
  serve,
  startServer,
} from "../serving/index.js";
