/**
 * The ledger of a run: what clients saw, and what it says about the promises. It knows nothing of the server: only what
 * was sent, acknowledged and heard, and what the rooms hold at the end.
 */

export type Promised = 'acked is durable' | 'order' | 'once' | 'resume' | 'every turn ends';
export type Finding = { promise: Promised; what: string; count: number; examples: string[] };

/** A message as a client names it: who says it, where, and under which id. */
export type Sent = { room: string; sender: string; messageId: string };
export type Ack = { id: string; seq: number };
/** A message as it is heard, and as a room holds it at the end. */
export type Heard = {
  id: string;
  seq: number;
  text: string;
  senderId: string;
  source: string;
  inReplyTo: string | null;
};

/** Every finding, in the order of the table at the end. */
const kinds = {
  lost: ['acked is durable', 'acknowledged, and not in the room'],
  moved: ['acked is durable', 'acknowledged under another id or seq than the room has'],
  holes: ['order', 'holes in the seq of a room'],
  unordered: ['order', 'heard after a later one'],
  doubled: ['once', 'stored twice'],
  answeredTwice: ['once', 'answered twice by one agent'],
  doubledHeard: ['once', 'heard twice'],
  disagreeing: ['once', 'acknowledged in two ways'],
  gaps: ['resume', 'never heard by somebody who was in the room'],
  changed: ['resume', 'heard otherwise than the room has it'],
  unended: ['every turn ends', 'not completed for somebody in the room'],
  completedTwice: ['every turn ends', 'completed twice'],
} as const satisfies Record<string, readonly [Promised, string]>;
type Kind = keyof typeof kinds;

/** What one client has heard of one room: the last seq, every id since it is in, and from where on it heard live. */
type Listening = { last: number; ids: Map<number, string>; live: number };

const mostExamples = 5;
const short = (id: string) => id.slice(0, 8);

export type Ledger = ReturnType<typeof openLedger>;

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';

/** The first line of a message's text says which one it is, for whoever reads the room at the end. */
export const textOf = ({ sender, messageId }: Sent): string => `${sender} ${messageId}`;

export function openLedger() {
  const found = new Map<Kind, { count: number; examples: string[] }>();
  const acks = new Map<string, { sent: Sent; ack: Ack }>();
  const listening = new Map<string, Listening>();
  const completed = new Map<string, Set<string>>();

  function report(kind: Kind, example: string): void {
    const entry = found.get(kind) ?? { count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < mostExamples) entry.examples.push(example);
    found.set(kind, entry);
  }

  const at = (client: string, room: string) => `${client} in ${room}`;

  return {
    acked(sent: Sent, ack: Ack): void {
      const key = `${sent.room} ${textOf(sent)}`;
      const before = acks.get(key)?.ack;
      if (before && (before.id !== ack.id || before.seq !== ack.seq))
        report(
          'disagreeing',
          `${sent.messageId}: seq ${before.seq} as ${short(before.id)}, then ${ack.seq} as ${short(ack.id)}`,
        );
      acks.set(key, { sent, ack });
    },

    /** From here on the client must hear all of the room after a seq; all after `live` as it happens, ends included. */
    entered: (client: string, room: string, after: number, live = after) =>
      void listening.set(at(client, room), { last: after, ids: new Map(), live }),
    left: (client: string, room: string) => void listening.delete(at(client, room)),
    isIn: (client: string, room: string) => listening.has(at(client, room)),
    lastHeard: (client: string, room: string) => listening.get(at(client, room))?.last,

    heard(client: string, room: string, { id, seq }: Pick<Heard, 'id' | 'seq'>): void {
      const where = at(client, room);
      const state = listening.get(where);
      if (!state) return;
      if (seq <= state.last) {
        const isSame = state.ids.has(seq) || seq === state.last;
        report(isSame ? 'doubledHeard' : 'unordered', `${where}: seq ${seq} after ${state.last}`);
        return;
      }
      if (seq > state.last + 1) report('gaps', `${where}: seq ${seq} right after ${state.last}`);
      state.last = seq;
      state.ids.set(seq, id);
    },

    completed(client: string, messageId: string): void {
      const by = completed.get(messageId) ?? new Set();
      if (by.has(client)) report('completedTwice', `${short(messageId)}, heard by ${client}`);
      completed.set(messageId, by.add(client));
    },
    hasCompleted: (messageId: string, client?: string) =>
      client === undefined ? completed.has(messageId) : completed.get(messageId)?.has(client) === true,

    /** Compares with what the rooms hold, oldest first, after everything has come to rest. */
    close(rooms: ReadonlyMap<string, readonly Heard[]>): Finding[] {
      for (const [room, history] of rooms) {
        const seen = new Map<string, Heard>();
        for (const [index, message] of history.entries()) {
          if (message.seq !== index + 1 && message.seq !== (history[index - 1]?.seq ?? 0) + 1)
            report('holes', `${room}: seq ${message.seq} after ${history[index - 1]?.seq ?? 0}`);
          const isAnswer = message.source === 'agent_response';
          const key = isAnswer ? `${message.senderId} to ${message.inReplyTo}` : firstLine(message.text);
          const before = seen.get(key);
          if (before)
            report(isAnswer ? 'answeredTwice' : 'doubled', `${room}: ${key}, as seq ${before.seq} and ${message.seq}`);
          seen.set(key, message);
          if (isAnswer) continue;
        }
        for (const { sent, ack } of acks.values()) {
          if (sent.room !== room) continue;
          const kept = seen.get(textOf(sent));
          if (!kept) report('lost', `${room}: ${textOf(sent)}, acknowledged as seq ${ack.seq}`);
          else if (kept.id !== ack.id || kept.seq !== ack.seq)
            report('moved', `${room}: ${textOf(sent)}, acknowledged as seq ${ack.seq}, kept as ${kept.seq}`);
        }
        const last = history.at(-1)?.seq ?? 0;
        const idBySeq = new Map(history.map(({ seq, id }) => [seq, id]));
        for (const [where, state] of listening) {
          if (!where.endsWith(` in ${room}`)) continue;
          if (state.last < last) report('gaps', `${where}: nothing after seq ${state.last} of ${last}`);
          for (const [seq, id] of state.ids)
            if (idBySeq.get(seq) !== id) report('changed', `${where}: seq ${seq} as ${short(id)}`);
          const client = where.slice(0, -` in ${room}`.length);
          for (const { id, seq, source } of history)
            if (source !== 'agent_response' && seq > state.live && !completed.get(id)?.has(client))
              report('unended', `${where}: seq ${seq}, ${short(id)}`);
        }
      }
      return Object.entries(kinds).map(([kind, [promise, what]]) => ({
        promise,
        what,
        ...(found.get(kind as Kind) ?? { count: 0, examples: [] }),
      }));
    },
  };
}
