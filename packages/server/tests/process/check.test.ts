/** `elizad check`: says what is wrong with a store, and changes nothing of it; and what a server does about some of that. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sweepFiles } from '../../src/messaging/media/files.ts';
import { openDiskFiles } from '../../src/storage/disk/file-store.ts';
import { describeTrouble } from '../../src/storage/engine/sqlite/disk-guard.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listFilesAfter } from '../../src/storage/kept/files.ts';
import { checkStore } from '../../src/storage/recovery/check.ts';
import {
  findPages,
  flipByte,
  makeStore,
  makeUpload,
  pathOfDatabase,
  readAll,
  wipePage,
} from '../support/damaged-store.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, runCli } from '../support/test-server.ts';

const nobody = () => {};

/** Looks, and sees to it that nothing was changed. */
function look(dataDir: string) {
  const before = readAll(dataDir);
  const { findings, remedy } = checkStore(dataDir, nobody);
  assert.deepEqual(readAll(dataDir), before);
  const found = Object.fromEntries(findings.map((finding) => [finding.what, finding.found]));
  return { found, remedy, wrong: findings.filter(({ isWrong }) => isWrong).map(({ what }) => what) };
}

/** A store as a kill leaves it: its last messages are in the write-ahead log alone. */
async function makeKilled(t: TestContext): Promise<string> {
  const dir = makeDir(t);
  const dataDir = join(dir, 'data');
  await makeStore(dataDir, 100);
  const { db, close } = await openSqlite(dataDir);
  for (const name of ['One', 'Two', 'Three', 'Four']) await db.updateTable('servers').set({ name }).execute();
  const killed = join(dir, 'killed');
  mkdirSync(killed);
  for (const name of ['elizad.sqlite', 'elizad.sqlite-wal', 'elizad.sqlite-shm'])
    copyFileSync(join(dataDir, name), join(killed, name));
  await close();
  return killed;
}

test('a store that is whole: code 0, and its write-ahead log is as it was, byte for byte', async (t) => {
  const dataDir = await makeKilled(t);
  const { found, wrong, remedy } = look(dataDir);
  assert.deepEqual(wrong, []);
  assert.equal(remedy, 'none');
  assert.match(found['write-ahead log'] ?? '', /^intact, \d+ pages$/);
  assert.deepEqual([found.messages, found.rooms], ['100', '3']);
  const before = readAll(dataDir);
  const { exited, output } = runCli(t, ['check', '--data', dataDir]);
  assert.equal(await exited, 0, output());
  assert.match(output(), /^database {9}whole$/m);
  assert.match(output(), /\nThe store in .* is whole\.\n$/);
  assert.deepEqual(readAll(dataDir), before);
});

test('while a server runs, and where there is no store, it says so', async (t) => {
  const dir = makeDir(t);
  assert.throws(() => checkStore(join(dir, 'none'), nobody), /none contains no store/);
  const { close } = await openSqlite(join(dir, 'data'));
  assert.throws(() => checkStore(join(dir, 'data'), nobody), /Another elizad \(pid \d+\) is using/);
  await close();
});

test('a damaged page, a damaged log and what is no database: code 1, and the last line says what to do', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  await makeStore(dataDir);
  wipePage(dataDir, findPages(dataDir, 13, 'message number 500.')[0] ?? 0);
  const { exited, output } = runCli(t, ['check', '--data', dataDir]);
  assert.equal(await exited, 1);
  assert.match(output(), /^messages .*they cannot be counted$/m);
  assert.match(
    output(),
    /\nTo copy the readable parts: (?:npx|npm run) elizad (?:-- )?recover <new directory> --data .*data\n$/,
  );
  assert.doesNotMatch(output(), /message number|words words/);
  const killed = await makeKilled(t);
  flipByte(join(killed, 'elizad.sqlite-wal'), 5_000);
  const { found, wrong, remedy } = look(killed);
  assert.deepEqual([wrong, remedy], [['write-ahead log'], 'recover']);
  assert.match(
    found['write-ahead log'] ?? '',
    /^damaged at byte \d+: SQLite cannot read the \d+ transactions after it/,
  );
  writeFileSync(pathOfDatabase(dataDir), 'this is no database '.repeat(500));
  assert.deepEqual([look(dataDir).found.database, look(dataDir).remedy], ['file is not a database', 'recover']);
});

test('a kept log that cannot be read is moved aside', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  await makeStore(dataDir, 10);
  writeFileSync(join(dataDir, 'elizad-log.sqlite'), 'no log');
  assert.deepEqual([look(dataDir).wrong, look(dataDir).remedy], [['kept log'], 'move-log']);
});

