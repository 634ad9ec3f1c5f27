/** A stop with everything open: sockets that read and that do not, streams over HTTP, requests that wait for a model that hangs. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Mission, MissionOptions } from './mission.ts';
import { connect, makeFolder, serve } from './served.ts';

const [sockets, streams, waits] = [1_000, 50, 50];
const mostMs = 3_000;

export async function stopWithAllOpen({ progress }: MissionOptions): Promise<Mission[]> {
  using folder = makeFolder();
  const model = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': it thinks\n\n');
  }).listen(0, '127.0.0.1');
  await once(model, 'listening');
  const character = join(folder.path, 'slow.json');
  writeFileSync(character, JSON.stringify({ name: 'Slow', bio: 'Never answers.', settings: { model: 'openai/slow' } }));
  await using server = await serve(
    join(folder.path, 'data'),
    {
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
      MAX_CONNECTIONS_PER_SECOND: '100000',
      MAX_REQUESTS_PER_MINUTE: '1000000',
    },
    ['--character', character],
  );
  progress(`${sockets} sockets, ${streams} streams and ${waits} requests are opened`);
  const roomId = crypto.randomUUID();
  const clients: Awaited<ReturnType<typeof connect>>[] = [];
  while (clients.length < sockets) {
    const more = await Promise.all(Array.from({ length: 50 }, () => connect(server.url)));
    for (const client of more) {
      client.io.reconnection(false);
      client.emit('join', { roomId });
    }
    clients.push(...more);
  }
  await pause(500);
  // Some of them read nothing.
  for (const client of clients.slice(0, 50)) tcpOf(client).pause();
  const made = await post(`${server.url}/api/messaging/channels`, { name: 'Hall', type: 'GROUP' });
  const { data } = (await made.json()) as { data: { id: string } };
  const open = Array.from({ length: streams }, () =>
    openStream(server.url, `/api/messaging/channels/${data.id}/events`),
  );
  const question = { model: 'Slow', messages: [{ role: 'user', content: 'Hello?' }] };
  const answers = Array.from({ length: waits }, () =>
    post(`${server.url}/v1/chat/completions`, question).then(
      ({ status }) => String(status),
      () => 'cut',
    ),
  );
  await pause(2_000);
  progress('and stopped');
  const began = performance.now();
  const code = await server.end('SIGTERM');
  const ms = performance.now() - began;
  const ends = Object.entries(Object.groupBy(await Promise.all(answers), (end) => end));
  for (const client of clients) client.disconnect();
  for (const stream of open) stream.destroy();
  model.closeAllConnections();
  model.close();
  return [
    {
      name: `a stop with ${sockets} sockets, ${streams} streams and ${waits} requests open`,
      holds: ms <= mostMs && code === 0,
      figures: `${(ms / 1_000).toFixed(2)} s (≤ ${mostMs / 1_000}), exit code ${code}; the requests ended with ${ends.map(([end, all = []]) => `${end}: ${all.length}`).join(', ')}`,
    },
  ];
}

const tcpOf = (client: { io: unknown }): TcpSocket =>
  (client.io as { engine: { transport: { ws: { _socket: TcpSocket } } } }).engine.transport.ws._socket;

function openStream(url: string, path: string): TcpSocket {
  const { hostname, port } = new URL(url);
  const socket = connectTcp(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  return socket;
}

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
