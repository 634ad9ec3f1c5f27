/** Ten thousand turns wait behind a model that hangs, in one room or in as many rooms: how long others wait for their answers. */
import type { Mission, MissionOptions } from './mission.ts';
import { openTurnServer, type Talk, type TurnServer } from './turn-server.ts';

const waitingTurns = 10_000;
const answers = 200;
const mostRatio = 1.5;
/** Messages under way while the turns are made to wait. */
const window = 100;

type Where = 'one room' | 'a room each';
/** p99 in ms. */
type Paces = { answer: number; ack: number };
type Look = { Eliza: Paces; Quinn: Paces };

export async function proveWaitingTurns({ progress }: MissionOptions): Promise<Mission[]> {
  const missions: Mission[] = [];
  for (const where of ['one room', 'a room each'] as const) {
    progress(`${waitingTurns} turns wait, ${where}`);
    missions.push(await measure(where, progress));
  }
  return missions;
}

async function measure(where: Where, progress: MissionOptions['progress']): Promise<Mission> {
  const server = await openTurnServer({
    TURN_TIMEOUT_MS: '600000',
    MAX_SENDS_PER_SECOND: '100000',
    MAX_ROOM_TURNS: String(2 * waitingTurns),
  });
  server.slow.script(...Array.from({ length: waitingTurns }, () => ({ kind: 'hang' as const })));
  try {
    await server.start();
    const probe = await server.connect();
    const rooms = { Eliza: await probe.join('Eliza'), Quinn: await probe.join('Quinn') };
    const look = async () => ({ Eliza: await pace(probe, rooms.Eliza), Quinn: await pace(probe, rooms.Quinn) });
    const quiet = better(await look(), await look());
    await makeWait(server, where);
    progress('all of them wait');
    const crowded = better(await look(), await look());
    const ratios = (['Eliza', 'Quinn'] as const).map((name) => ({
      name,
      answer: crowded[name].answer / quiet[name].answer,
      ack: crowded[name].ack / quiet[name].ack,
    }));
    const ms = (value: number) => `${value.toFixed(1)} ms`;
    return {
      name: `${waitingTurns.toLocaleString('en')} turns wait behind a model that hangs, ${where}`,
      holds: ratios.every(({ answer, ack }) => answer <= mostRatio && ack <= mostRatio),
      figures: ratios
        .map(
          ({ name, answer, ack }) =>
            `${name}: answer p99 ${ms(quiet[name].answer)} → ${ms(crowded[name].answer)} (${answer.toFixed(2)} ×), ack p99 ${ms(quiet[name].ack)} → ${ms(crowded[name].ack)} (${ack.toFixed(2)} ×)`,
        )
        .join('; '),
    };
  } finally {
    await server.close();
  }
}

/** The smaller figure of two looks: what else the machine does in the meantime is not meant. */
const better = (one: Look, other: Look): Look => ({
  Eliza: lower(one.Eliza, other.Eliza),
  Quinn: lower(one.Quinn, other.Quinn),
});
const lower = (one: Paces, other: Paces): Paces => ({
  answer: Math.min(one.answer, other.answer),
  ack: Math.min(one.ack, other.ack),
});

/** 99 of 100 took at most so long, in ms. */
async function pace(talk: Talk, roomId: string): Promise<Paces> {
  const times: { ackMs: number; ms: number }[] = [];
  for (let count = 0; count < answers; count++) {
    const { outcome, ackMs, ms } = await talk.converse(roomId);
    if (outcome !== 'answered') throw new Error(`not answered: ${outcome}`);
    times.push({ ackMs, ms });
  }
  const p99 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;
  return { answer: p99(times.map(({ ms }) => ms)), ack: p99(times.map(({ ackMs }) => ackMs)) };
}

/** By ten clients: one that is in ten thousand rooms would be slow by itself. */
async function makeWait(server: TurnServer, where: Where): Promise<void> {
  const crowds = 10;
  const makeOne = async (share: number) => {
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
  if (where === 'one room') await makeOne(waitingTurns);
  else await Promise.all(Array.from({ length: crowds }, () => makeOne(waitingTurns / crowds)));
}
