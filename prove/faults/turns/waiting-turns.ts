/**
 * Ten thousand turns wait behind a model that hangs, in one room or in as many rooms: how long others wait for their answers.
 * Beside it runs a server where nobody waits, asked in turns with the first one: a busy machine is as busy for both.
 */
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer, type TurnServer } from '../turn-server.ts';

const waitingTurns = 10_000;
/** Answers of each agent of each server in a round, and those before, which only warm it up. Of the rounds the best one counts. */
const answers = 200;
const warmUp = 50;
const rounds = 3;
const mostRatio = 1.5;
/** Messages under way from each client while the turns are made to wait. */
const window = 100;
/** One client that is in ten thousand rooms would be slow by itself. */
const clients = 10;

const agents = ['Eliza', 'Quinn'] as const;

type Where = 'one room' | 'a room each';
type Times = { answer: number[]; ack: number[] };

export async function proveWaitingTurns({ progress }: MissionOptions): Promise<Mission[]> {
  const missions: Mission[] = [];
  for (const where of ['one room', 'a room each'] as const) {
    progress(`${waitingTurns} turns are made to wait, ${where}`);
    missions.push(await measure(where, progress));
  }
  return missions;
}

async function measure(where: Where, progress: MissionOptions['progress']): Promise<Mission> {
  const env = {
    TURN_TIMEOUT_MS: '600000',
    MAX_SENDS_PER_SECOND: '100000',
    MAX_ROOM_TURNS: String(2 * waitingTurns),
  };
  const [crowded, quiet] = [await openTurnServer(env), await openTurnServer(env)];
  crowded.slow.script(...Array.from({ length: waitingTurns }, () => ({ kind: 'hang' as const })));
  try {
    await Promise.all([crowded.start(), quiet.start()]);
    await makeWait(crowded, where);
    progress('others are asked meanwhile');
    const figures: string[] = [];
    let holds = true;
    for (const name of agents) {
      const pairs = await compare([crowded, quiet], name);
      for (const what of ['answer', 'ack'] as const) {
        const [best] = pairs.map((pair) => rate(pair, what)).sort((a, b) => a.ratio - b.ratio);
        if (!best) continue;
        holds &&= best.ratio <= mostRatio;
        figures.push(`${name}, ${what} p99 ${best.figures}`);
      }
    }
    const name = `${waitingTurns.toLocaleString('en')} turns wait behind a model that hangs, ${where}`;
    return { name, holds, figures: figures.join('; ') };
  } finally {
    await Promise.all([crowded.close(), quiet.close()]);
  }
}

/** Asks an agent of two servers in turns. */
async function compare(servers: readonly [TurnServer, TurnServer], name: string): Promise<[Times, Times][]> {
  const open = async (server: TurnServer) => {
    const talk = await server.connect();
    return { talk, roomId: await talk.join(name) };
  };
  const both = [await open(servers[0]), await open(servers[1])] as const;
  const found: [Times, Times][] = [];
  for (let round = 0; round <= rounds; round++) {
    const times: [Times, Times] = [emptyTimes(), emptyTimes()];
    for (let count = 0; count < (round === 0 ? warmUp : answers); count++)
      for (const [index, { talk, roomId }] of both.entries()) {
        const { outcome, ackMs, ms } = await talk.converse(roomId);
        if (outcome !== 'answered') throw new Error(`not answered: ${outcome}`);
        times[index]?.answer.push(ms);
        times[index]?.ack.push(ackMs);
      }
    if (round > 0) found.push(times);
  }
  for (const { talk } of both) talk.socket.close();
  return found;
}

const emptyTimes = (): Times => ({ answer: [], ack: [] });

function rate([crowded, quiet]: [Times, Times], what: keyof Times): { ratio: number; figures: string } {
  const [ms, quietMs] = [p99(crowded[what]), p99(quiet[what])];
  const ratio = ms / quietMs;
  return { ratio, figures: `${ms.toFixed(1)} ms, quiet ${quietMs.toFixed(1)} ms (${ratio.toFixed(2)} ×)` };
}

const p99 = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;

async function makeWait(server: TurnServer, where: Where): Promise<void> {
  const makeShare = async (share: number) => {
    const crowd = await server.connect();
    const one = where === 'one room' ? await crowd.join('Hannah') : undefined;
    let left = share;
    const say = async () => {
      while (left-- > 0) {
        const roomId = one ?? crowd.enter(left % 2 === 0 ? 'Hannah' : 'Henry');
        await crowd.ask('message', { roomId, text: 'Hello' });
      }
    };
    await Promise.all(Array.from({ length: window }, say));
    crowd.socket.close();
  };
  if (where === 'one room') await makeShare(waitingTurns);
  else await Promise.all(Array.from({ length: clients }, () => makeShare(waitingTurns / clients)));
}
