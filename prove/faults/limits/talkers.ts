/** People who talk all the while, with stock clients that come back by themselves, and note what is acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { Random } from '../../hostile/packets/random.ts';
import { Ledger } from '../ledger.ts';
import type { Payload } from '../turn-server.ts';

/** How long a client waits for an acknowledgement before it sends the same again, and how often it does. */
const [patienceMs, mostTries] = [10_000, 8];

export type TalkersOptions = {
  url: string;
  random: Random;
  /** Each a room of its own, and the agent that is in it, if any. */
  agentIds: readonly (string | undefined)[];
  /** Longest time between two messages of one of them. */
  everyMs: number;
};

/** `at`: when it was sent; both in ms. */
export type Wait = { readonly at: number; readonly ms: number };

export type Talkers = Awaited<ReturnType<typeof startTalkers>>;

/** Resolves when all are in their rooms; they talk until they are stopped, or held up. */
export async function startTalkers({ url, random, agentIds, everyMs }: TalkersOptions) {
  const ledger = new Ledger();
  const waits: Wait[] = [];
  const all = agentIds.map((agentId, index) => createTalker(url, agentId, index));
  await Promise.all(all.map(({ enter }) => enter()));
  for (const [index, { roomId }] of all.entries()) if (agentIds[index]) ledger.agentRooms.add(roomId);
  let goesOn = true;
  const run = async ({ socket, roomId, index }: Talker) => {
    for (let n = 0; goesOn; n++) {
      const clientId = `${index} ${n}`;
      const began = performance.now();
      const ack = await say(socket, { roomId, text: `Hello, this is ${n}.`, messageId: clientId });
      if (ack === undefined) ledger.unanswered++;
      else ledger.note(roomId, clientId, ack);
      waits.push({ at: began, ms: performance.now() - began });
      await pause(random.int(everyMs));
    }
  };
  const running = all.map(run);
  const count = () => ({ resumed: sum(all, 'resumed'), anew: sum(all, 'anew') });
  return {
    ledger,
    rooms: all.map(({ roomId }) => roomId),
    /** How long was waited for what was sent after a time. */
    p99Since(time: number): number {
      const late = waits.filter(({ at }) => at >= time).map(({ ms }) => ms);
      return late.sort((a, b) => a - b)[Math.floor(0.99 * (late.length - 1))] ?? Number.NaN;
    },
    /** How often clients came back as who they were, and as nobody that is known. */
    count,
    /** Resolves with the first acknowledgement from now on. */
    async nextAck(): Promise<void> {
      for (const before = ledger.acked.length; ledger.acked.length === before; ) await pause(1);
    },
    /** Resolves when clients have come back so often, or the patience is over. */
    async until(areBack: (count: { resumed: number; anew: number }) => boolean, mostMs = 30_000): Promise<void> {
      const end = performance.now() + mostMs;
      while (!areBack(count()) && performance.now() < end) await pause(50);
    },
    /** Resolves when what was under way is acknowledged, and all that was said is heard. */
    async stop() {
      goesOn = false;
      await Promise.all(running);
    },
    /** Messages that some client did not hear, or heard twice or out of order; asked when nothing is under way. */
    countUnheard: () => all.reduce((missing, talker) => missing + talker.countUnheard(ledger), 0),
    close() {
      for (const { socket } of all) socket.close();
    },
  };
}

const sum = (all: readonly Talker[], of: 'resumed' | 'anew') => all.reduce((n, talker) => n + talker[of], 0);

type Talker = ReturnType<typeof createTalker>;

function createTalker(url: string, agentId: string | undefined, index: number) {
  const roomId = crypto.randomUUID();
  const auth = { entityId: crypto.randomUUID() };
  const socket = io(url, {
    forceNew: true,
    transports: ['websocket'],
    auth,
    reconnectionDelay: 200,
    reconnectionDelayMax: 1_000,
  });
  const heard = new Set<number>();
  let [last, wrong, times] = [0, 0, 0];
  socket.on('messageBroadcast', ({ roomId: where, seq }: Payload) => {
    if (where !== roomId) return;
    if (seq <= last) wrong++;
    last = seq;
    heard.add(seq);
  });
  const talker = {
    socket,
    roomId,
    index,
    resumed: 0,
    anew: 0,
    enter: async () => {
      const ack = await socket.timeout(patienceMs).emitWithAck('join', { roomId, ...(agentId && { agentId }) });
      if (!ack.ok) throw new Error(`a talker cannot enter: ${JSON.stringify(ack)}`);
    },
    /** Its own messages it hears of by their acknowledgements. */
    countUnheard({ acked }: Ledger): number {
      for (const entry of acked) if (entry.roomId === roomId) heard.add(entry.seq);
      const most = Math.max(0, ...heard);
      return most - heard.size + wrong;
    },
  };
  socket.on('connection_established', ({ resumed }: Payload) => {
    if (times++ === 0) return;
    if (resumed) talker.resumed++;
    else talker.anew++;
    // As a client does that is told that it is new: it enters again, from where it was.
    if (!resumed) socket.emit('join', { roomId, since: Math.max(0, ...heard) });
  });
  return talker;
}

/** Sends the same until it is answered; undefined where it never is. */
async function say(socket: Socket, message: object): Promise<unknown> {
  for (let tries = 0; tries < mostTries; tries++) {
    const ack = await socket
      .timeout(patienceMs)
      .emitWithAck('message', message)
      .catch(() => undefined);
    if (ack !== undefined) return ack;
  }
  return undefined;
}

/** Ids of the agents of a server, by name. */
export async function findAgents(url: string): Promise<Record<string, string>> {
  const socket = io(url, { forceNew: true, transports: ['websocket'], reconnection: false });
  const found = new Promise<Payload>((resolve) => socket.once('world-state', resolve));
  socket.emit('request-world-state', {});
  const { agents } = await found;
  socket.close();
  return Object.fromEntries(Object.values<Payload>(agents).map(({ name, id }) => [name, id]));
}
