/** The HTTP endpoint: answers "what should play next?" from a model held in memory. */

export { type ReadAs, readAs } from "./answers/context.js";
export { LiveModel, type ServedModel } from "./answers/served-model.js";
export { noneBy, noneTitled, type RuleNames, whyFewer, whyNone } from "./answers/why-none.js";
export { apiKeyFileVariable, readApiKeys } from "./guards/api-keys.js";
export { type ErrorBody, HttpError } from "./http/http-error.js";
export { openInvocations } from "./invocation-answers.js";
export { bundlePath } from "./model/bundle-path.js";
export {
  type BundleOptions,
  bundleSource,
  invocationsKOf,
  modelIn,
  openServedModel,
  type ServedModelOptions,
} from "./model/bundle-source.js";
export type { ModelSource } from "./model/model-source.js";
export { type EndpointPlugin, type EndpointSettings, type LogLevel, ports, workerCounts } from "./options.js";
export type { ReloadResult } from "./routes/admin.js";
export { type ServeOptions, serve } from "./serve.js";
export { type RunningServer, type ServerOptions, startServer } from "./server.js";
