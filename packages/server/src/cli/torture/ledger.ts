/**
 * The ledger of a run: what clients saw, and what it says about the promises. It knows nothing of the server: only what
 * was sent, acknowledged and heard, and what the rooms hold at the end.
 */
import { openPlaces } from './places.ts';

export type Promised = 'acked is durable' | 'order' | 'once' | 'resume' | 'every turn ends';
export type Finding = { kind: string; promise: Promised; what: string; count: number; examples: string[] };

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
  /** Of one that has changed, such as the card of an action that has ended: it comes again, with its seq. */
  updatedAt?: number;
};

/** Every finding, in the order of the table at the end. */
const kinds = {
  lost: ['acked is durable', 'acknowledged, but not in the room'],
  moved: ['acked is durable', 'acknowledged with a different id or seq than in the room'],
  toldAndLost: ['acked is durable', 'received, but not in the room'],
  holes: ['order', 'gaps in the seq of a room'],
  unordered: ['order', 'received after a later message'],
  doubled: ['once', 'stored twice'],
  answeredTwice: ['once', 'answered twice by the same agent'],
  doubledHeard: ['once', 'received twice'],
  disagreeing: ['once', 'two different acknowledgements'],
  gaps: ['resume', 'never received by a client in the room'],
  endsMissed: ['resume', 'messageComplete never received by a client in the room'],
  changed: ['resume', 'received with a different seq than in the room'],
  begunAnew: ['resume', 'returned as a new client although it had missed little'],
  unended: ['every turn ends', 'accepted, but never completed'],
  completedTwice: ['every turn ends', 'completed twice'],
} as const satisfies Record<string, readonly [Promised, string]>;
export type Kind = keyof typeof kinds;

/** What may still come, while a run has not come to rest. */
export const pendingKinds: ReadonlySet<string> = new Set(['gaps', 'endsMissed', 'unended']);

/** What one client hears of one room since it is in: the seq from which on it is told everything, the last one, every id. */
type Listening = { client: string; room: string; from: number; last: number; ids: Map<number, string> };

type Found = Map<Kind, { count: number; examples: string[] }>;

const mostExamples = 5;
/** Messages that a client may miss, at most, and still has to be resumed. */
const little = 2_000;
const short = (id: string) => id.slice(0, 8);
const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';

/** What an agent's own messages have as their source: nobody owes them an answer. */
const ofAgents: ReadonlySet<string> = new Set(['agent_response', 'agent_action']);
export const isOfAgent = ({ source }: Pick<Heard, 'source'>): boolean => ofAgents.has(source);

/** The first line of a message's text says which one it is, for whoever reads the room at the end. */
export const textOf = ({ sender, messageId }: Sent): string => `${sender} ${messageId}`;

export type Ledger = ReturnType<typeof openLedger>;

