/** `elizad backup`: a copy of one moment, taken while people go on talking, with which a server starts. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, runCli } from '../support/test-server.ts';

test('a backup while the server runs has all that was acknowledged before it, without holes, and its uploads', async (t) => {
  const dir = makeDir(t);
  const [dataDir, to] = [join(dir, 'data'), join(dir, 'copy')];
  const server = await openTestServer(t, { ELIZAD_DATA: dataDir, MAX_SENDS_PER_SECOND: '100000' });
  const { call } = createRestClient(server.url);
  const { data } = (await call('create-channel', { body: { name: 'Room', type: 'GROUP' } })).body;
  const roomId = data.id;
  const body = new FormData();
  body.append('file', new File(['some words'], 'a.txt', { type: 'text/plain' }));
  const uploaded = await call('upload-channel-media', { params: { channelId: roomId }, body });
  assert.equal(uploaded.status, 200);
  const ada = openClient(t, server.url);
  await ada.ask('join', { roomId });
  for (let n = 1; n <= 100; n++) await ada.ask('message', { roomId, text: `m${n}` });
  let isOver = false;
  const talk = (async () => {
    while (!isOver) await ada.ask('message', { roomId, text: 'and on' });
  })();
  const { exited, output } = runCli(t, ['backup', to, '--data', dataDir]);
  assert.equal(await exited, 0, output());
  isOver = true;
  await talk;
  assert.match(output(), /Copied .* to .*: \d+ messages in \d+ rooms, 1 uploaded files/);
  assert.match(output(), /To start with the copy: .* --data /);

  const again = runCli(t, ['backup', to, '--data', dataDir]);
  assert.equal(await again.exited, 1);
  assert.match(again.output(), /is not empty/);
  const looked = runCli(t, ['check', '--data', to]);
  assert.equal(await looked.exited, 0, looked.output());

  const copy = await openTestServer(t, { ELIZAD_DATA: to });
  const bob = openClient(t, copy.url);
  await bob.ask('join', { roomId, since: 0 });
  await bob.until('messageBroadcast', ({ text }) => text === 'm100');
  const heard = bob.events.filter(({ event }) => event === 'messageBroadcast').slice(0, 100);
  assert.deepEqual(
    heard.map(({ payload }) => [payload.seq, payload.text]),
    Array.from({ length: 100 }, (_, n) => [n + 1, `m${n + 1}`]),
  );
  const picture = await fetch(new URL(uploaded.body.data.url, copy.url));
  assert.equal(await picture.text(), 'some words');
});

test('nothing is made where there is no store, and nothing written over', async (t) => {
  const dir = makeDir(t);
  const to = join(dir, 'copy');
  const none = runCli(t, ['backup', to, '--data', join(dir, 'nowhere')]);
  assert.equal(await none.exited, 1);
  assert.match(none.output(), /contains no store/);
  assert.equal(existsSync(to), false);
  const damaged = join(dir, 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'elizad.sqlite'), 'this is no database, and long enough to be looked at'.repeat(100));
  const failed = runCli(t, ['backup', to, '--data', damaged]);
  assert.equal(await failed.exited, 1);
  assert.match(failed.output(), /could not be copied to .* \(file is not a database\)/);
  assert.deepEqual(readdirSync(dir), ['damaged']);
});
