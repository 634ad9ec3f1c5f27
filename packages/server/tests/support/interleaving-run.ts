/**
 * A run of interleavings: clients do what the steps say against a real server. When the steps are over it waits until all
 * is quiet, and gives what happened.
 */
import {
  ask,
  type Client,
  endStuckUpgrade,
  type Journal,
  lose,
  openClient,
  passThrough,
  waitForReturn,
  waitUntil,
} from './interleaving-client.ts';
import { type Ask, describeHistory, type Event, type History } from './interleaving-model.ts';

/** What a client does when it has asked for something: waits for the answer, goes on, or loses its connection. */
export type Next = 'wait' | 'go' | 'cut' | 'drop';
/** From where a join has the room replayed: not at all, from its beginning, or after the last that was heard. */
export type Since = 'none' | 'start' | 'heard';
export type Dialect = 'documented' | 'envelope' | 'numbered';

/**
 * One step of a run. `of` counts the sends in the room so far, round and round; `when` is now, or as soon as the client
 * hears something.
 */
export type Step =
  | { do: 'join'; client: number; room: number; since: Since; dialect: Dialect; next: Next }
  | { do: 'leave'; client: number; room: number; next: Next }
  | { do: 'send'; client: number; room: number; dialect: Dialect; next: Next }
  | { do: 'retry' | 'reuse'; client: number; room: number; of: number; dialect: Dialect; next: Next }
  | { do: 'cut' | 'drop'; client: number; when: 'now' | 'heard' }
  | { do: 'return'; client: number }
  | { do: 'pass'; turns: number }
  | { do: 'restart'; wait: boolean };
type AskStep = Extract<Step, { next: Next }>;

/** The server that all runs share. */
export type Target = { readonly url: string; readonly agentId: string; restart(): Promise<void> };

type Message = NonNullable<Ask['message']>;
type Run = Journal & {
  readonly target: Target;
  readonly sent: { room: number; message: Message }[];
  /** What was asked, waited for or not. */
  readonly asked: Promise<void>[];
  restarting: Promise<void>;
};

/** WebSocket, long-polling, and one that changes over; the last one has no id of its own until it first uses one. */
const transports = [['websocket'], ['polling'], ['polling', 'websocket'], ['websocket']];
export const clientCount = transports.length;
/** The last one has an agent. */
export const roomCount = 3;

