/** `elizad recover`: what can be read of a damaged store comes back, and the store itself stays as it was. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { toIndexedWords } from '../../src/storage/engine/sqlite/word-index.ts';
import { getLastPosition } from '../../src/storage/journal/log-entries.ts';
import { insertMemoryRows } from '../../src/storage/memory/memories.ts';
import { checkStore } from '../../src/storage/recovery/check.ts';
import { recoverStore } from '../../src/storage/recovery/recover.ts';
import {
  findPages,
  flipByte,
  listNumbers,
  listNumbersIn,
  makeStore,
  makeUpload,
  pageSize,
  pathOfDatabase,
  readAll,
  wipePage,
} from '../support/damaged-store.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, runCli, spawnServer } from '../support/test-server.ts';

const nobody = () => {};

/** Recovers, with everything that holds of each recovery: the store is as it was, and what was made is whole. */
async function recover(t: TestContext, dataDir: string) {
  const to = join(makeDir(t), 'recovered');
  const before = readAll(dataDir);
  const recovery = await recoverStore(dataDir, to, nobody);
  assert.deepEqual(readAll(dataDir), before);
  const { findings, remedy } = checkStore(to, nobody);
  assert.equal(remedy, 'none', JSON.stringify(findings));
  const of = (table: string) => recovery.tables.find((one) => one.table === table);
  return { to, recovery, of };
}

const except = (count: number, lost: readonly number[]) =>
  Array.from({ length: count }, (_, n) => n).filter((n) => !lost.includes(n));

test('a store that is whole is copied as it is', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  await makeStore(dataDir);
  const { to, recovery, of } = await recover(t, dataDir);
  assert.deepEqual(listNumbers(to), except(1_000, []));
  assert.deepEqual(of('messages'), { table: 'messages', copied: 1_000, left: 0, ranges: 0 });
  assert.equal(recovery.isWhole, true);
  const { db, close } = await openSqlite(to);
  assert.equal(await getLastPosition(db), 2_000);
  await close();
});

test('a damaged page of messages costs what stood in it; places and numbers go on behind what clients have heard', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = ''] = await makeStore(dataDir);
  for (const n of [500, 999]) {
    const [page = 0] = findPages(dataDir, 13, `message number ${n}.`);
    const lost = listNumbersIn(dataDir, page);
    assert.ok(lost.includes(n) && lost.length < 20);
    const whole = readFileSync(pathOfDatabase(dataDir));
    wipePage(dataDir, page);
    const { to, recovery, of } = await recover(t, dataDir);
    assert.deepEqual(listNumbers(to), except(1_000, lost));
    assert.deepEqual(of('messages'), { table: 'messages', copied: 1_000 - lost.length, left: 0, ranges: 1 });
    assert.equal(recovery.isWhole, false);
    const { db, close } = await openSqlite(to);
    assert.ok((await getLastPosition(db)) > 2_000);
    const { last_seq } = await db
      .selectFrom('channels')
      .select('last_seq')
      .where('id', '=', room)
      .executeTakeFirstOrThrow();
    assert.equal(last_seq, 334);
    await close();
    writeFileSync(pathOfDatabase(dataDir), whole);
  }
});

test('a damaged page of an index costs nothing', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = ''] = await makeStore(dataDir);
  const pages = findPages(dataDir, 10, room);
  assert.ok(pages.length > 1);
  for (const page of pages.slice(0, 2)) wipePage(dataDir, page);
  const { to, recovery } = await recover(t, dataDir);
  assert.deepEqual(listNumbers(to), except(1_000, []));
  assert.equal(recovery.isWhole, true);
});

test('messages of a room whose row is lost have a room again, with who spoke there', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = ''] = await makeStore(dataDir);
  const [page = 0] = findPages(dataDir, 13, 'GROUP').filter(
    (n) => listNumbersIn(dataDir, n).length === 0 && has(n, room),
  );
  wipePage(dataDir, page);
  const { to, recovery } = await recover(t, dataDir);
  assert.equal(recovery.madeRooms, 3);
  assert.equal(listNumbers(to).length, 1_000);
  const app = await openTestServer(t, { ELIZAD_DATA: to });
  const client = openClient(t, app.url);
  await client.ask('join', { roomId: room });
  assert.equal((await client.ask('message', { roomId: room, text: 'Hello.' })).ok, true);
  const file = new DatabaseSync(pathOfDatabase(to));
  const { name, last_seq } = file.prepare('select name, last_seq from channels where id = ?').get(room) ?? {};
  file.close();
  assert.equal(name, 'Recovered room');
  assert.ok(Number(last_seq) > 334);

  function has(n: number, text: string): boolean {
    return readFileSync(pathOfDatabase(dataDir))
      .subarray(n * pageSize, (n + 1) * pageSize)
      .includes(text);
  }
});

test('half of a file: what is in that half', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  await makeStore(dataDir);
  truncateSync(pathOfDatabase(dataDir), 160 * pageSize);
  const { to, of } = await recover(t, dataDir);
  const found = listNumbers(to);
  assert.ok(found.length > 200 && found.length < 900, `${found.length}`);
  assert.equal(of('messages')?.copied, found.length);
});

