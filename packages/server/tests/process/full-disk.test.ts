/** A disk that refuses writes: what is sent is refused with a code and nobody hears of it; the server stays, and recovers with the disk. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canLimit, limitFiles, preload } from '../support/full-disk.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient, type Payload } from '../support/stock-client.ts';
import { makeDir, spawnServer } from '../support/test-server.ts';

test('a full disk refuses, loses nothing, doubles nothing, and the server recovers with it', {
  skip: !canLimit,
}, async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const server = await spawnServer(t, dataDir, { NODE_OPTIONS: `--import=${preload}` });
  const pid = server.process.pid as number;
  const [ada, bob] = [openClient(t, server.url), openClient(t, server.url)];
  const agentId = await findAgent(ada, 'Eliza');
  const [roomId, otherRoom] = [crypto.randomUUID(), crypto.randomUUID()];
  for (const client of [ada, bob]) await client.ask('join', { roomId });
  const send = (n: number) =>
    ada.ask('message', { roomId, text: `${n} ${'x'.repeat(10_000)}`, messageId: `m${n}` }) as Promise<Payload>;
  const stored = [1, 2, 3];
  for (const n of stored) assert.equal((await send(n)).ok, true);

  limitFiles(pid, statSync(join(dataDir, 'elizad.sqlite-wal')).size + 4_096);
  const refused = [];
  for (let n = 4; refused.length < 5; n++) {
    assert.ok(n < 100, 'the limit never held');
    const ack = await send(n);
    if (ack.ok) stored.push(n);
    else refused.push({ n, details: ack.details });
  }
  for (const { details } of refused) assert.equal(details.code, 'storage-failed');
  const entry = await ada.ask('join', { roomId: otherRoom, agentId });
  assert.deepEqual([entry.ok, entry.details?.code], [false, 'storage-failed']);
  // It still answers, and reads.
  assert.equal((await ada.ask('request-world-state', { roomId })).ok, true);

  limitFiles(pid, Number.POSITIVE_INFINITY);
  for (const { n } of refused) assert.equal((await send(n)).ok, true);
  const all = [...stored, ...refused.map(({ n }) => n)];
  await bob.until('messageBroadcast', ({ seq }) => seq === all.length);
  const heard = bob.events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload);
  assert.deepEqual(
    heard.map(({ seq, text }) => [seq, Number.parseInt(text, 10)]),
    all.map((n, index) => [index + 1, n]),
  );
  // A turn begins and ends, too.
  await ada.ask('join', { roomId: otherRoom, agentId });
  const { messageId } = await ada.ask('message', { roomId: otherRoom, text: 'Hello.' });
  assert.equal((await ada.until('messageComplete', (done) => done.messageId === messageId)).outcome, 'answered');
});

test('a full disk is in the log and in /readyz, over HTTP too, and a stop is a stop', {
  skip: !canLimit,
}, async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const server = await spawnServer(t, dataDir, { NODE_OPTIONS: `--import=${preload}` });
  const { call } = createRestClient(server.url);
  const { id: channelId } = (await call('create-channel', { body: { name: 'Hall' } })).body.data;
  const post = (n: number) =>
    call('post-message', {
      params: { channelId },
      body: { authorId: ada, content: `${n} ${'x'.repeat(10_000)}`, messageId: `m${n}` },
    });
  const ada = crypto.randomUUID();
  assert.equal((await post(0)).status, 201);
  assert.equal((await call('get-readiness')).status, 200);
  limitFiles(server.process.pid as number, statSync(join(dataDir, 'elizad.sqlite-wal')).size + 4_096);
  let n = 1;
  while ((await post(n)).status === 201) assert.ok(n++ < 100, 'the limit never held');
  const { status, body } = await call('get-readiness');
  assert.deepEqual([status, body.unready], [503, ['storage']]);
  assert.match(server.output(), /"msg":"a request failed"/);
  assert.match(server.output(), /database or disk is full|disk I\/O error/);
  const logged = server.output().length;
  assert.equal(await server.end('SIGTERM'), 0);
  const said = server.output().slice(logged);
  assert.doesNotMatch(said, /^\s+at /m, said);
});
