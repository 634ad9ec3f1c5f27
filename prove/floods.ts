/**
 * What somebody without the key can send before it has said who it is, to a server with a small heap: 300,000 CONNECTs in one
 * request, and 10,000 handshakes that go no further. Others do not notice, and find a place.
 */
import { io } from 'socket.io-client';
import {
  floodConnects,
  openHandshake,
  openSilent,
  watchWaits,
} from '../packages/server/tests/support/connect-flood.ts';
import { startMeasuredServer } from './measured-server.ts';
import { keepResult } from './result.ts';

const [connects, rounds, handshakes, heapMb] = [300_000, 5, 10_000, 256];
/** Targets: the longest wait of others, how much larger the server may be, and how long a client takes to get in. */
const [mostWaitMs, mostGrownMb, mostConnectMs] = [100, 30, 1_000];
const key = 'right-key-of-sixteen';

async function measureConnects() {
  const env = { ELIZAD_API_KEY: key, NODE_OPTIONS: `--max-old-space-size=${heapMb}` };
  const server = await startMeasuredServer(env);
  // The first request loads what answers it.
  await fetch(`${server.url}/healthz`);
  const before = await server.ask('memory');
  const calm = watchWaits(server.url);
  for (let count = 0; count < 50; count++) await openHandshake(server.url);
  const calmMs = await calm.stop();
  const waits = watchWaits(server.url);
  for (let round = 0; round < rounds; round++) await floodConnects(server.url, connects);
  const waitMs = await waits.stop();
  const grownMb = ((await server.ask('memory')).rss - before.rss) / 1e6;
  const { death } = server.health;
  await server.stop();
  return { death, calmMs, waitMs, grownMb };
}

async function measureHandshakes() {
  const server = await startMeasuredServer();
  await openSilent(server.url, handshakes);
  const began = performance.now();
  const client = io(server.url, { forceNew: true });
  await new Promise((resolve, reject) => client.once('connect', () => resolve(true)).once('connect_error', reject));
  const connectMs = performance.now() - began;
  // The client is one of them.
  const kept = (await server.ask('connections')).connections - 1;
  client.close();
  const { death } = server.health;
  await server.stop();
  return { death, kept, connectMs };
}

const flood = await measureConnects();
const silent = await measureHandshakes();
const ms = (value: number) => `${value.toFixed(0)} ms`;
keepResult({
  name: 'floods',
  claim: `${connects.toLocaleString('en')} CONNECTs in one request, and ${handshakes.toLocaleString('en')} handshakes that go no further: others do not notice.`,
  seeds: [],
  figures: [
    ['CONNECTs in one request, requests one after the other', `${connects.toLocaleString('en')}, ${rounds}`],
    ['heap of the server', `--max-old-space-size=${heapMb}`],
    ['the server is alive', String((flood.death ?? silent.death) === undefined)],
    ['longest wait of others for /healthz before it', ms(flood.calmMs)],
    ['longest wait of others during it', `${ms(flood.waitMs)} (< ${mostWaitMs} ms)`],
    ['resident memory after it', `${flood.grownMb < 0 ? '' : '+'}${flood.grownMb.toFixed(1)} MB (≤ ${mostGrownMb} MB)`],
    ['handshakes of one address that go no further', handshakes.toLocaleString('en')],
    ['of these kept', silent.kept.toLocaleString('en')],
    ['a stock client of the same address is in after', `${ms(silent.connectMs)} (< ${mostConnectMs} ms)`],
  ],
  holds:
    (flood.death ?? silent.death) === undefined &&
    flood.waitMs < mostWaitMs &&
    flood.grownMb <= mostGrownMb &&
    silent.kept <= 1_000 &&
    silent.connectMs < mostConnectMs,
});
process.exit();
