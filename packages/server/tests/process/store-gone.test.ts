/** A store that goes away under its server, and one that is not whole when a server starts: nothing is acknowledged into the void. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';

const files = ['elizad.sqlite', 'elizad.sqlite-wal', 'elizad.sqlite-shm'];

async function openRoom(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  const app = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const say = await enterRoom(t, app.url);
  const stopped = Promise.race([app.stopped, setTimeout(5_000, 'not at all', { ref: false })]);
  return { dataDir, url: app.url, say, stopped };
}

async function enterRoom(t: TestContext, url: string) {
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  const say = (text: string) => client.ask('message', { roomId, text });
  assert.equal((await say('before')).ok, true);
  return say;
}

describe('a store that goes away under its server', { skip: process.platform === 'win32' }, () => {
  const ways: Record<string, (dataDir: string) => void> = {
    'is deleted': (dataDir) => rmSync(dataDir, { recursive: true }),
    'is moved': (dataDir) => renameSync(dataDir, `${dataDir}-moved`),
    'has lost its files': (dataDir) => {
      for (const name of files) rmSync(join(dataDir, name));
    },
    'is written over by a copy': (dataDir) => {
      const path = join(dataDir, 'elizad.sqlite');
      copyFileSync(path, `${path}-copy`);
      renameSync(`${path}-copy`, path);
    },
  };
  for (const [way, harm] of Object.entries(ways))
    it(`${way}: nothing more is acknowledged`, async (t) => {
      const { dataDir, url, say, stopped } = await openRoom(t);
      const { call } = createRestClient(url);
      const { body: made } = await call('create-channel', { body: { name: 'Room', type: 'GROUP' } });
      harm(dataDir);
      const { ok, details } = await say('after');
      assert.deepEqual([ok, details?.code], [false, 'storage-failed']);
      const body = new FormData();
      body.append('file', new File(['some words'], 'a.txt', { type: 'text/plain' }));
      const { status } = await call('upload-channel-media', { params: { channelId: made.data.id }, body });
      assert.equal(status, 503);
      assert.equal(await stopped, 'lost');
    });

  it('is noticed when nobody says anything, within a second or so', async (t) => {
    const { dataDir, stopped } = await openRoom(t);
    renameSync(dataDir, `${dataDir}-moved`);
    assert.equal(await stopped, 'lost');
  });

  it('ends the process with a word; so does another server that has taken its lock', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const server = await spawnServer(t, dataDir);
    const exited = new Promise<number | null>((resolve) => server.process.once('close', resolve));
    rmSync(join(dataDir, 'server.lock'));
    const other = await openTestServer(t, { ELIZAD_DATA: dataDir });
    assert.equal(await Promise.race([exited, setTimeout(5_000, 'it still runs', { ref: false })]), 1);
    assert.match(server.output(), /was deleted, moved or replaced while the server was running/);
    assert.match(server.output(), /elizad: stopped, because its store is gone/);
    assert.doesNotMatch(server.output(), /everything is on disk/);
    await enterRoom(t, other.url);
  });
});

test('a store whose database is missing or empty is not taken for a new one, and nothing of it is touched', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const { db, close } = await openSqlite(dataDir);
  await db.updateTable('servers').set({ name: 'Changed' }).execute();
  const log = readFileSync(join(dataDir, 'elizad.sqlite-wal'));
  assert.ok(log.length > 0);
  await close();
  for (const isThere of [false, true]) {
    const left = makeDir(t);
    writeFileSync(join(left, 'elizad.sqlite-wal'), log);
    if (isThere) writeFileSync(join(left, 'elizad.sqlite'), '');
    await assert.rejects(
      openSqlite(left),
      /^Error: ELIZAD_DATA: the database in .* is missing or empty, but other parts of a store remain: its write-ahead log .*Restore the database.*or, to start from scratch, move .* aside/,
    );
    assert.deepEqual(readFileSync(join(left, 'elizad.sqlite-wal')), log);
  }
  const uploads = makeDir(t);
  mkdirSync(join(uploads, 'files/ab'), { recursive: true });
  writeFileSync(join(uploads, 'files/ab/picture'), 'bytes');
  await assert.rejects(openSqlite(uploads), /other parts of a store remain: uploaded files/);
});
