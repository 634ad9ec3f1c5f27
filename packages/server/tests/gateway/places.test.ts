/** Whoever is cut off in the middle of much that was sent comes back to a place near that: little is heard again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

test('between two places in the log come one event, or short ones that make 1,200 characters at most', async (t) => {
  const { url } = await openTestServer(t);
  const roomId = crypto.randomUUID();
  const [ada, bob] = [openClient(t, url), openClient(t, url, { transports: ['websocket'] })];
  for (const client of [ada, bob]) await client.ask('join', { roomId });
  const packets: string[] = [];
  (bob.socket.io as unknown as { engine: NodeJS.EventEmitter }).engine.on('data', (data) => packets.push(String(data)));
  const lengths = Array.from({ length: 60 }, (_, index) => [0, 10, 200, 700, 3_000][index % 5] as number);
  const acks = await Promise.all(
    lengths.map((length, index) => ada.ask('message', { roomId, text: `${index}${'x'.repeat(length)}` })),
  );
  for (const ack of acks) await bob.until('messageComplete', ({ messageId }) => messageId === ack.messageId);
  // In the same write as the last end.
  await new Promise(setImmediate);

  const runs: string[][] = [[]];
  for (const packet of packets) {
    if (packet.startsWith('2["offset"')) runs.push([]);
    else if (packet.startsWith('2["message')) runs.at(-1)?.push(packet);
  }
  assert.deepEqual(runs.pop(), []);
  for (const run of runs) {
    const characters = run.reduce((sum, packet) => sum + packet.length, 0);
    assert.ok(run.length <= 1 || characters <= 1_200, `${run.length} events, ${characters} characters`);
  }
});
