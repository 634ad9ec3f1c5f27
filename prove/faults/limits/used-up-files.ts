/** All descriptors of files and connections are used up while people talk: they are served on, and others when some are free again. */
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import type { Socket as TcpSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { createRandom } from '../../hostile/packets/random.ts';
import { LeanSocket } from '../lean-socket.ts';
import { audit, judge, waitForTurns } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer } from '../turn-server.ts';
import { fetchStatus, openTcp, request, uploadTo } from './bare-requests.ts';
import { findAgents, startTalkers } from './talkers.ts';

/** Descriptors of the server; people who talk all the while; how long all of them are used up, in ms. */
const [files, people, fullMs] = [200, 10, 8_000];
/** Connections that are tried at one time, and how long each is waited for, in ms. */
const [atOnce, triedMs] = [20, 2_000];
/** New clients are in so soon after descriptors are free, in ms: nothing has to be waited for, but the machine may be busy. */
const mostInMs = 5_000;
/** Requests over HTTP may be refused so, when there is none for the file or the code that they need. */
const refusals = [500, 503, 507];

export async function proveUsedUpFiles({ seed, progress }: MissionOptions): Promise<Mission[]> {
  const server = await openTurnServer({ ELIZAD_CHARACTERS: '', REST_REQUESTS_PER_MINUTE: '0' }, undefined, files);
  try {
    moveToFolder(server.dir);
    await server.start();
    const { url, pid } = server;
    const ids = await findAgents(url);
    const agentIds = Array.from({ length: people }, (_, n) => (n % 2 === 0 ? ids.Fern : undefined));
    const talkers = await startTalkers({ url, random: createRandom(seed, 21), agentIds, everyMs: 60 });
    // There before; they ask nothing as long as they can, so that what answers them is not even loaded.
    const early = await Promise.all([openTcp(url), openTcp(url), openTcp(url)]);
    const late = await visit(url, ids.Quinn);
    progress('all descriptors are used up');
    const crowd = await fill(url);
    const before = talkers.ledger.acked.length;
    const during = fullRound(url, early, late);
    const end = performance.now() + fullMs;
    let refused = 0;
    while (performance.now() < end) {
      const more = await tryToEnter(url);
      if (more) crowd.push(more);
      else refused++;
      await pause(100);
    }
    const acked = talkers.ledger.acked.length - before;
    const answers = await during;
    progress('and free again');
    for (const socket of crowd) socket.cut();
    const inMs = await enterAll(url);
    const [ready, upload] = [await fetchStatus(`${url}/readyz`), await uploadTo(url, talkers.rooms[0] as string)];
    const asked = await late.ask();
    await talkers.stop();
    const haveEnded = await waitForTurns(server.dataDir, 60_000);
    const isSame = server.isAlive() && server.pid === pid;
    const verdict = judge(talkers.ledger, audit(server.dataDir, talkers.ledger), ['storage-failed']);
    const unheard = talkers.countUnheard();
    for (const socket of early) socket.destroy();
    talkers.close();
    late.close();
    const areTyped = answers.statuses.every((status) => status === 200 || refusals.includes(status));
    return [
      {
        name: `${files} descriptors used up for ${fullMs / 1_000} s, and free again`,
        holds:
          verdict.holds &&
          haveEnded &&
          isSame &&
          unheard === 0 &&
          areTyped &&
          crowd.length > files / 2 &&
          refused > 0 &&
          acked > 0 &&
          inMs < mostInMs &&
          ready === 200 &&
          upload === 200 &&
          answers.outcome !== 'none' &&
          asked === 'answered',
        figures:
          `${crowd.length} connections beside the ${people}, then ${refused} refused; ${acked} acked meanwhile; HTTP over connections that were there ${answers.statuses.join(', ')}; ` +
          `a model asked first meanwhile: ${answers.outcome}, afterwards ${asked}; 10 new clients in after ${inMs.toFixed(0)} ms (< ${mostInMs}), /readyz ${ready}, upload ${upload}, ` +
          `${isSame ? 'not restarted' : '**restarted**'}; ${verdict.figures}; unheard ${unheard}`,
      },
    ];
  } finally {
    await server.close();
  }
}

/** The agents are those of a folder, which is looked at all the time: they must not go where it cannot be looked at. */
function moveToFolder(dir: string): void {
  const fern = { name: 'Fern', bio: ['Not built in.'], settings: { model: 'eliza', memory: false } };
  writeFileSync(join(dir, 'Fern.json'), JSON.stringify(fern));
  mkdirSync(join(dir, 'characters'));
  for (const name of readdirSync(dir).filter((name) => name.endsWith('.json')))
    renameSync(join(dir, name), join(dir, 'characters', name));
}

/** What needs a descriptor, or code that is not loaded, while there is none. */
async function fullRound(url: string, early: readonly TcpSocket[], late: Visitor) {
  const { host } = new URL(url);
  const get = `GET /api/agents HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const body =
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nHello.\r\n--b--\r\n';
  const upload =
    `POST /api/messaging/channels/${late.roomId}/upload-media HTTP/1.1\r\nHost: ${host}\r\n` +
    `Content-Type: multipart/form-data; boundary=b\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const statuses: number[] = [];
  const requests = [get, upload, get];
  for (const [index, socket] of early.entries()) statuses.push(await request(socket, requests[index] as string));
  return { statuses, outcome: await late.ask() };
}

/** Connections until a whole round of them is not accepted. */
async function fill(url: string): Promise<LeanSocket[]> {
  const crowd: LeanSocket[] = [];
  for (let more = 1; more > 0; ) {
    const round = await Promise.all(Array.from({ length: atOnce }, () => tryToEnter(url)));
    const sockets = round.filter((socket) => socket !== undefined);
    more = sockets.length;
    crowd.push(...sockets);
  }
  return crowd;
}

async function tryToEnter(url: string): Promise<LeanSocket | undefined> {
  const socket = new LeanSocket(crypto.randomUUID());
  const isIn = await Promise.race([
    socket.open(url).then(
      () => true,
      () => false,
    ),
    pause(triedMs, false),
  ]);
  if (isIn) return socket;
  socket.cut();
  return undefined;
}

/** How long it takes until ten new clients are in and have said something, in ms. */
async function enterAll(url: string): Promise<number> {
  const began = performance.now();
  const enter = async () => {
    for (;;) {
      const socket = await tryToEnter(url);
      if (socket) {
        const ack = await socket.ask('message', { roomId: crypto.randomUUID(), text: 'Here I am.' });
        socket.cut();
        if (ack.includes('"ok":true')) return;
      }
      if (performance.now() - began > 10 * mostInMs) return;
      await pause(50);
    }
  };
  await Promise.all(Array.from({ length: 10 }, enter));
  return performance.now() - began;
}

type Visitor = Awaited<ReturnType<typeof visit>>;

/** Somebody in a room with an agent whom nobody has asked yet. */
async function visit(url: string, agentId: string | undefined) {
  const socket = io(url, { forceNew: true, transports: ['websocket'] });
  const roomId = crypto.randomUUID();
  await socket.timeout(10_000).emitWithAck('join', { roomId, agentId });
  return {
    roomId,
    close: () => socket.close(),
    /** How the question ends. */
    async ask(): Promise<string> {
      const { promise, resolve } = Promise.withResolvers<string>();
      socket.once('messageComplete', ({ outcome }) => resolve(outcome));
      await socket.timeout(30_000).emitWithAck('message', { roomId, text: 'Are you there?' });
      return Promise.race([promise, pause(30_000, 'none')]);
    },
  };
}