test('a damaged page met by a running server is told once, and what does not need it goes on', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = '', other = ''] = await makeStore(dataDir, 1_000, 2);
  const pages = findPages(dataDir, 13, 'message number');
  for (const page of pages.slice(20, 30)) wipePage(dataDir, page);
  const troubles: string[] = [];
  const { db, close } = await openSqlite(dataDir, (trouble) => troubles.push(trouble));
  for (const id of [room, other]) {
    const read = db.selectFrom('messages').selectAll().where('channel_id', '=', id).execute();
    await assert.rejects(read, ({ code }: { code?: string }) => code === 'storage-failed');
  }
  assert.deepEqual(troubles, ['corrupt']);
  assert.match(
    describeTrouble('corrupt', dataDir),
    /is damaged.*\. Stop the server; (?:npx|npm run) elizad (?:-- )?check .*(?:npx|npm run) elizad (?:-- )?recover /,
  );
  await close();
  const app = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const client = openClient(t, app.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  assert.equal((await client.ask('message', { roomId, text: 'Hello.' })).ok, true);
  await app.stop();
  // The place in the log is read at the start, from the last page.
  wipePage(dataDir, findPages(dataDir, 13, 'Hello.')[0] ?? 0);
  const { exited, output } = runCli(t, ['serve', '--port', '0', '--data', dataDir, '--log-level', 'silent']);
  assert.equal(await exited, 1);
  assert.match(
    output(),
    /^elizad: ELIZAD_DATA: .* cannot be used \(database disk image is malformed\)\. (?:npx|npm run) elizad (?:-- )?check .*\n$/,
  );
});

test('a start with a store that is no database, or is cut short, says in one sentence what to do', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  await makeStore(dataDir, 100);
  const bytes = readFileSync(pathOfDatabase(dataDir));
  for (const damaged of [bytes.subarray(0, 50 * 4_096), Buffer.from('no database '.repeat(1_000))]) {
    writeFileSync(pathOfDatabase(dataDir), damaged);
    await assert.rejects(
      openSqlite(dataDir),
      /^Error: ELIZAD_DATA: .* cannot be used \((database disk image is malformed|file is not a database)\)\. (?:npx|npm run) elizad (?:-- )?check --data .* shows the damage, and (?:npx|npm run) elizad (?:-- )?recover <new directory> --data .*\.$/,
    );
  }
});

test('uploads whose bytes are gone are found, and forgotten by a server; not where the whole disk of them is gone', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const [room = ''] = await makeStore(dataDir, 10);
  const { db, insertRows, close } = await openSqlite(dataDir);
  await db.transaction().execute(async (tx) => {
    await insertRows(
      tx,
      'files',
      ['a', 'b', 'c'].map((letter) => makeUpload(letter, room)),
    );
  });
  const files = openDiskFiles(join(dataDir, 'files'));
  const warnings: unknown[] = [];
  const logger = { warn: (...what: unknown[]) => void warnings.push(what) } as Parameters<typeof sweepFiles>[1];
  const sweep = async () => {
    await sweepFiles({ database: { db }, files }, logger);
    return (await listFilesAfter(db, '', 10)).map(({ stored_name, thumbnail }) => [stored_name[0], thumbnail]);
  };
  assert.equal((await sweep()).length, 3);
  assert.match(String(warnings), /missing or empty: mount or restore it/);
  mkdirSync(join(dataDir, 'files/aa'), { recursive: true });
  writeFileSync(join(dataDir, `files/aa/${'a'.repeat(40)}.txt`), 'bytes');
  mkdirSync(join(dataDir, 'files/bb'), { recursive: true });
  // An error other than that it is gone.
  writeFileSync(join(dataDir, 'files/cc'), 'this should be a directory');
  await assert.rejects(sweep(), { code: 'ENOTDIR' });
  rmSync(join(dataDir, 'files/cc'));
  await close();
  assert.deepEqual([look(dataDir).wrong, look(dataDir).remedy], [['uploaded files'], 'start']);
  const again = await openSqlite(dataDir);
  await sweepFiles({ database: { db: again.db }, files }, logger);
  assert.deepEqual(
    (await listFilesAfter(again.db, '', 10)).map(({ stored_name }) => stored_name[0]),
    ['a'],
  );
  assert.deepEqual(warnings.at(-1), [{ files: 2 }, 'forgot uploaded files that are missing on disk']);
  await again.close();
  assert.equal(look(dataDir).remedy, 'none');
});
