/** Files go with the last message that shows them, bytes and all; what a crash left goes at a start; all of them have a bound. */
import assert from 'node:assert/strict';
import { globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createFileName } from '../../src/storage/disk/file-store.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { insertFile } from '../../src/storage/kept/files.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

async function open(t: TestContext, env: Record<string, string> = {}) {
  const dataDir = join(makeDir(t), 'data');
  const server = await openTestServer(t, { ELIZAD_DATA: dataDir, ...env });
  const client = openClient(t, server.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  const { call } = createRestClient(server.url);
  const upload = async (words: string) => {
    const body = new FormData();
    body.set('file', new File([words], 'a.txt', { type: 'text/plain' }));
    return (await call('upload-channel-media', { params: { channelId: roomId }, body })).body;
  };
  const show = async (url: string) => {
    const attachments = [{ id: '1', url, contentType: 'document' }];
    return (await client.ask('message', { roomId, text: 'Look.', attachments })).messageId as string;
  };
  const remove = async (messageId: string) => {
    const { status } = await call('delete-message', { params: { channelId: roomId, messageId } });
    assert.equal(status, 200);
  };
  return { dataDir, server, call, roomId, upload, show, remove, listStored: () => listStored(dataDir) };
}

const listStored = (dataDir: string): string[] =>
  globSync('files/[0-9a-f][0-9a-f]/*', { cwd: dataDir }).map((path) => path.slice(9));

describe('uploaded files', () => {
  it('go with the last message that shows them; what no message has shown stays', async (t) => {
    const { call, roomId, upload, show, remove, listStored } = await open(t);
    const [shown, waiting] = [await upload('shown'), await upload('waiting')];
    const [first, second] = [await show(shown.url), await show(`http://elsewhere${shown.url}?x=1`)];
    await remove(first);
    assert.deepEqual(listStored().sort(), [shown.filename, waiting.filename].sort());
    await remove(second);
    assert.deepEqual(listStored(), [waiting.filename]);
    const { status } = await call('get-channel-file', { params: { channelId: roomId, file: shown.filename } });
    assert.equal(status, 404);
    await show(waiting.url);
    await call('clear-channel', { params: { channelId: roomId } });
    assert.deepEqual(listStored(), []);
  });

  it('that a crash has left, without a row or without a room, go after a start', async (t) => {
    const { dataDir, server, upload } = await open(t);
    const kept = await upload('kept');
    await server.stop();
    const [orphan, homeless] = [createFileName('txt'), createFileName('txt')];
    for (const name of [orphan, homeless]) {
      mkdirSync(join(dataDir, 'files', name.slice(0, 2)), { recursive: true });
      writeFileSync(join(dataDir, 'files', name.slice(0, 2), name), 'left');
    }
    const database = await openSqlite(dataDir);
    const [row] = await database.db.selectFrom('files').selectAll().execute();
    assert.ok(row);
    await insertFile(database.db, { ...row, id: 'homeless', owner_id: crypto.randomUUID(), stored_name: homeless });
    await database.close();
    await openTestServer(t, { ELIZAD_DATA: dataDir });
    const deadline = performance.now() + 5_000;
    while (listStored(dataDir).length > 1 && performance.now() < deadline) await pause(20);
    assert.deepEqual(listStored(dataDir), [kept.filename]);
  });

  it('are refused beyond MAX_STORED_BYTES, with nothing left of them, until some go', async (t) => {
    const { dataDir, call, roomId, upload, show, remove, listStored } = await open(t, { MAX_STORED_BYTES: '1000' });
    const first = await upload('a'.repeat(900));
    const body = new FormData();
    body.set('file', new File(['b'.repeat(200)], 'b.txt', { type: 'text/plain' }));
    const refused = await call('upload-channel-media', { params: { channelId: roomId }, body });
    assert.deepEqual([refused.status, refused.body.error?.code], [507, 'storage-full']);
    assert.deepEqual([listStored(), readdirSync(join(dataDir, 'files/incoming'))], [[first.filename], []]);
    await remove(await show(first.url));
    assert.match((await upload('c'.repeat(200))).filename, /\.txt$/);
  });
});
