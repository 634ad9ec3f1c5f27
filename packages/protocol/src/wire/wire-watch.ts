/** What the wire doctor shows of sockets: a summary of each event, and what a client does wrong. Never a text, never a secret. */
import { z } from 'zod';
import { uuid } from '../ids.ts';

const count = z.int().min(0);
const ms = z.int().min(0);

/** One event of one socket. `ack`, `ms` and `code` are how an event that came in was answered. */
export const wireRecord = z.strictObject({
  socketId: z.string(),
  time: ms,
  direction: z.enum(['in', 'out']),
  event: z.string(),
  dialect: z.enum(['documented', 'envelope']).optional(),
  intent: z.string().optional(),
  roomId: uuid.optional(),
  bytes: count,
  /** `none`: it went well, and the client asked for no acknowledgement. */
  ack: z.enum(['ok', 'refused', 'none']).optional(),
  ms: z.number().min(0).optional(),
  code: z.string().optional(),
});
export type WireRecord = z.output<typeof wireRecord>;

/** `fault`: it does not work. `doubt`: it works, but not always. `note`: worth a look. */
export const findingSeverities = ['fault', 'doubt', 'note'] as const;
export type FindingSeverity = (typeof findingSeverities)[number];

export const finding = z.strictObject({
  id: z.string(),
  severity: z.enum(findingSeverities),
  sentence: z.string(),
  hint: z.string(),
});
export type Finding = z.output<typeof finding>;

export const socketView = z.strictObject({
  socketId: z.string(),
  entityId: uuid,
  name: z.string().optional(),
  /** The client named no id: this one was assigned by the server. */
  isAssigned: z.boolean(),
  connectedAt: ms,
  transport: z.string(),
  address: z.string(),
  userAgent: z.string().optional(),
  dialects: z.array(z.enum(['documented', 'envelope'])),
  rooms: z.array(uuid),
  roomCount: count,
  sent: z.record(z.string(), count),
  refused: z.record(z.string(), count),
  findings: z.array(finding),
});
export type SocketView = z.output<typeof socketView>;

export const refusedConnection = z.strictObject({
  time: ms,
  code: z.string(),
  address: z.string(),
  userAgent: z.string().optional(),
  count: z.int().min(1),
  sentence: z.string(),
  hint: z.string(),
});
export type RefusedConnection = z.output<typeof refusedConnection>;
