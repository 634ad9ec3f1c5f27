/** Row family: the HTTP API, its ten most used routes against a bare Fastify route, and paging far back. */
import { listRoomIds, openStoreOf } from '../loads/fill-store.ts';
import type { HttpCommands, HttpRate, HttpRequest } from '../loads/load-http.ts';
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
import { readCpuSeconds, type Server, startBaseline, startElizad, startLoad } from '../processes.ts';

const connections = 20;
/** In the smoke test, where families run side by side, a store that no other has. */
const sizes = { full: 1_000_000, quick: 100_000, smoke: 1500 };
const mostRatio = 1.5;
const base = '/api/messaging';
const defaultServer = '00000000-0000-0000-0000-000000000000';

export const rest: Family = {
  title: 'HTTP',
  about: `${connections} connections that are kept, each with one request under way, in turns with a bare Fastify route that answers with one small object. The store has 1,000,000 messages. A posted message is committed and synced before it is answered. Paging: 50 messages of a room, the newest ones, and those from the middle of it.`,
  run,
};

type Measured = HttpRate & { serverCpu: number };

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  progress('filling a store');
  const size = sizes[scale.name];
  const roomId = listRoomIds(size)[0] as string;
  await using processes = new AsyncDisposableStack();
  const server = processes.use(
    await startElizad({ dataDir: await openStoreOf(size), env: { REST_REQUESTS_PER_MINUTE: '0' } }),
  );
  const bare = processes.use(await startBaseline('baselines/fastify.ts'));
  const load = processes.use(startLoad<HttpCommands>('loads/load-http.ts'));
  const routes = await listRoutes(server.url, roomId);
  const measure = (at: Server, requests: HttpRequest[]) => async (): Promise<Measured> => {
    const before = readCpuSeconds(at.pid);
    const began = performance.now();
    const rate = await load.ask('ask', { url: at.url, requests, connections, seconds: scale.seconds });
    return { ...rate, serverCpu: ((readCpuSeconds(at.pid) - before) / (performance.now() - began)) * 1000 };
  };
  const bareRoute = measure(bare, [{ method: 'GET', path: '/' }]);
  const things: Record<string, () => Promise<Measured>> = { bare: bareRoute };
  for (const [name, request] of Object.entries(routes)) things[name] = measure(server, [request]);
  // The first ones load what answers.
  for (const one of Object.values(things)) await one();
  const measured = await interleave(scale.runs, things, progress);
  const pages = await measurePaging(server, size, roomId, scale, progress, load.ask);
  const bareRates = (measured.bare ?? []).map(({ perSecond }) => perSecond);
  const rows = Object.keys(routes).map((name): Row => {
    const runs = measured[name] ?? [];
    const rates = runs.map(({ perSecond }) => perSecond);
    return {
      what: name,
      unit: 'requests/s',
      ours: summarize(rates),
      baseline: compare('a bare Fastify route', rates, bareRates),
      cpu: {
        server: summarize(runs.map(({ serverCpu }) => serverCpu)).median,
        load: summarize(runs.map(({ cpu }) => cpu)).median,
      },
      note: `p99 ${summarize(runs.map(({ p99 }) => p99)).median.toFixed(1)} ms.`,
    };
  });
  return { rows: [...rows, ...pages] };
}

/** The routes that clients call most, each with a request that finds something. */
async function listRoutes(url: string, roomId: string): Promise<Record<string, HttpRequest>> {
  const { data } = (await (await fetch(`${url}/api/agents`)).json()) as { data: { agents: { id: string }[] } };
  const agentId = data.agents[0]?.id as string;
  const get = (path: string): HttpRequest => ({ method: 'GET', path });
  const said = {
    author_id: '5f0f4c2e-5b0a-4c37-9d28-0b1f8a4e1c11',
    content: 'hello',
    message_server_id: defaultServer,
  };
  return {
    'GET /api/server/ping': get('/api/server/ping'),
    'GET /api/agents': get('/api/agents'),
    'GET /api/agents/:agentId': get(`/api/agents/${agentId}`),
    'GET …/message-servers': get(`${base}/message-servers`),
    'GET …/message-servers/:id/channels (200 of them)': get(`${base}/message-servers/${defaultServer}/channels`),
    'GET …/channels/:id/details': get(`${base}/channels/${roomId}/details`),
    'GET …/channels/:id/participants': get(`${base}/channels/${roomId}/participants`),
    'GET …/channels/:id/messages (50 of them)': get(`${base}/channels/${roomId}/messages?limit=50`),
    'POST …/channels/:id/messages': {
      method: 'POST',
      path: `${base}/channels/${roomId}/messages`,
      body: JSON.stringify(said),
    },
    'GET /api/agents/:agentId/runs': get(`/api/agents/${agentId}/runs`),
  };
}

async function measurePaging(
  server: Server,
  size: number,
  roomId: string,
  scale: Scale,
  progress: Progress,
  ask: (name: 'ask', order: Parameters<HttpCommands['ask']>[0]) => Promise<HttpRate>,
): Promise<Row[]> {
  const perRoom = size / listRoomIds(size).length;
  const page = (before: number): HttpRequest => ({
    method: 'GET',
    path: `${base}/channels/${roomId}/messages?limit=50&before=${before}`,
  });
  const at = (before: number) => () =>
    ask('ask', { url: server.url, requests: [page(before)], connections: 1, seconds: scale.seconds });
  const things = { newest: at(Math.floor(perRoom)), middle: at(Math.floor(perRoom / 2)) };
  const times = await interleave(scale.runs, things, (where) => progress(`paging, ${where}`));
  const middle = times.middle.map(({ p99 }) => p99);
  const compared = compare(
    'the newest page',
    middle,
    times.newest.map(({ p99 }) => p99),
  );
  return [
    {
      what: 'a page from the middle of a room, p99',
      unit: 'ms',
      ours: summarize(middle),
      baseline: compared,
      target: { text: `≤ ${mostRatio} ×`, isMet: compared.ratio.median <= mostRatio },
    },
  ];
}
