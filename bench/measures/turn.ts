/** Row family: a question and its answer over models that take no time, so that what is measured is ours. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInstantModel } from '../loads/instant-model.ts';
import type { ClientCommands, Timed } from '../loads/load-clients.ts';
import {
  compare,
  type Family,
  type Findings,
  interleave,
  type Progress,
  type Row,
  type Scale,
  summarize,
} from '../measure.ts';
import { makeFolder, readCpuSeconds, type Server, startBaseline, startElizad, startLoad } from '../processes.ts';

export const rooms = 10;
const mostMs = 5;
const leastRate = 500;

/** Agents by name, with the model of each. */
export const models = { 'the built-in Eliza': 'eliza', 'an HTTP model': 'openai/instant' };
const bareName = 'stock Socket.IO, which echoes and stores nothing';
type Asked = keyof typeof models | 'bare';

export const turn: Family = {
  title: 'A turn over an instant model',
  about:
    'Stock socket.io-client, one room with one agent. The question is stored, the turn is claimed, the prompt is built from the history, the model streams, the answer is stored and broadcast. The HTTP model is an OpenAI-compatible server in the process of the bench; it costs the AI SDK and a request.',
  run,
};

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  await using processes = new AsyncDisposableStack();
  const model = processes.use(await startInstantModel());
  const folder = processes.use(makeFolder());
  progress('starting the servers');
  const server = processes.use(
    await startElizad({ args: writeAgents(folder.path), env: { OPENAI_BASE_URL: model.url } }),
  );
  const bare = processes.use(await startBaseline('baselines/socket-io.ts'));

  async function measure(count: number): Promise<Record<Asked, Measured[]>> {
    await using loads = new AsyncDisposableStack();
    const prepare = async (agentName: string, at: Server) => {
      const clients = loads.use(startLoad<ClientCommands>('loads/load-clients.ts'));
      await clients.ask('connect', { url: at.url, count, rooms: count, agentNames: [agentName] });
      await clients.ask('converse', { seconds: scale.seconds / 4 });
      return () => withCpu(at, () => clients.ask('converse', { seconds: scale.seconds }));
    };
    const things = {
      'the built-in Eliza': await prepare('the built-in Eliza', server),
      'an HTTP model': await prepare('an HTTP model', server),
      bare: await prepare('an echo', bare),
    };
    return await interleave(scale.runs, things, (where) => progress(`${count} rooms, ${where}`));
  }

  const alone = await measure(1);
  const many = await measure(scale.name === 'smoke' ? 2 : rooms);
  return { rows: (Object.keys(models) as Asked[]).flatMap((name) => toRows(name, alone, many)) };
}

/** The agents of `models` as files; returns the flags of a server that runs them. */
export const writeAgents = (folder: string): string[] =>
  Object.entries(models).flatMap(([name, model]) => {
    const path = join(folder, `${model.replace('/', '-')}.json`);
    writeFileSync(path, JSON.stringify({ name, bio: 'Answers at once.', settings: { model } }));
    return ['--character', path];
  });

type Measured = Timed & { serverCpu: number };

async function withCpu(server: Server, measure: () => Promise<Timed>): Promise<Measured> {
  const before = readCpuSeconds(server.pid);
  const timed = await measure();
  return { ...timed, serverCpu: ((readCpuSeconds(server.pid) - before) / timed.ms) * 1000 };
}

function toRows(name: Asked, alone: Record<Asked, Measured[]>, many: Record<Asked, Measured[]>): Row[] {
  const times = alone[name].map(({ p50 }) => p50);
  const rates = many[name].map(toRate);
  const [time, rate] = [summarize(times), summarize(rates)];
  return [
    {
      what: `${name}: question → answer, p50`,
      unit: 'ms',
      ours: time,
      baseline: compare(
        bareName,
        times,
        alone.bare.map(({ p50 }) => p50),
      ),
      target: { text: `≤ ${mostMs} ms`, isMet: time.median <= mostMs },
      cpu: describeCpu(alone[name]),
    },
    {
      what: `${name}: turns over ${rooms} rooms`,
      unit: 'turns/s',
      ours: rate,
      baseline: compare(bareName, rates, many.bare.map(toRate)),
      target: { text: `≥ ${leastRate}`, isMet: rate.median >= leastRate },
      cpu: describeCpu(many[name]),
      note: 'Each room asks again when its turn is complete.',
    },
  ];
}

const toRate = ({ count, ms }: Timed): number => (count / ms) * 1000;

const describeCpu = (runs: Measured[]) => ({
  server: summarize(runs.map(({ serverCpu }) => serverCpu)).median,
  load: summarize(runs.map(({ cpu }) => cpu)).median,
});
