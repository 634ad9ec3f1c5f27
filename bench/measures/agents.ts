/** Row family: a server with many agents in many rooms, beside one with a single agent in a single room. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInstantModel } from '../loads/instant-model.ts';
import type { ClientCommands, Timed } from '../loads/load-clients.ts';
import { compare, type Family, type Findings, interleave, type Progress, type Scale, summarize } from '../measure.ts';
import { command, makeFolder, readRssMb, startElizad, startLoad } from '../processes.ts';

const sizes = { full: { agents: 50, rooms: 1000 }, quick: { agents: 50, rooms: 1000 }, smoke: { agents: 2, rooms: 4 } };
const restMs = { full: 3000, quick: 3000, smoke: 50 };

export const agents: Family = {
  title: 'Many agents in many rooms',
  about:
    'Agents of an HTTP model that takes no time, each with its own character, spread over rooms that one stock client is in. Beside it, in turns, the same server with one agent in one room. The client asks one room after the other; idle is resident memory (VmRSS) after a rest, before anything was asked.',
  run,
};

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  await using processes = new AsyncDisposableStack();
  const model = processes.use(await startInstantModel());
  const { agents: count, rooms } = sizes[scale.name];
  const open = async (opened: AsyncDisposableStack, agentCount: number, roomCount: number) => {
    const names = Array.from({ length: agentCount }, (_, index) => `Agent ${index + 1}`);
    const folder = opened.use(makeFolder());
    const args = names.flatMap((name) => {
      const path = join(folder.path, `${name}.json`);
      writeFileSync(path, JSON.stringify({ name, bio: 'Answers at once.', settings: { model: 'openai/instant' } }));
      return ['--character', path];
    });
    const server = opened.use(await startElizad({ script: command, args, env: { OPENAI_BASE_URL: model.url } }));
    const clients = opened.use(startLoad<ClientCommands>('loads/load-clients.ts'));
    await clients.ask('connect', { url: server.url, count: 1, rooms: roomCount, agentNames: names });
    await new Promise((resolve) => setTimeout(resolve, restMs[scale.name]));
    return { idleMb: readRssMb(server.pid), ask: () => clients.ask('converse', { seconds: scale.seconds }) };
  };
  const idle = { many: [] as number[], one: [] as number[] };
  let times: Record<'many' | 'one', Timed[]> = { many: [], one: [] };
  for (let run = 1; run <= scale.runs; run++) {
    progress(`run ${run} of ${scale.runs}`);
    await using opened = new AsyncDisposableStack();
    const many = await open(opened, count, rooms);
    const one = await open(opened, 1, 1);
    idle.many.push(many.idleMb);
    idle.one.push(one.idleMb);
    const timed = await interleave(1, { many: many.ask, one: one.ask }, () => {});
    times = { many: [...times.many, ...timed.many], one: [...times.one, ...timed.one] };
  }
  const toRow = (what: string, unit: string, ours: number[], alone: number[]) => ({
    what: `${count} agents, ${rooms.toLocaleString('en-US')} rooms: ${what}`,
    unit,
    ours: summarize(ours),
    baseline: compare('one agent, one room', ours, alone),
  });
  const of = (key: 'p50' | 'p99') => [times.many.map((one) => one[key]), times.one.map((one) => one[key])] as const;
  return {
    rows: [
      toRow('idle', 'MB', idle.many, idle.one),
      toRow('question → answer, p50', 'ms', ...of('p50')),
      toRow('question → answer, p99', 'ms', ...of('p99')),
    ],
  };
}
