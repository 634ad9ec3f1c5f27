/** Sizes that both ends must agree on. What a server may set for itself (payload, text) it announces at connect. */

/** Largest packet a client may send, in bytes, and longest text of one message, in UTF-16 units: the defaults. */
export const defaultLimits = { maxPayloadBytes: 1_000_000, maxTextLength: 100_000 } as const;

/** Messages of each room in a `world-state`: default and most. */
export const worldStateMessages = { default: 50, most: 200 } as const;

/** Longest display name, longest `messageId` or `source`, and most attachments of one message. */
export const maxNameLength = 200;
export const maxTagLength = 200;
export const maxAttachments = 50;
