/** Sizes that both ends must agree on. What a server may set for itself (payload, text) it announces at connect. */

/** Largest packet a client may send, in bytes, and longest text of one message, in UTF-16 units: the defaults. */
export const defaultLimits = { maxPayloadBytes: 1_000_000, maxTextLength: 100_000 } as const;

/** Messages of each room in a `world-state`: default and most. */
export const worldStateMessages = { default: 50, most: 200 } as const;

/** Longest display name, longest `messageId` or `source`, and most attachments of one message. */
export const maxNameLength = 200;
export const maxTagLength = 200;
export const maxAttachments = 50;

/** Deepest nesting of JSON in a payload: lists and objects within each other. */
export const maxNesting = 100;

/** Names of log levels that filters take, with their numbers; an entry passes when its number is at least that. */
export const logLevels = {
  all: 0,
  trace: 10,
  debug: 20,
  success: 27,
  progress: 28,
  log: 29,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
} as const;
export const logLevelNames = Object.keys(logLevels) as [keyof typeof logLevels, ...(keyof typeof logLevels)[]];
