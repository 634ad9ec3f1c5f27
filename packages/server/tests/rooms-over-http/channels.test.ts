/** Channels over HTTP: made in each client's words, shown, changed, and who is in them; the room hears of it. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { defaultServerId, deriveId } from 'elizad-protocol';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

async function open(t: TestContext, env: Record<string, string> = {}) {
  const { url } = await openTestServer(t, env);
  return { url, ...createRestClient(url) };
}

describe('a new channel', () => {
  it('is made as the React client does it, and its metadata comes back as it was', async (t) => {
    const { url, call } = await open(t);
    const me = crypto.randomUUID();
    const metadata = { isDm: true, user1: me, user2: eliza, forAgent: eliza, createdAt: '2026-01-01T00:00:00.000Z' };
    const { status, body } = await call('create-channel', {
      body: {
        name: 'Chat - Jan 1, 00:00:00',
        message_server_id: defaultServerId,
        participantCentralUserIds: [me, eliza],
        type: 'DM',
        metadata,
        source_type: 'client',
        sourceId: 'chat-1',
      },
      headers: { 'x-entity-id': me },
    });
    assert.equal(status, 201);
    assert.deepEqual(body.data.metadata, metadata);
    assert.deepEqual([body.data.type, body.data.messageServerId], ['DM', defaultServerId]);
    assert.deepEqual([body.data.sourceType, body.data.sourceId], ['client', 'chat-1']);
    const params = { channelId: body.data.id };
    const { channel: _channel, ...shown } = body.data;
    const { data } = (await call('get-channel', { params })).body;
    const { participantCentralUserIds, ...kept } = data.metadata;
    assert.deepEqual({ ...data, metadata: kept }, shown);
    assert.ok(Array.isArray(participantCentralUserIds) && participantCentralUserIds.length > 0);
    assert.deepEqual((await call('list-channel-participants', { params })).body.data, [me, eliza]);
    // It is a room like any other, and its agent answers.
    const ada = openClient(t, url, { auth: { entityId: me } });
    const { messageId } = await ada.ask('message', { roomId: body.data.id, text: 'Men are all alike.' });
    const end = await ada.until('messageComplete', (done) => done.messageId === messageId);
    assert.equal(end.outcome, 'answered');
  });

  it('is made as it is documented, in both spellings of the address', async (t) => {
    const { call } = await open(t);
    for (const spelling of [0, 1])
      for (const type of ['text', 'voice', 'dm', 'group'] as const) {
        const body = { name: type, serverId: defaultServerId, type, description: 'About it.' };
        const made = await call('create-channel', { body, spelling });
        assert.equal(made.status, 201);
        const { channel } = made.body.data;
        assert.deepEqual([channel.type, channel.description, channel.serverId], [type, 'About it.', defaultServerId]);
        const params = { channelId: channel.id };
        for (const other of [0, 1]) {
          const { body: again } = await call('get-central-channel', { params, spelling: other });
          assert.deepEqual([again.data.type, again.data.channel.id], [type, channel.id]);
        }
      }
  });

  it('is shown with the type that it was given, and behaves as DM or group', async (t) => {
    const { url, call } = await open(t);
    const ada = openClient(t, url);
    for (const [type, behaves, documented] of [
      ['DM', 'DM', 'dm'],
      ['SELF', 'DM', 'dm'],
      ['voice_dm', 'DM', 'dm'],
      ['API', 'DM', 'dm'],
      ['GROUP', 'GROUP', 'group'],
      ['VOICE_GROUP', 'GROUP', 'group'],
      ['THREAD', 'GROUP', 'group'],
      ['Text', 'GROUP', 'text'],
      [2, 'GROUP', 'group'],
      ['public chat', 'GROUP', 'group'],
    ]) {
      const { body } = await call('create-channel', { body: { name: 'x', type } });
      assert.deepEqual([body.data.type, body.data.channel.type], [String(type), documented]);
      assert.equal((await ada.ask('join', { roomId: body.data.id })).type, behaves);
    }
  });

  it('is a DM where its metadata says so, whatever it is called', async (t) => {
    const { url, call } = await open(t);
    const ada = openClient(t, url);
    for (const [type, shown] of [
      [2, '2'],
      ['GROUP', 'GROUP'],
      [undefined, 'DM'],
    ]) {
      const { body } = await call('create-channel', { body: { name: 'x', type, metadata: { isDm: true } } });
      assert.deepEqual([body.data.type, body.data.channel.type], [shown, 'dm']);
      assert.equal((await ada.ask('join', { roomId: body.data.id })).type, 'DM');
    }
  });

  it('has the id that its maker chose; the same again is the same channel, and another one is refused', async (t) => {
    const { call } = await open(t);
    const [id, ada, bob] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const body = { id: id.toUpperCase(), name: 'x', type: 'DM', participantCentralUserIds: [ada, eliza] };
    const all = await Promise.all([0, 1, 0, 1].map((spelling) => call('create-channel', { body, spelling })));
    assert.deepEqual([...new Set(all.map((made) => `${made.status} ${made.body.data.id}`))], [`201 ${id}`]);
    const params = { channelId: id };
    assert.deepEqual((await call('list-channel-participants', { params })).body.data, [ada, eliza]);
    assert.equal((await call('add-channel-agent', { params, body: { agentId: eliza } })).status, 201);
    for (const other of [{ type: 'GROUP' }, { participantCentralUserIds: [bob, eliza] }]) {
      const { status, body: refused } = await call('create-channel', { body: { ...body, ...other } });
      assert.deepEqual([status, refused.error?.code], [409, 'room-exists']);
    }
    assert.deepEqual((await call('list-channel-participants', { params })).body.data, [ada, eliza], 'nobody came in');
  });

  it('that has the id of an agent has that agent in it', async (t) => {
    const { call } = await open(t);
    const ada = crypto.randomUUID();
    const { body } = await call('create-channel', { body: { id: eliza, name: 'x', participants: [ada] } });
    assert.deepEqual((await call('list-channel-participants', { params: { channelId: body.data.id } })).body.data, [
      ada,
      eliza,
    ]);
  });

  it('has whoever is named in it where nobody else is, and nobody for the holder of the key', async (t) => {
    const { call } = await open(t);
    const ada = crypto.randomUUID();
    const whoIsIn = async (headers: Record<string, string>) => {
      const { body } = await call('create-channel', { body: { name: 'x' }, headers });
      const params = { channelId: body.data.id };
      return (await call('list-channel-participants', { params })).body.data;
    };
    assert.deepEqual(await whoIsIn({ 'x-entity-id': ada }), [ada]);
    assert.deepEqual(await whoIsIn({}), []);
  });

  it('is refused with every fault named', async (t) => {
    const { call } = await open(t);
    for (const [wrong, paths] of [
      [{}, ['name']],
      [{ name: 7, serverId: 'x', type: '', participants: ['y'] }, ['name', 'serverId', 'type', 'participants.0']],
      [{ name: 'x', participants: Array.from({ length: 1_001 }, () => eliza) }, ['participants']],
      [{ name: 'x', metadata: { long: 'x'.repeat(70_000) } }, ['metadata']],
    ] as const) {
      const { status, body } = await call('create-channel', { body: wrong });
      assert.equal(status, 400);
      assert.deepEqual(body.error?.issues?.map(({ path }) => path).sort(), [...paths].sort());
    }
    const elsewhere = { name: 'x', server_id: crypto.randomUUID() };
    assert.equal((await call('create-channel', { body: elsewhere })).body.error?.code, 'server-not-found');
  });

  it('is a group of at least two at group-channels', async (t) => {
    const { call } = await open(t);
    const two = [crypto.randomUUID(), eliza];
    const { status, body } = await call('create-group-channel', {
      body: { name: 'Two', participants: two, description: 'Both.' },
    });
    assert.deepEqual([status, body.data.type, body.data.channel.type], [201, 'GROUP', 'group']);
    const params = { channelId: body.data.id };
    assert.deepEqual((await call('list-channel-participants', { params })).body.data, two);
    const alone = await call('create-group-channel', { body: { name: 'One', participants: [eliza] } });
    assert.equal(alone.status, 400);
  });
});

describe('the DM of two', () => {
  it('is one, whoever asks, how, and how many at once, and stays it when it is renamed', async (t) => {
    const { call } = await open(t);
    const ada = crypto.randomUUID();
    const asked = await Promise.all([
      ...Array.from({ length: 8 }, () =>
        call('get-dm-channel', { query: { currentUserId: ada, targetUserId: eliza } }),
      ),
      call('get-dm-channel', { query: { userId1: eliza, userId2: ada } }),
      call('get-dm-channel', { query: { currentUserId: ada, targetUserId: eliza, dmServerId: defaultServerId } }),
    ]);
    const [first] = asked;
    assert.deepEqual([...new Set(asked.map(({ body }) => body.data.id))], [first.body.data.id]);
    const { name, type, channel, metadata } = first.body.data;
    assert.equal(name, `DM-${[ada, eliza].sort().join('-')}`);
    assert.deepEqual([type, channel.type], ['DM', 'dm']);
    assert.deepEqual([metadata.isDm, metadata.forAgent], [true, eliza]);
    const params = { channelId: first.body.data.id };
    assert.deepEqual((await call('list-channel-participants', { params })).body.data.sort(), [ada, eliza].sort());
    await call('update-channel', { params, body: { name: 'Renamed', participants: [ada] } });
    const { body } = await call('get-dm-channel', { query: { userId1: ada, userId2: eliza } });
    assert.deepEqual([body.data.id, body.data.name], [params.channelId, 'Renamed']);
    assert.deepEqual((await call('list-channel-participants', { params })).body.data, [ada, eliza]);
  });

  it('is for the two, and needs two', async (t) => {
    const { call } = await open(t);
    const [ada, bob] = [crypto.randomUUID(), crypto.randomUUID()];
    const query = { currentUserId: ada, targetUserId: bob };
    const stranger = await call('get-dm-channel', { query, headers: { 'x-entity-id': crypto.randomUUID() } });
    assert.deepEqual([stranger.status, stranger.body.error?.code], [403, 'not-a-participant']);
    assert.equal((await call('get-dm-channel', { query, headers: { 'x-entity-id': bob } })).status, 200);
    assert.equal((await call('get-dm-channel', { query: { userId1: ada, userId2: ada } })).status, 400);
    assert.equal((await call('get-dm-channel', { query: { userId1: ada } })).status, 400);
    const byList = await call('get-dm-channel', { query: { participantIds: `${ada},${bob}` } });
    assert.equal(byList.body.data.id, (await call('get-dm-channel', { query })).body.data.id);
    for (const participantIds of [ada, `${ada},${ada}`, `${ada},${bob},${eliza}`])
      assert.equal((await call('get-dm-channel', { query: { ...query, participantIds } })).status, 400);
    const elsewhere = { ...query, dmServerId: crypto.randomUUID() };
    assert.equal((await call('get-dm-channel', { query: elsewhere })).body.error?.code, 'server-not-found');
  });
});
