/** Validates an endpoint's settings before anything is opened. */
import {
  aPath,
  asWritten,
  longestTimer,
  misuse,
  numberWithin,
  requireKnown,
  requireWithin,
  someText,
  trueOrFalse,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { requireKeys } from "./guards/api-keys.js";
import { type EndpointSettings, logLevels, proxyCounts, waitingCounts, workerCounts } from "./options.js";

/** An option with a check, and a message, of its own. */
export const checkedApart: ValueRange = { wanted: "", holds: () => true };

export const milliseconds = wholeNumber(0, longestTimer);

const ranges: Readonly<Record<keyof EndpointSettings, ValueRange>> = {
  apiKeys: checkedApart,
  bodyLimit: wholeNumber(1),
  corsOrigins: checkedApart,
  docs: trueOrFalse,
  drainDelay: milliseconds,
  drainTimeout: milliseconds,
  logLevel: checkedApart,
  logTracks: trueOrFalse,
  maxWaiting: waitingCounts,
  rateLimit: numberWithin({ above: 0 }),
  recommender: someText,
  requestTimeout: wholeNumber(1, longestTimer),
  threads: workerCounts,
  trustProxy: checkedApart,
  webRoot: aPath,
};

/**
 * @param others the ranges of options allowed besides the settings
 * @throws SegueError (misuse) that names the setting: unknown (such as `apikeys`, which would leave the endpoint open), out of range, an
 *   unknown log level, an API key that is too short, or an origin that no browser sends
 */
export function checkSettings(
  settings: EndpointSettings,
  others: Readonly<Record<string, ValueRange>>,
): void {
  const all: Readonly<Record<string, ValueRange>> = { ...ranges, ...others };
  requireKnown(settings, Object.keys(all));
  for (const [name, value] of Object.entries(settings))
    if (value !== undefined) requireWithin(all[name]!, name, value);
  const { trustProxy = false } = settings;
  if (typeof trustProxy !== "boolean") requireWithin(proxyCounts, "trustProxy", trustProxy);
  const { logLevel, apiKeys = [], corsOrigins = [] } = settings;
  if (logLevel !== undefined && !logLevels.includes(logLevel))
    throw misuse(`logLevel must be one of ${logLevels.join(", ")}, got ${asWritten(logLevel)}`);
  requireKeys(apiKeys);
  if (!Array.isArray(corsOrigins))
    throw misuse("corsOrigins must be a list of origins", 'write ["https://app.example"]');
  for (const origin of corsOrigins) requireOrigin(origin);
}

/** Origins are compared as text: one with a path or without a scheme would never match. */
function requireOrigin(origin: string): void {
  if (origin === "*" || origin === "null") return;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  // `URL.origin` is "null" for other schemes than the web's (capacitor://localhost, extensions).
  const asSent = url?.host ? `${url.protocol}//${url.host}` : undefined;
  if (asSent === origin) return;
  throw misuse(
    `${asWritten(origin)} is not an origin that a browser sends`,
    `write ${asSent ?? "the scheme and the host, such as https://app.example"}${asSent ? "" : "; * allows all"}`,
  );
}
