/** A room of very many messages is emptied in steps: others are served in between, and a stop in the middle changes nothing. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { deriveId, defaultServerId as serverId } from 'elizad-protocol';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { listRoomChanges } from '../../src/storage/journal/room-changes.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');
const many = 3_000;

/** A store with a room of many messages, whose first one is being answered. */
async function openStore(t: TestContext) {
  const dataDir = join(makeDir(t), 'data');
  const database = await openSqlite(dataDir);
  const channelId = crypto.randomUUID();
  await insertChannel(database.db, { id: channelId, server_id: serverId, name: 'R', type: 'GROUP', created_at: 1 }, []);
  const log = openMessageLog(database);
  const said = { serverId, channelId, senderId: crypto.randomUUID(), senderName: 'Ada', source: 'test', createdAt: 1 };
  const rest = { thought: null, inReplyTo: null, actions: [], attachments: [], metadata: {}, clientMessageId: null };
  const say = (n: number) =>
    log.write({
      kind: 'post',
      message: { ...said, ...rest, id: crypto.randomUUID(), text: `n${n}` },
      addressees: n === 0 ? [eliza] : [],
    });
  const [first] = await Promise.all(Array.from({ length: many }, (_, n) => say(n)));
  const listTexts = async () =>
    (await database.db.selectFrom('messages').select('text').orderBy('seq').execute()).map(({ text }) => text);
  return { dataDir, database, log, channelId, firstId: first?.message.id as string, listTexts };
}

for (const kind of ['cleared', 'deleted'] as const) {
  describe(`a room of many messages that is ${kind}`, () => {
    it('loses them in steps of which nobody is told, oldest first, but not what is being answered', async (t) => {
      const { database, log, channelId, firstId, listTexts } = await openStore(t);
      t.after(() => database.close());
      const erasure = { kind, channelId };
      let erased = 0;
      for (let isOver = false; !isOver; ) {
        const thinned = await log.write({ kind: 'room-thinning', erasure });
        assert.ok(thinned.erased <= 250);
        const texts = await listTexts();
        erased += thinned.erased;
        assert.deepEqual([texts[0], texts.at(-1), texts.length], ['n0', `n${many - 1}`, many - erased]);
        isOver = thinned.isOver;
      }
      assert.ok(many - erased < 900 && many - erased >= 500, `${many - erased} are left to the end`);
      const told = () => listRoomChanges(database.db, [channelId], { after: 0, upTo: 1e9, limit: 10 });
      assert.deepEqual(await told(), []);
      const change = await log.write({ kind: 'room-erasure', erasure });
      assert.equal(change.erased, many - erased);
      assert.deepEqual(
        change.entries.flatMap((one) => (one.kind === 'completed' ? [[one.message.id, one.turns[0]?.outcome]] : [])),
        [[firstId, 'cancelled']],
      );
      const [entry, ...others] = await told();
      const ends = entry && 'ends' in entry ? entry.ends.length : 0;
      assert.deepEqual([entry?.kind, ends, others.length], [`room-${kind}`, 500, 0]);
      assert.deepEqual(await listTexts(), []);
      const marks = await database.db.selectFrom('room_changes').select(['kind', 'last_seq']).execute();
      assert.deepEqual(marks, [{ kind, last_seq: many }]);
    });

    it('is so after a restart in the middle of it, and its numbers go on', async (t) => {
      const { dataDir, database, log, channelId } = await openStore(t);
      for (let step = 0; step < 3; step++) await log.write({ kind: 'room-thinning', erasure: { kind, channelId } });
      await database.close();
      const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
      const { call } = createRestClient(url);
      const params = { channelId };
      const { status, body } = await call('list-messages', { params });
      assert.deepEqual([status, body.data?.messages], kind === 'cleared' ? [200, []] : [404, undefined]);
      const ada = openClient(t, url);
      await ada.ask('join', { roomId: channelId });
      assert.equal((await ada.ask('message', { roomId: channelId, text: 'anew' })).seq, many + 1);
    });

    it('lets others speak meanwhile, and tells its own once', async (t) => {
      const { dataDir, database, channelId } = await openStore(t);
      await database.close();
      const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
      const { call } = createRestClient(url);
      const ada = openClient(t, url);
      const roomId = crypto.randomUUID();
      for (const id of [channelId, roomId]) await ada.ask('join', { roomId: id });
      let isOver = false;
      const row = kind === 'cleared' ? 'clear-central-channel' : 'delete-central-channel';
      const ended = call(row, { params: { channelId } }).then((answer) => {
        isOver = true;
        return answer;
      });
      let spoken = 0;
      while (!isOver) {
        await ada.ask('message', { roomId, text: 'and here' });
        if (!isOver) spoken += 1;
      }
      assert.ok(spoken > 0, `${spoken} were said elsewhere until it was over`);
      const { status, body } = await ended;
      assert.equal(status, 200);
      // The agent may have answered first.
      if ('deleted' in body) assert.ok(body.deleted === many || body.deleted === many + 1);
      const event = kind === 'cleared' ? 'channelCleared' : 'channelDeleted';
      await ada.until(event);
      await ada.ask('message', { roomId, text: 'the end' });
      assert.equal(ada.events.filter((one) => one.event === event).length, 1);
    });
  });
}