test('a store of an older elizad is brought up to date; a damaged one, which cannot be, gives what it has', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  mkdirSync(dataDir);
  const old = new DatabaseSync(pathOfDatabase(dataDir));
  old.exec(readFileSync(new URL('../support/store-0002.sql', import.meta.url), 'utf8'));
  const root = old.prepare("select rootpage from sqlite_schema where name = 'log'").get()?.rootpage;
  const messages = Number(old.prepare('select count(*) as rows from messages').get()?.rows);
  old.close();
  const whole = await recover(t, dataDir);
  assert.equal(whole.of('messages')?.copied, messages);
  assert.equal(whole.recovery.isWhole, true);
  wipePage(dataDir, Number(root) - 1);
  const damaged = await recover(t, dataDir);
  assert.equal(damaged.of('messages')?.copied, messages);
  assert.equal(damaged.recovery.isWhole, false);
  await openTestServer(t, { ELIZAD_DATA: damaged.to });
});

test('of what is no database nothing can be read: one sentence, and nothing is made', async (t) => {
  const dir = makeDir(t);
  const dataDir = join(dir, 'data');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'elizad.sqlite'), 'this is no database, but somebody may want it. '.repeat(100));
  const { exited, output } = runCli(t, ['recover', join(dir, 'to'), '--data', dataDir]);
  assert.equal(await exited, 1);
  assert.match(
    output(),
    /^elizad: The store in .* cannot be read \(file is not a database\)\. Nothing was created\.\n$/m,
  );
  assert.equal(existsSync(join(dir, 'to')), false);
  await makeStore(join(dir, 'other'), 10);
  flipByte(pathOfDatabase(join(dir, 'other')), 100);
  await assert.rejects(recoverStore(join(dir, 'other'), join(dir, 'to'), nobody), /cannot be read/);
  assert.equal(existsSync(join(dir, 'to')), false);
});

test('a directory that is not empty is not written into; nor is a store copied that a server uses', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const { close } = await openSqlite(dataDir);
  const to = makeDir(t);
  await assert.rejects(recoverStore(dataDir, join(to, 'new'), nobody), /Another elizad \(pid \d+\) is using/);
  assert.equal(existsSync(join(to, 'new')), false);
  writeFileSync(join(to, 'mine'), 'mine');
  await assert.rejects(recoverStore(dataDir, to, nobody), /is not empty\. Name a new or empty directory/);
  assert.equal(readFileSync(join(to, 'mine'), 'utf8'), 'mine');
  await close();
});

test('memories are found by their words, uploads come with their bytes, rows without bytes do not', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = ''] = await makeStore(dataDir, 10);
  const engine = await openSqlite(dataDir);
  const agent_id = crypto.randomUUID();
  await engine.db.transaction().execute(async (tx) => {
    await insertMemoryRows(engine, tx, [{ agent_id, channel_id: room, kind: 'fact', text: 'Ada likes green tea.' }]);
    await engine.insertRows(tx, 'files', [makeUpload('a', room), makeUpload('b', room)]);
  });
  await engine.close();
  mkdirSync(join(dataDir, 'files/aa'), { recursive: true });
  writeFileSync(join(dataDir, `files/aa/${'a'.repeat(40)}.txt`), 'bytes');
  const { to, recovery } = await recover(t, dataDir);
  assert.deepEqual(recovery.files, { copied: 1, gone: 1 });
  assert.equal(readFileSync(join(to, `files/aa/${'a'.repeat(40)}.txt`), 'utf8'), 'bytes');
  const file = new DatabaseSync(pathOfDatabase(to));
  const word = toIndexedWords({ agentId: agent_id, channelId: room }, 'tea');
  assert.equal(
    file.prepare('select count(*) as rows from memory_words where memory_words match ?').get(`"${word}"`)?.rows,
    1,
  );
  file.close();
});

test('one byte of the write-ahead log: the start is refused, and everything that was acknowledged comes back', async (t) => {
  const dir = makeDir(t);
  const dataDir = join(dir, 'data');
  const server = await spawnServer(t, dataDir);
  const client = openClient(t, server.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  for (let n = 0; n < 50; n++) {
    const { ok } = await client.ask('message', { roomId, text: `It is ${n}.`, messageId: `message-${n}` });
    assert.equal(ok, true);
  }
  await server.end('SIGKILL');
  client.socket.close();
  const wal = join(dataDir, 'elizad.sqlite-wal');
  flipByte(wal, Math.floor(readFileSync(wal).length / 2));
  const before = readAll(dataDir);
  await assert.rejects(
    openTestServer(t, { ELIZAD_DATA: dataDir }),
    /^Error: ELIZAD_DATA: the write-ahead log in .* is damaged at byte \d+, .*: \d+ transactions, .* (?:npx|npm run) elizad (?:-- )?recover <new directory> --data /,
  );
  assert.deepEqual(readAll(dataDir), before);
  const to = join(dir, 'to');
  const recovered = runCli(t, ['recover', to, '--data', dataDir]);
  assert.equal(await recovered.exited, 0, recovered.output());
  assert.match(recovered.output(), /1 of its pages repaired/);
  assert.deepEqual(readAll(dataDir), before);
  const next = await openTestServer(t, { ELIZAD_DATA: to });
  const { call } = createRestClient(next.url);
  const { body } = await call('list-messages', { params: { channelId: roomId }, query: { limit: '100' } });
  const texts = body.data.messages.map(({ content }: { content: string }) => content);
  for (let n = 0; n < 50; n++) assert.ok(texts.includes(`It is ${n}.`), `It is ${n}.`);
  const again = openClient(t, next.url);
  await again.ask('join', { roomId });
  assert.equal((await again.ask('message', { roomId, text: 'On we go.' })).ok, true);
});
