/** The file of an agent: opened again, killed in the middle, damaged, or of a newer version. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { createAdapter } from '../../src/host/adapter/adapter.ts';
import { ada, agentId, makeFile, open, reopen, room } from './support/open.ts';

describe('the file of an agent', () => {
  test('what was stored is there when it is opened again, embeddings too', async (t) => {
    const { adapter, file } = await open(t);
    const embedding = Array.from({ length: 384 }, (_, index) => Math.cos(index));
    const memory = { entityId: ada, roomId: room, content: { text: 'kept' }, embedding };
    const id = await adapter.createMemory(memory, 'facts');
    await adapter.close();
    assert.equal(await adapter.isReady(), false);
    await assert.rejects(adapter.getAgent(agentId), /is closed: call init/);
    const again = reopen(t, file);
    assert.equal(await again.isReady(), true);
    assert.deepEqual(
      (await again.searchMemories({ tableName: 'facts', embedding })).map((one) => one.id),
      [id],
    );
    assert.equal((await again.getAgent(agentId))?.name, 'Eliza');
    await adapter.init();
    assert.equal((await adapter.getMemoryById(id))?.id, id);
  });

  test('a process that is killed leaves everything that it had stored', async (t) => {
    const file = makeFile(t);
    const script = join(import.meta.dirname, 'support/writer.ts');
    const writer = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => writer.kill('SIGKILL'));
    const exit = once(writer, 'exit');
    const stored: string[] = [];
    for await (const line of createInterface(writer.stdout)) {
      stored.push(line);
      if (stored.length === 120) writer.kill('SIGKILL');
    }
    await exit;
    assert.ok(stored.length >= 120);
    const adapter = reopen(t, file);
    // The last line may be cut.
    const whole = stored.filter((id) => id.length === 36);
    const found = await adapter.getMemoriesByIds(whole);
    assert.equal(found.length, whole.length);
    assert.ok(found.every(({ embedding }) => embedding?.length === 384));
    await adapter.close();
    const database = new DatabaseSync(file);
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), []);
    database.close();
  });

  test('a file that cannot be used is named, with what to do', async (t) => {
    const file = makeFile(t);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'This is no database, however long it is. '.repeat(100));
    assert.throws(() => createAdapter({ file, agentId }), /agent\.db cannot be used: .*not a database.*moved away/);
    const newer = join(dirname(file), 'newer.db');
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA user_version = 99');
    database.close();
    assert.throws(() => createAdapter({ file: newer, agentId }), /a newer elizad wrote it \(version 99/);
    assert.throws(() => createAdapter({ file, agentId: 'Eliza' }), /"Eliza" is not a UUID/);
  });

  test('there is no drizzle, and that is said where it is asked for', async (t) => {
    const { adapter } = await open(t);
    assert.throws(() => adapter.db, /store is SQLite, without drizzle.*@elizaos\/plugin-sql/);
    await assert.rejects(adapter.getConnection(), /without drizzle/);
    assert.ok(inspect({ ...adapter }).includes('getAgent'), 'it can be copied and printed');
    await adapter.runPluginMigrations([{ name: 'x', schema: {} }], { verbose: true });
    await adapter.runMigrations();
    assert.equal(await adapter.withEntityContext(ada, async () => 7), 7);
  });
});
