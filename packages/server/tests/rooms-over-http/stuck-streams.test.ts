/** Readers of a room over HTTP: who does not read is cut off and told why; many who read the same share it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openEventReader } from '../support/event-reader.ts';
import { countLargeTexts } from '../support/large-texts.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eventsOf = (url: string, roomId: string, since: string) =>
  `${url}/api/messaging/channels/${roomId}/events?since=${since}`;

async function openRoom(t: TestContext, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  const sender = openClient(t, url, { transports: ['websocket'] });
  const roomId = crypto.randomUUID();
  const say = (letters: number) =>
    sender.ask('message', { roomId, text: '.', metadata: { beside: 'x'.repeat(letters) } });
  await say(1);
  return { url, roomId, say };
}

test('a stream that is not read ends with an event that says why, for who reads on', async (t) => {
  const { url, roomId, say } = await openRoom(t, { MAX_BACKLOG_BYTES: '1000000' });
  const { hostname, port, host, pathname } = new URL(url);
  const tcp = connect(Number(port), hostname);
  t.after(() => tcp.destroy());
  tcp.write(
    `GET ${pathname}api/messaging/channels/${roomId}/events HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
  await once(tcp, 'readable');
  for (let n = 0; n < 30; n++) await say(900_000);
  let last = '';
  tcp.on('data', (bytes) => {
    last = (last + bytes).slice(-2_000);
  });
  tcp.resume();
  await Promise.race([once(tcp, 'end'), once(tcp, 'close')]);
  assert.match(last, /event: error\ndata: \{.*"code":"reader-too-slow"/);
});

test('many who ask for the same of the past: it is read and written once for all of them', async (t) => {
  const { url, roomId, say } = await openRoom(t);
  for (let n = 0; n < 5; n++) await say(400_000);
  const count = countLargeTexts(t, 400_000);
  const readers = await Promise.all(Array.from({ length: 20 }, () => openEventReader(t, eventsOf(url, roomId, '1'))));
  for (const reader of readers) await reader.until('messageBroadcast', ({ seq }) => seq === 6);
  for (const { events } of readers) {
    const heard = events.filter(({ event }) => event === 'messageBroadcast');
    assert.deepEqual(
      heard.map(({ data }) => data.seq),
      [2, 3, 4, 5, 6],
    );
  }
  assert.ok(count.inAll() < 50, `${count.inAll()} large texts for ${readers.length} readers of 5`);
});
