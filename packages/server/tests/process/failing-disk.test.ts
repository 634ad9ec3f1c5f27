/** A disk that does not keep what it was given: an acknowledged message is there after a loss of power all the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DiskImage } from '../support/disk-image.ts';
import { buildDisk, EIO, type FailingDisk, openFailingDisk } from '../support/failing-disk.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, spawnServer } from '../support/test-server.ts';

const skip = !buildDisk() && 'there is no compiler for C';

/** The clientMessageIds that would be there if the power had gone now, and nothing had reached the disk but what was synced. */
function listLeft(t: TestContext, disk: FailingDisk): Set<string> {
  const image = new DiskImage();
  for (const op of disk.listOps()) image.apply(op);
  const left = makeDir(t);
  image.save(left, 'none', Math.random);
  const file = new DatabaseSync(join(left, 'elizad.sqlite'));
  try {
    assert.equal(file.prepare('pragma integrity_check').get()?.integrity_check, 'ok');
    const rows = file.prepare('select client_message_id as id from messages').all();
    return new Set(rows.map(({ id }) => String(id)));
  } finally {
    file.close();
  }
}

test('what is acknowledged after a sync that failed is there after a loss of power', { skip }, async (t) => {
  const disk = openFailingDisk(makeDir(t));
  const server = await spawnServer(t, disk.data, disk.env);
  const { call } = createRestClient(server.url);
  const client = openClient(t, server.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  const acked: string[] = [];
  const say = async (messageId: string) => {
    const ack = await client.ask('message', { roomId, text: `It is ${messageId}.`, messageId });
    if (ack.ok) acked.push(messageId);
    return ack;
  };
  // The write-ahead log is emptied soon after a start, and with it what hides the fault.
  await setTimeout(2_500);
  await say('before');

  disk.fail({ sync: { errno: EIO, perMille: 1000 } });
  assert.equal((await say('refused')).details.code, 'storage-failed');
  // That is in the log, which is kept without waiting for the disk.
  const { body } = await call('get-logs', { query: { level: 'all' } });
  assert.ok(body.logs.some(({ msg }) => msg.includes('failed')));
  assert.equal((await say('refused too')).details.code, 'storage-failed');
  assert.equal((await call('get-readiness')).status, 503);
  disk.fail();
  while (!(await say('after-0')).ok) await setTimeout(20);
  for (let n = 1; n < 50; n++) await say(`after-${n}`);
  assert.equal(acked.length, 51);
  const left = listLeft(t, disk);
  assert.deepEqual(
    acked.filter((id) => !left.has(id)),
    [],
  );
  assert.match(server.output(), /could not sync.*syncs again/s);
});
