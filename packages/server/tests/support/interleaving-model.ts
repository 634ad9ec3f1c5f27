/**
 * What happened in a run of interleavings: all that clients asked, were answered and heard, in one order, and what follows
 * from it for who was in which room when. It knows nothing of sockets; interleaving-promises.ts judges by it.
 */
import type { Payload } from './stock-client.ts';

/** Something a client asked for. Times count the happenings of the run: whatever came first has the smaller one. */
export type Ask = {
  kind: 'join' | 'leave' | 'send';
  client: number;
  roomId: string;
  /** Of a join: from where to replay. */
  since?: number;
  /** Of a send: whose message it is, and what it says. */
  message?: { senderId: string; clientMessageId: string; text: string };
  at: number;
  /** On which connection of the client it goes out: 1, 2, 3… */
  connection: number;
  /** None when the connection went first. */
  answer?: { at: number; payload: Payload };
};

/** Something that came to a client. */
export type Event = { client: number; at: number } & (
  | { what: 'connected'; connection: number; resumed: boolean; recovered: boolean }
  | { what: 'cut'; reason: string }
  | { what: 'heard' | 'acked' | 'completed'; payload: Payload }
  | { what: 'answered'; ask: Ask }
);

export type History = {
  asks: Ask[];
  events: Event[];
  rooms: readonly string[];
  /** The client that read every room from its beginning, at the end. */
  reader: number;
  /** When all was quiet: each client had been sent everything up to this `seq` of each room, and its ends. */
  rests: { at: number; ends: number[] }[];
};

/** What is sure of a client and a room: `since` when, and when was asked what may have brought it in. */
type Standing = { is: 'in' | 'out' | 'maybe'; since: number; enteredAt: number };

export type Heard = { at: number; payload: Payload };

const out: Standing = { is: 'out', since: 0, enteredAt: 0 };

/** Answered, and not refused. */
export const isOk = ({ answer }: Ask): boolean => answer?.payload.ok === true;

/** What came of a room, in the order in which it came. */
export const listHeard = ({ events }: History, client: number, roomId: string): Heard[] =>
  events.flatMap((event) =>
    event.what === 'heard' && event.client === client && event.payload.roomId === roomId ? [event] : [],
  );

/** What was heard when it was said, or missed and made up for; not what a join replayed. */
export const listLive = (history: History, client: number, roomId: string): Heard[] =>
  listHeard(history, client, roomId).filter(({ payload }) => !payload.replay);

/** Who asked to say what was heard: one, or several where it was tried again; nobody where an agent said it. */
export const listTries = ({ asks }: History, { roomId, senderId, text }: Payload): Ask[] =>
  asks.filter(
    ({ roomId: where, message }) => where === roomId && message?.senderId === senderId && message?.text === text,
  );

/** The time until which a message was surely not said. */
export const saidAfter = (history: History, payload: Payload): number =>
  Math.min(...listTries(history, payload).map(({ at }) => at));
/** The time from which a message was surely said. */
export const saidBefore = (history: History, payload: Payload): number =>
  Math.min(...listTries(history, payload).flatMap((ask) => (isOk(ask) ? (ask.answer?.at ?? []) : [])));

/** What is sure at a time of a client in a room, from what it had asked and what it had been answered by then. */
export function standAt({ asks, events }: History, client: number, roomId: string, time: number): Standing {
  const afresh = events.flatMap((event) =>
    event.what === 'connected' && event.client === client && !event.resumed && event.at <= time
      ? [event.connection]
      : [],
  );
  const all = asks.filter((ask) => ask.client === client && ask.roomId === roomId && ask.at <= time);
  let connection = 0;
  let standing = out;
  const reach = (next: number) => {
    if (afresh.some((one) => one > connection && one <= next)) standing = out;
    connection = next;
  };
  // In the order in which they were asked: that is how a server handles what comes on one connection.
  for (const ask of all) {
    reach(ask.connection);
    standing = applyAsk(standing, ask, time);
  }
  reach(Number.POSITIVE_INFINITY);
  return standing;
}

function applyAsk(standing: Standing, ask: Ask, time: number): Standing {
  const { is, since, enteredAt } = standing;
  const answer = ask.answer && ask.answer.at <= time ? ask.answer : undefined;
  const opened = is === 'out' ? ask.at : enteredAt;
  // A send that was refused may have brought its sender in, as one that was not would have.
  if (answer?.payload.ok === false && is !== 'out') return standing;
  if (answer?.payload.ok === false) return { is: 'maybe', since: answer.at, enteredAt: opened };
  if (answer && ask.kind === 'leave') return { ...out, since: answer.at };
  if (answer) return { is: 'in', since: is === 'in' ? Math.min(since, answer.at) : answer.at, enteredAt: opened };
  const isUnsure = ask.kind === 'leave' ? is === 'in' : is === 'out';
  return isUnsure ? { is: 'maybe', since: ask.at, enteredAt: opened } : standing;
}

/** Whether the client was surely in the room all the time between. */
export function isInThroughout(history: History, client: number, roomId: string, from: number, to: number): boolean {
  const standing = standAt(history, client, roomId, to);
  return standing.is === 'in' && standing.since <= from;
}

/** What is stored of a room: what the reader read, and heard later. */
export const listStored = (history: History, roomId: string): Payload[] =>
  listHeard(history, history.reader, roomId).map(({ payload }) => payload);

/** What happened, a line each. */
export function describeHistory({ events, asks, rooms }: Pick<History, 'events' | 'asks' | 'rooms'>): string {
  const room = (roomId: string) => `room ${rooms.indexOf(roomId)}`;
  const asked = asks.map(({ at, client, kind, roomId, since, message, connection }) => {
    const what = [kind, room(roomId), message?.text, since === undefined ? undefined : `since ${since}`];
    return { at, line: `${client} asks: ${what.filter(Boolean).join(' ')} (connection ${connection})` };
  });
  const came = events.map((event) => ({ at: event.at, line: `${event.client} ${describeEvent(event, room)}` }));
  return [...asked, ...came]
    .sort((a, b) => a.at - b.at)
    .map(({ at, line }) => `  ${at}. client ${line}`)
    .join('\n');
}

function describeEvent(event: Event, room: (id: string) => string): string {
  if (event.what === 'connected') return `is connected (${event.connection}), resumed ${event.resumed}`;
  if (event.what === 'cut') return `lost its connection: ${event.reason}`;
  if (event.what === 'answered') {
    const { kind, roomId, message, answer } = event.ask;
    const { ok, seq, details } = answer?.payload ?? {};
    return `is answered: ${kind} ${room(roomId)} ${message?.text ?? ''} ${ok ? `ok #${seq ?? ''}` : details?.code}`;
  }
  const { roomId, seq, text, replay, messageId } = event.payload;
  if (event.what === 'heard') return `heard ${room(roomId)} #${seq} ${text}${replay ? ' (replayed)' : ''}`;
  return `${event.what} ${room(roomId)} ${messageId}`;
}