export function openLedger() {
  const seen: Found = new Map();
  const acks = new Map<string, { sent: Sent; ack: Ack }>();
  const listening = new Map<string, Listening>();
  const completed = new Map<string, Set<string>>();
  const places = openPlaces();
  const at = (client: string, room: string) => `${client} in ${room}`;

  return {
    /** A message has come on the wire, whatever becomes of it then. */
    told: places.heard,
    placed: places.placed,
    cutOff: places.cutOff,
    countAgain: places.countAgain,

    acked(sent: Sent, ack: Ack): void {
      const key = `${sent.room} ${textOf(sent)}`;
      const before = acks.get(key)?.ack;
      const isOther = before && (before.id !== ack.id || before.seq !== ack.seq);
      if (isOther) report(seen, 'disagreeing', `${sent.messageId}: ${describe(before)}, then ${describe(ack)}`);
      if (!before) acks.set(key, { sent, ack });
    },

    /** From here on the client must hear all of the room after a seq. */
    entered(client: string, room: string, after: number): void {
      const where = at(client, room);
      const ids = listening.get(where)?.ids ?? new Map();
      listening.set(where, { client, room, from: after, last: after, ids });
    },
    left: (client: string, room: string) => void listening.delete(at(client, room)),
    isIn: (client: string, room: string) => listening.has(at(client, room)),
    lastHeard: (client: string, room: string) => listening.get(at(client, room))?.last,

    /**
     * It came back as a new client, and is in its rooms again: messages after what it last heard (`since`) are replayed
     * to it, completions are not. `upTo` is the last seq of each room when it joined.
     */
    begunAnew(client: string, since: ReadonlyMap<string, number>, upTo: ReadonlyMap<string, number>): void {
      let missed = 0;
      for (const [room, seq] of upTo) {
        missed += seq - (since.get(room) ?? 0);
        const state = listening.get(at(client, room));
        if (state) state.from = seq;
      }
      if (missed <= little) report(seen, 'begunAnew', `${client}, after ${missed} messages`);
    },

    heard(client: string, room: string, { id, seq, updatedAt }: Pick<Heard, 'id' | 'seq' | 'updatedAt'>): void {
      const where = at(client, room);
      const state = listening.get(where);
      if (!state) return;
      if (seq <= state.last) {
        if (updatedAt !== undefined) return;
        const isSame = (state.ids.get(seq) ?? (seq === state.last && id)) === id;
        if (isSame && places.takeAgain(client, id)) return;
        report(seen, isSame ? 'doubledHeard' : 'unordered', `${where}: seq ${seq} after ${state.last}`);
        return;
      }
      if (seq > state.last + 1) report(seen, 'gaps', `${where}: seq ${seq} right after ${state.last}`);
      state.last = seq;
      state.ids.set(seq, id);
    },

    completed(client: string, messageId: string): void {
      const by = completed.get(messageId) ?? new Set();
      const what = `end of ${messageId}`;
      places.heard(client, what);
      if (by.has(client) && !places.takeAgain(client, what))
        report(seen, 'completedTwice', `${short(messageId)}, heard by ${client}`);
      completed.set(messageId, by.add(client));
    },
    hasCompleted: (messageId: string) => completed.has(messageId),

    /** Compares with what the rooms hold, oldest first. May be asked again: it changes nothing. */
    judge(rooms: ReadonlyMap<string, readonly Heard[]>): Finding[] {
      const found: Found = new Map(
        [...seen].map(([kind, { count, examples }]) => [kind, { count, examples: [...examples] }]),
      );
      for (const [room, history] of rooms) {
        const kept = readHistory(found, room, history);
        for (const { sent, ack } of acks.values()) if (sent.room === room) checkAck(found, sent, ack, kept);
        const here = [...listening.values()].filter((state) => state.room === room);
        for (const state of here) checkListening(found, state, history);
        for (const { id, seq, source } of history) {
          if (isOfAgent({ source })) continue;
          const by = completed.get(id);
          for (const { client } of here.filter(({ from }) => seq > from)) {
            if (by === undefined) {
              // Once for a question, however many wait for its end.
              report(found, 'unended', `${room}: seq ${seq}, ${short(id)}`);
              break;
            }
            if (!by.has(client)) report(found, 'endsMissed', `${at(client, room)}: of seq ${seq}, ${short(id)}`);
          }
        }
      }
      return Object.entries(kinds).map(([kind, [promise, what]]) => ({
        kind: kind as Kind,
        promise,
        what,
        ...(found.get(kind as Kind) ?? { count: 0, examples: [] }),
      }));
    },
  };
}

const describe = ({ seq, id }: Ack) => `seq ${seq} as ${short(id)}`;

function report(found: Found, kind: Kind, example: string): void {
  const entry = found.get(kind) ?? { count: 0, examples: [] };
  entry.count += 1;
  if (entry.examples.length < mostExamples) entry.examples.push(example);
  found.set(kind, entry);
}

/** What a room holds, each message by the name that its sender gave it, each answer by its agent and question. */
function readHistory(found: Found, room: string, history: readonly Heard[]): Map<string, Heard> {
  const kept = new Map<string, Heard>();
  let last = 0;
  for (const message of history) {
    if (message.seq !== last + 1) report(found, 'holes', `${room}: seq ${message.seq} after ${last}`);
    last = message.seq;
    const isAnswer = isOfAgent(message);
    const key = isAnswer ? nameOfAnswer(message) : firstLine(message.text);
    const before = kept.get(key);
    if (before)
      report(found, isAnswer ? 'answeredTwice' : 'doubled', `${room}: ${key}, as seq ${before.seq} and ${message.seq}`);
    else kept.set(key, message);
  }
  return kept;
}

/** What an agent says besides its answer may be the same twice, unless it names the question (`{id}` in `--ask`). */
function nameOfAnswer({ id, senderId, inReplyTo, text }: Heard): string {
  if (inReplyTo !== null) return `${senderId} to ${inReplyTo}`;
  return /\bclient \d+-\d+/.test(text) ? `${senderId} says ${text}` : id;
}

function checkAck(found: Found, sent: Sent, ack: Ack, kept: ReadonlyMap<string, Heard>): void {
  const message = kept.get(textOf(sent));
  const what = `${sent.room}: ${textOf(sent)}, acknowledged as ${describe(ack)}`;
  if (!message) report(found, 'lost', what);
  else if (message.id !== ack.id || message.seq !== ack.seq)
    report(found, 'moved', `${what}, kept as ${describe(message)}`);
}

function checkListening(found: Found, { client, room, last, ids }: Listening, history: readonly Heard[]): void {
  const end = history.at(-1)?.seq ?? 0;
  if (last < end) report(found, 'gaps', `${client} in ${room}: nothing after seq ${last} of ${end}`);
  const seqById = new Map(history.map(({ seq, id }) => [id, seq]));
  for (const [seq, id] of ids) {
    const keptAs = seqById.get(id);
    if (keptAs === seq) continue;
    const what = `${client} in ${room}: ${describe({ seq, id })}`;
    if (keptAs === undefined) report(found, 'toldAndLost', what);
    else report(found, 'changed', `${what}, kept as seq ${keptAs}`);
  }
}
