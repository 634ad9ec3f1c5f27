/**
 * All that is large at one time on a heap of 128 MB: long messages to readers of which half do not read, streams that nobody
 * reads, whole histories asked for by many, turns that wait. The server lives, and what it acknowledged is there.
 */
import type { Socket as TcpSocket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../hostile/packets/random.ts';
import { LeanSocket, readAck } from '../lean-socket.ts';
import { audit, judge, type Ledger, waitForTurns } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { openStuck } from '../readers/stuck-streams.ts';
import { openTurnServer, type Talk } from '../turn-server.ts';
import { describeSeen, watchOthers } from '../watch.ts';
import { findAgents, startTalkers } from './talkers.ts';

const heapMb = 128;
/** Thirty of the readers do not read, and would have 160 MB waiting for them. */
const [readers, rooms, messages, bytes] = [60, 6, 60, 90_000];
const [streams, histories, waiting] = [20, 20, 120];
/** What is beside the heap is bounded too: 318 MB were seen on a quiet machine. And how long others wait at p99, in ms. */
const [mostRssMb, mostP99Ms] = [600, 3_000];
/** How long readers that did not read have to hear the rest, in ms. */
const mostBackMs = 40_000;

export async function proveScarceHeap({ seed, progress }: MissionOptions): Promise<Mission[]> {
  const server = await openTurnServer({
    NODE_OPTIONS: `--max-old-space-size=${heapMb}`,
    REST_REQUESTS_PER_MINUTE: '0',
    TURN_TIMEOUT_MS: '4000',
  });
  server.slow.script(...Array.from({ length: waiting }, () => ({ kind: 'hang' as const })));
  const stuck: TcpSocket[] = [];
  try {
    await server.start();
    const { url, pid } = server;
    const ids = await findAgents(url);
    const agentIds = [ids.Eliza, undefined, ids.Eliza, undefined];
    const talkers = await startTalkers({ url, random: createRandom(seed, 24), agentIds, everyMs: 100 });
    const { ledger } = talkers;
    const roomIds = Array.from({ length: rooms }, () => crypto.randomUUID() as string);
    const readersOf = await enterAll(url, roomIds);
    for (let n = 0; n < streams; n++) stuck.push(await openStuck(url, roomIds[n % rooms] as string, undefined));
    const others = await watchOthers({ url, pid });
    progress(`${waiting} turns wait, and ${rooms * messages} messages of ${bytes / 1_000} kB are said`);
    const crowd = await server.connect();
    await Promise.all([makeWait(crowd, ledger), speak(url, roomIds, ledger)]);
    progress('whole histories are asked for, by some who do not read them');
    const answered = await askForAll(url, roomIds, stuck);
    progress('all read again');
    const whole = await readOn(url, readersOf);
    const haveEnded = await waitForTurns(server.dataDir, 60_000);
    const seen = await others.stop();
    await talkers.stop();
    const [unheard, isSame] = [talkers.countUnheard(), server.isAlive() && server.pid === pid];
    const verdict = judge(ledger, audit(server.dataDir, ledger));
    talkers.close();
    crowd.socket.close();
    for (const { socket } of readersOf) socket.cut();
    return [
      {
        name: `a heap of ${heapMb} MB, and much that is large at one time`,
        holds:
          verdict.holds &&
          haveEnded &&
          isSame &&
          unheard === 0 &&
          whole === readers &&
          seen.p99 < mostP99Ms &&
          seen.rssMb < mostRssMb,
        figures:
          `${isSame ? 'alive, not restarted' : `**dead**: ${server.output().slice(-300)}`}; ${whole} of ${readers} readers have heard all, half of them after they had not read; ` +
          `${answered} histories of ${histories} whole or with a typed refusal; ${describeSeen(seen)} (p99 < ${mostP99Ms}, RSS < ${mostRssMb} MB); ${verdict.figures}; unheard ${unheard}`,
      },
    ];
  } finally {
    for (const tcp of stuck) tcp.destroy();
    await server.close();
  }
}

type Reader = { socket: LeanSocket; roomId: string };

/** Every second one reads nothing any more. */
async function enterAll(url: string, roomIds: readonly string[]): Promise<Reader[]> {
  const all: Reader[] = [];
  for (let n = 0; n < readers; n++) {
    const socket = new LeanSocket(crypto.randomUUID());
    await socket.open(url);
    const roomId = roomIds[n % rooms] as string;
    await socket.ask('join', { roomId });
    if (n % 12 >= 6) socket.pause();
    all.push({ socket, roomId });
  }
  return all;
}

async function speak(url: string, roomIds: readonly string[], ledger: Ledger): Promise<void> {
  const speaker = new LeanSocket(crypto.randomUUID());
  await speaker.open(url);
  const text = 'x'.repeat(bytes);
  for (let n = 0; n < messages; n++)
    for (const roomId of roomIds) {
      const clientId = `speaker ${n}`;
      const ack = await Promise.race([speaker.ask('message', { roomId, text, messageId: clientId }), speaker.ended]);
      if (!ack) throw new Error('the speaker was cut off');
      ledger.note(roomId, clientId, readAck(ack));
    }
  speaker.cut();
}

async function makeWait(crowd: Talk, ledger: Ledger): Promise<void> {
  const ask = async (n: number) => {
    const roomId = crowd.enter(n % 2 === 0 ? 'Hannah' : 'Henry');
    ledger.note(roomId, 'one', await crowd.ask('message', { roomId, text: 'Hello', messageId: 'one' }));
  };
  await Promise.all(Array.from({ length: waiting }, (_, n) => ask(n)));
}

/** Over sockets and over HTTP; how many of those who read were answered. `stuck` gets those who do not. */
async function askForAll(url: string, roomIds: readonly string[], stuck: TcpSocket[]): Promise<number> {
  const ask = async (n: number): Promise<number> => {
    const roomId = roomIds[n % rooms] as string;
    if (n % 4 === 3) {
      stuck.push(await openStuck(url, roomId, '0'));
      return 1;
    }
    if (n % 2 === 0) {
      const answer = await fetch(`${url}/api/messaging/channels/${roomId}/messages?limit=200`);
      await answer.text();
      return answer.ok || answer.status === 503 ? 1 : 0;
    }
    const socket = new LeanSocket(crypto.randomUUID());
    await socket.open(url);
    const ack = await Promise.race([socket.ask('join', { roomId, since: 0 }), socket.ended, pause(30_000)]);
    const isWhole = socket.outOfOrder === 0 && socket.lastSeq === messages;
    socket.cut();
    return ack?.includes('"ok":true') && isWhole ? 1 : 0;
  };
  const answers = await Promise.all(Array.from({ length: histories }, (_, n) => ask(n)));
  return answers.reduce((sum, answer) => sum + answer, 0);
}

/** They read on; who was cut off comes back, and asks for the rest. How many have heard all, once and in order. */
async function readOn(url: string, all: readonly Reader[]): Promise<number> {
  const end = performance.now() + mostBackMs;
  const read = async ({ socket, roomId }: Reader) => {
    socket.pause(false);
    while (socket.lastSeq < messages && performance.now() < end) {
      await pause(100);
      if (socket.isOpen) continue;
      const isIn = await socket.open(url).then(
        () => true,
        () => false,
      );
      if (isIn && !socket.isResumed) void socket.ask('join', { roomId, since: socket.lastSeq });
    }
    return socket.lastSeq === messages && socket.outOfOrder === 0;
  };
  const whole = await Promise.all(all.map(read));
  return whole.filter((isWhole) => isWhole).length;
}
