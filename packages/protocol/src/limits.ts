/** Sizes that both ends must agree on. What a server may set for itself (payload, text) it announces at connect. */

/** What a server announces at connect. */
export type Limits = {
  /** Largest packet from a client, in bytes. */
  maxPayloadBytes: number;
  /** Longest text of one message, in UTF-16 units. */
  maxTextLength: number;
  /** Rooms that one connection may be in. */
  maxRooms: number;
  /** Events that one connection may send in a second. */
  maxSendsPerSecond: number;
  /** Largest file that may be uploaded, in bytes. */
  maxUploadBytes: number;
  /** What may wait for a connection that does not read, in bytes; beyond, for longer than a second, it is cut off. It can resume. */
  maxBacklogBytes: number;
};

/** The limits of a server that was not told otherwise. */
export const defaultLimits: Limits = {
  maxPayloadBytes: 1_000_000,
  maxTextLength: 100_000,
  maxRooms: 1_000,
  maxSendsPerSecond: 10_000,
  maxUploadBytes: 50_000_000,
  maxBacklogBytes: 8_000_000,
};

/** Messages of each room in a `world-state`: default and most. */
export const worldStateMessages = { default: 50, most: 200 } as const;

/** People and agents in one room, at most; and those of each room that a `world-state` lists, its agents always. */
export const mostParticipants = 5_000;
export const worldStateParticipants = 500;
/** The same of all rooms of one `world-state`. */
export const worldStateParticipantsInAll = 2_000;

/** In a room of more, `userJoined`, `userLeft` and `userTyping` are not told to the others. */
export const presenceParticipants = worldStateParticipants;

/** How long the agents of a room are kept quiet by `freeze`, in seconds: default and most (30 days). */
export const freezeSeconds = { default: 3_600, most: 2_592_000 } as const;

/** Longest display name, longest `messageId` or `source`, and most attachments of one message. */
export const maxNameLength = 200;
export const maxTagLength = 200;
export const maxAttachments = 50;

/** Deepest nesting of JSON in a payload: lists and objects within each other. */
export const maxNesting = 100;

/** Most names in an object that is kept with something: one of tens of thousands takes half a second to go through. */
export const maxKeys = 2_000;

/** Most values in what is kept as it comes, within each other: each is looked at several times, and a megabyte may be 400,000. */
export const maxValues = 20_000;

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