/** Does the steps, waits until all is quiet, and gives what happened. */
export async function runSteps(target: Target, steps: readonly Step[]): Promise<History> {
  const rooms = Array.from({ length: roomCount }, () => crypto.randomUUID());
  const journal: Journal = {
    url: target.url,
    rooms,
    asks: [],
    events: [],
    clients: [],
    looking: new Set(),
    dropped: new Map(),
    time: 0,
  };
  const run: Run = { ...journal, target, sent: [], asked: [], restarting: Promise.resolve() };
  try {
    for (const [index, names] of transports.entries()) openClient(run, names, index === transports.length - 1);
    await inviteAgent(run);
    for (const step of steps) await doStep(run, step);
    return await comeToRest(run);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${describeHistory(run)}`, { cause: error });
  } finally {
    for (const { socket } of run.clients) socket.close();
    for (const end of run.dropped.values()) end();
    await run.restarting;
  }
}

async function inviteAgent(run: Run): Promise<void> {
  const [client] = run.clients as [Client];
  const roomId = run.rooms.at(-1) as string;
  await ask(run, client, ['join', { roomId, agentId: run.target.agentId }], { kind: 'join', roomId });
  await ask(run, client, ['leave', { roomId }], { kind: 'leave', roomId });
}

async function doStep(run: Run, step: Step): Promise<void> {
  if (step.do === 'restart') {
    run.restarting = restart(run);
    return step.wait ? run.restarting : undefined;
  }
  if (step.do === 'pass') {
    for (let turn = 0; turn < step.turns; turn++) await new Promise(setImmediate);
    return;
  }
  const client = run.clients[step.client] as Client;
  if (step.do === 'return') return waitForReturn(run, client);
  if ('next' in step) {
    const answered = doAsk(run, client, step);
    run.asked.push(answered);
    // Whether it was answered is looked at in the end.
    answered.catch(() => {});
    if (step.next === 'wait') await answered;
    else if (step.next !== 'go') lose(run, client, step.next);
  } else if (step.when === 'now') lose(run, client, step.do);
  else client.loses = step.do;
}

async function restart({ target, clients }: Run): Promise<void> {
  const engines = clients.map(({ socket }) => socket.io.engine);
  await target.restart();
  engines.forEach(endStuckUpgrade);
}

async function doAsk(run: Run, client: Client, step: AskStep): Promise<void> {
  const { room } = step;
  const roomId = run.rooms[room] as string;
  if (step.do === 'join') return join(run, client, roomId, step);
  if (step.do === 'leave') return ask(run, client, ['leave', { roomId }], { kind: 'leave', roomId });
  const sent = run.sent.filter((one) => one.room === room).map(({ message }) => message);
  if (step.do === 'send') {
    const clientMessageId = `m${sent.filter(({ senderId }) => senderId === client.id).length + 1}`;
    const message = { senderId: client.id, clientMessageId, text: `${client.index}:${clientMessageId}` };
    run.sent.push({ room, message });
    return send(run, client, roomId, message, step.dialect);
  }
  const earlier = sent[step.of % sent.length];
  if (!earlier) return;
  const text = step.do === 'reuse' ? `${earlier.text} otherwise` : earlier.text;
  return send(run, client, roomId, { ...earlier, text }, step.dialect);
}

function join(run: Run, client: Client, roomId: string, { since: from, dialect }: AskStep & { do: 'join' }) {
  const entityId = client.isProvisional ? client.id : undefined;
  // Only the documented dialect knows how to ask for what was missed.
  if (from === 'none' && dialect !== 'documented')
    return ask(run, client, spell(1, dialect, { channelId: roomId, entityId }), { kind: 'join', roomId });
  const heard = run.events.flatMap((event) =>
    event.client === client.index && event.what === 'heard' && event.payload.roomId === roomId ? event.payload.seq : [],
  );
  const since = { none: undefined, start: 0, heard: Math.max(0, ...heard) }[from];
  return ask(run, client, ['join', { roomId, userId: entityId, since }], { kind: 'join', roomId, since });
}

function send(run: Run, client: Client, roomId: string, message: Message, dialect: Dialect): Promise<void> {
  const { clientMessageId: messageId, text } = message;
  const senderId = message.senderId === client.id && !client.isProvisional ? undefined : message.senderId;
  const spelled: [string, unknown] =
    dialect === 'documented'
      ? ['message', { roomId, text, messageId, userId: senderId }]
      : spell(2, dialect, { channelId: roomId, message: text, messageId, senderId });
  return ask(run, client, spelled, { kind: 'send', roomId, message });
}

const spell = (type: number, dialect: Dialect, payload: unknown): [string, unknown] =>
  dialect === 'numbered' ? [String(type), payload] : ['message', { type, payload }];

/** Waits until everything is said and heard; then all lose their connections once more, and must be where they were. */
async function comeToRest(run: Run): Promise<History> {
  await run.restarting;
  const clients = [...run.clients];
  await Promise.all(run.asked);
  for (const client of clients) client.loses = undefined;
  const passAll = () => Promise.all(clients.map((client) => passThrough(run, client)));
  await passAll();
  const reader = openClient(run, ['websocket']);
  for (const roomId of run.rooms)
    await ask(run, reader, ['join', { roomId, since: 0 }], { kind: 'join', roomId, since: 0 });
  const ends = await probe(run, reader);
  await passAll();
  const rests = [{ at: run.time, ends }];
  for (const client of clients) lose(run, client, client.index % 2 === 0 ? 'cut' : 'drop');
  await probe(run, reader);
  for (const client of clients) await waitForReturn(run, client);
  const lastEnds = await probe(run, reader);
  await passAll();
  rests.push({ at: run.time, ends: lastEnds });
  return { asks: run.asks, events: run.events, rooms: run.rooms, reader: reader.index, rests };
}

/** The reader says something in every room, and waits for all that it causes; gives the `seq` of each. */
async function probe(run: Run, reader: Client): Promise<number[]> {
  const said = run.rooms.map((_, room) =>
    doStep(run, { do: 'send', client: reader.index, room, dialect: 'documented', next: 'wait' }),
  );
  await Promise.all(said);
  const probes = run.asks.slice(-run.rooms.length).map(({ answer }) => answer?.payload);
  const isEnd = (id: string) => (event: Event) =>
    event.client === reader.index && event.what === 'completed' && event.payload.messageId === id;
  await waitUntil(run, 'the probes have ended', () => probes.every((one) => run.events.some(isEnd(one.messageId))));
  return probes.map(({ seq }) => seq);
}
