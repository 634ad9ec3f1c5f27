/** Two thousand agents: how long a start takes with them, and two hundred of them asked at once. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { makeFolder } from '../../../bench/processes.ts';
import { createRandom } from '../../hostile/packets/random.ts';
import { audit, judge, Ledger, waitForTurns } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { type Served, serve } from '../served.ts';

const [agents, asked] = [2_000, 200];
/** On a quiet machine the first start takes 1.1 s, each later one 0.5 s, and all answers are there after 0.12 s. */
const [mostFirstMs, mostLaterMs, mostAnswersMs] = [20_000, 10_000, 5_000];
const patienceMs = 30_000;

export async function proveManyAgents({ seed, progress }: MissionOptions): Promise<Mission[]> {
  using folder = makeFolder();
  const random = createRandom(seed, 32);
  const dataDir = join(folder.path, 'data');
  mkdirSync(join(folder.path, 'characters'));
  const ids = Array.from({ length: agents }, () => random.uuid());
  for (const [n, id] of ids.entries()) {
    const character = { id, name: `Agent ${n}`, bio: ['One of many.'], settings: { model: 'eliza', memory: false } };
    writeFileSync(join(folder.path, 'characters', `${n}.json`), JSON.stringify(character));
  }
  progress(`a start with ${agents} agents`);
  const [first, firstMs] = await measureStart(dataDir);
  await first.end('SIGTERM');
  progress('and another one');
  const [server, laterMs] = await measureStart(dataDir);
  await using _ended = server;
  const ledger = new Ledger();
  const chosen = new Set<string>();
  while (chosen.size < asked) chosen.add(random.pick(ids));
  progress(`${asked} of them are asked at once`);
  const { ms, answers, outcomes } = await askAll(server.url, [...chosen], ledger);
  const haveEnded = await waitForTurns(dataDir, patienceMs);
  const verdict = judge(ledger, audit(dataDir, ledger));
  return [
    {
      name: `${agents} agents, ${asked} of them asked at once`,
      holds:
        verdict.holds &&
        haveEnded &&
        answers === asked &&
        outcomes === 'answered' &&
        firstMs < mostFirstMs &&
        laterMs < mostLaterMs &&
        ms < mostAnswersMs,
      figures:
        `the first start took ${firstMs.toFixed(0)} ms (< ${mostFirstMs}), the next one ${laterMs.toFixed(0)} ms (< ${mostLaterMs}); ` +
        `${answers} answers of the right agents in ${ms.toFixed(0)} ms (< ${mostAnswersMs}), outcomes: ${outcomes || 'none'}; ${verdict.figures}`,
    },
  ];
}

async function measureStart(dataDir: string): Promise<[Served, number]> {
  const began = performance.now();
  const server = await serve(dataDir);
  return [server, performance.now() - began];
}

/** Each in a room of its own; resolves when all have answered, or the patience is over. */
async function askAll(url: string, agentIds: readonly string[], ledger: Ledger) {
  const socket: Socket = io(url, { forceNew: true, transports: ['websocket'] });
  const rooms = new Map(agentIds.map((agentId) => [crypto.randomUUID() as string, agentId]));
  const [answered, outcomes] = [new Set<string>(), new Set<string>()];
  let completed = 0;
  socket.on('messageBroadcast', ({ roomId, senderId, source }) => {
    if (source === 'agent_response' && rooms.get(roomId) === senderId) answered.add(roomId);
  });
  socket.on('messageComplete', ({ outcome }) => {
    completed++;
    outcomes.add(outcome);
  });
  for (const [roomId, agentId] of rooms) {
    const ack = await socket.timeout(patienceMs).emitWithAck('join', { roomId, agentId });
    if (!ack.ok) throw new Error(`a room cannot be entered: ${JSON.stringify(ack).slice(0, 300)}`);
    ledger.agentRooms.add(roomId);
  }
  const began = performance.now();
  const ask = async (roomId: string) => {
    const message = { roomId, text: 'Hello, who are you?', messageId: 'one' };
    ledger.note(roomId, 'one', await socket.timeout(patienceMs).emitWithAck('message', message));
  };
  await Promise.all([...rooms.keys()].map(ask));
  while (completed < rooms.size && performance.now() - began < patienceMs) await pause(5);
  const ms = performance.now() - began;
  socket.close();
  return { ms, answers: answered.size, outcomes: [...outcomes].join(', ') };
}
