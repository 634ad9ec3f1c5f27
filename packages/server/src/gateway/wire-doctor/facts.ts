/** What is always kept of a connected socket, for the doctor's findings: counts and names, bounded; never a text. */

/** Most different names, codes, fields and rooms that are kept of one socket. */
const mostKept = 20;

export type Facts = {
  readonly connectedAt: number;
  /** Rooms that it ever entered by `join`, or came back to. */
  readonly joined: Set<string>;
  /** Rooms that it said something in. */
  readonly talkedIn: Set<string>;
  /** Of those, the ones that it had not joined then. */
  readonly unjoined: Set<string>;
  readonly sent: Map<string, number>;
  readonly refused: Map<string, number>;
  /** `event field` → how often it was refused for that. */
  readonly faults: Map<string, number>;
  /** The last event that is not known, and the last that only the server sends. */
  unknown?: { event: string; nearest: string };
  fromServer?: string;
  documented: number;
  envelope: number;
  /** Envelopes that say something, and not who says it. */
  withoutSender: number;
  /** Messages with neither `messageId` nor acknowledgement. */
  withoutReceipt: number;
  /** Messages that say again what it said last in that room, though something was said there since. */
  repeats: number;
  last?: { roomId: string; mark: number; seq: number };
};

export const createFacts = (connectedAt: number, rooms: readonly string[]): Facts => ({
  connectedAt,
  joined: new Set(rooms),
  talkedIn: new Set(),
  unjoined: new Set(),
  sent: new Map(),
  refused: new Map(),
  faults: new Map(),
  documented: 0,
  envelope: 0,
  withoutSender: 0,
  withoutReceipt: 0,
  repeats: 0,
});

export function countOne(counts: Map<string, number>, name: string): void {
  const before = counts.get(name);
  if (before !== undefined || counts.size < mostKept) counts.set(name, (before ?? 0) + 1);
}

export function addSome(set: Set<string>, value: string, most = mostKept): void {
  if (set.size < most) set.add(value);
}
