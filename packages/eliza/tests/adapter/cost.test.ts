/** What keeps a turn cheap, and must not be seen: logs of a bounded size, rows that are kept, embeddings read when asked for. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { ada, agentId, ben, makeId, open, otherRoom, reopen, room, world } from './support/open.ts';

describe('logs', () => {
  const log = (body: unknown) => ({ body, entityId: ada, roomId: room, type: 'evaluator' });

  test('have a bounded size: of each field its beginning and its end, and the fields behind it whole', async (t) => {
    const { adapter } = await open(t);
    const memories = Array.from({ length: 500 }, (_, index) => ({ index, embedding: new Array(384).fill(0.5) }));
    const prompt = `begin ${'x'.repeat(100_000)} end`;
    await adapter.log(
      log({ prompt, state: { deep: { memories } }, list: new Array(5_000).fill('item'), runId: 'one' }),
    );
    const [kept] = await adapter.getLogs({ type: 'evaluator' });
    const body = kept?.body as { prompt: string; runId: string };
    assert.match(body.prompt, /^begin x+ … x+ end$/);
    assert.equal(body.runId, 'one');
    assert.ok(JSON.stringify(body).length < 20_000, String(JSON.stringify(body).length));
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`field${index}`, 'x'.repeat(10_000)]),
    );
    await adapter.log(log(many));
    const [manyKept] = await adapter.getLogs({ type: 'evaluator', count: 1 });
    assert.ok(JSON.stringify(manyKept?.body).length < 250_000);
  });

  test('have at most 50 MB together: the oldest go', async (t) => {
    const { adapter, file } = await open(t);
    const database = new DatabaseSync(file);
    t.after(() => database.close());
    database.exec(`
      WITH RECURSIVE counting (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < 700)
      INSERT INTO logs (created_at, entity_id, room_id, type, body)
      SELECT n, '${ada}', '${room}', 'old', json_object('text', printf('%.100000c', 'x')) FROM counting`);
    await adapter.log(log({ newest: true }));
    const [newest] = await adapter.getLogs({ count: 1 });
    assert.deepEqual(newest?.body, { newest: true });
    const { bytes } = database.prepare('SELECT sum(octet_length(body)) AS bytes FROM logs').get() as { bytes: number };
    assert.ok(bytes <= 50_000_000 && bytes > 35_000_000, String(bytes));
  });

  test('are in the file soon, without anybody asking; and when it is closed', async (t) => {
    const { adapter, file } = await open(t);
    const database = new DatabaseSync(file);
    t.after(() => database.close());
    const count = () => (database.prepare('SELECT count(*) AS count FROM logs').get() as { count: number }).count;
    await adapter.log(log({ a: 1 }));
    for (const deadline = Date.now() + 5_000; count() === 0; await new Promise((resolve) => setTimeout(resolve, 5)))
      assert.ok(Date.now() < deadline, 'it is not written');
    await adapter.log(log({ a: 2 }));
    await adapter.close();
    assert.equal(count(), 2);
  });

  test('go with their room, also those that wait to be written', async (t) => {
    const { adapter } = await open(t);
    await adapter.log(log({ a: 1 }));
    await adapter.deleteRoom(room);
    assert.deepEqual(await adapter.getLogs({}), []);
    await assert.rejects(adapter.log(log(undefined)), /needs a type/);
  });
});

describe('rows that are kept', () => {
  test('are those of the file after every write, and what a caller makes of them is its own', async (t) => {
    const { adapter } = await open(t);
    const names = async () => (await adapter.getEntitiesForRoom(room)).map((one) => one.names.join());
    assert.deepEqual(
      [await names(), await names()],
      [
        ['Ada', 'Ben'],
        ['Ada', 'Ben'],
      ],
    );
    await adapter.updateEntity({ id: ada, agentId, names: ['Ada L.'], metadata: {} });
    assert.deepEqual(await names(), ['Ada L.', 'Ben']);
    await adapter.deleteEntity(ben);
    assert.deepEqual(await names(), ['Ada L.']);
    assert.equal(await adapter.isRoomParticipant(room, ben), false);
    const [first] = await adapter.getRoomsByIds([room]);
    Object.assign(first ?? {}, { name: 'mine' });
    assert.equal((await adapter.getRoomsByIds([room]))[0]?.name, 'one');
    // Refused as a whole: what it had written before the refusal is nowhere.
    const newcomer = makeId();
    assert.deepEqual(await adapter.getEntitiesByIds([newcomer]), []);
    const broken = { id: 'none', agentId, names: [] };
    assert.equal(await adapter.createEntities([{ id: newcomer, agentId, names: ['New'] }, broken]), false);
    assert.deepEqual(await adapter.getEntitiesByIds([newcomer]), []);
    await adapter.deleteRoom(room);
    assert.deepEqual([await names(), await adapter.getRoomsByIds([room])], [[], []]);
    assert.deepEqual(await adapter.getRoomsForParticipant(ada), []);
  });

  test('an update that changes nothing writes nothing', async (t) => {
    const { adapter, file } = await open(t);
    const database = new DatabaseSync(file);
    t.after(() => database.close());
    // It changes when another connection has written.
    const version = () => Object.values(database.prepare('PRAGMA data_version').get() ?? {})[0];
    const updateRoom = (name: string) =>
      adapter.updateRoom({ id: otherRoom, name, source: 'discord', type: 'GROUP', worldId: world });
    await updateRoom('two');
    const before = version();
    await updateRoom('two');
    assert.equal(version(), before);
    await updateRoom('three');
    assert.notEqual(version(), before);
    assert.equal((await adapter.getRoomsByIds([otherRoom]))[0]?.name, 'three');
  });
});

test('an embedding is there for whoever asks, copies or writes it, and gone with its memory', async (t) => {
  const { adapter, file } = await open(t);
  const embedding = new Array(384).fill(0.25);
  const id = await adapter.createMemory({ entityId: ada, roomId: room, content: { text: 'a' }, embedding }, 'facts');
  const read = async () =>
    (await adapter.getMemories({ tableName: 'facts', roomId: room }))[0] as { embedding?: number[] };
  assert.deepEqual((await read()).embedding, embedding);
  assert.deepEqual({ ...(await read()) }.embedding, embedding);
  assert.deepEqual(JSON.parse(JSON.stringify(await read())).embedding, embedding);
  const own = await read();
  own.embedding = [1];
  assert.deepEqual([own.embedding, (await read()).embedding], [[1], embedding]);
  const late = await read();
  await adapter.deleteMemory(id);
  assert.equal(late.embedding, undefined);
  const again = reopen(t, file);
  await again.createMemory({ entityId: ada, roomId: room, content: { text: 'b' }, embedding }, 'facts');
  const [kept] = await again.getMemories({ tableName: 'facts' });
  await again.close();
  assert.equal(kept?.embedding, undefined);
});
