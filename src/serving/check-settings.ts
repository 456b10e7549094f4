/** Validates an endpoint's settings before anything is opened. */
import {
  asWritten,
  longestTimer,
  misuse,
  numberWithin,
  requireKnown,
  requireWithin,
  type ValueRange,
  wholeNumber,
} from "../system/index.js";
import { requireKeys } from "./api-keys.js";
import { type EndpointSettings, logLevels, proxyCounts, waitingCounts, workerCounts } from "./options.js";

interface Settings extends EndpointSettings {
  readonly watchInterval?: number;
}

const ranges: Readonly<Partial<Record<keyof Settings, ValueRange>>> = {
  threads: workerCounts,
  bodyLimit: wholeNumber(1),
  maxWaiting: waitingCounts,
  rateLimit: numberWithin({ above: 0 }),
  requestTimeout: wholeNumber(1, longestTimer),
  drainDelay: wholeNumber(0, longestTimer),
  drainTimeout: wholeNumber(0, longestTimer),
  watchInterval: wholeNumber(0, longestTimer),
};

const names: Readonly<Record<keyof EndpointSettings, true>> = {
  apiKeys: true,
  bodyLimit: true,
  corsOrigins: true,
  docs: true,
  drainDelay: true,
  drainTimeout: true,
  logLevel: true,
  logTracks: true,
  maxWaiting: true,
  rateLimit: true,
  recommender: true,
  requestTimeout: true,
  threads: true,
  trustProxy: true,
  webRoot: true,
};

/**
 * @param others names of options allowed besides the settings
 * @throws SegueError (misuse) that names the setting: unknown (such as `apikeys`, which would leave the endpoint open), a number out of
 *   range, an unknown log level, an API key that is too short, or an origin that no browser sends
 */
export function checkSettings(settings: Settings, others: Readonly<Record<string, true>>): void {
  requireKnown(settings, Object.keys({ ...names, ...others }));
  for (const [name, range] of Object.entries(ranges)) {
    const value = settings[name as keyof Settings];
    if (value !== undefined) requireWithin(range, name, value);
  }
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
