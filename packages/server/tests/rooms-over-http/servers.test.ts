/** Message servers over HTTP: listed, made, deleted with their rooms; which agents belong to them, and their channels. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { defaultServerId, deriveId } from 'elizad-protocol';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

async function open(t: TestContext) {
  const { url } = await openTestServer(t);
  return { url, ...createRestClient(url) };
}

describe('message servers', () => {
  it('has one to begin with, which is the current one in every spelling', async (t) => {
    const { call } = await open(t);
    const { body: current } = await call('get-current-message-server');
    assert.equal(current.data.messageServerId, defaultServerId);
    for (const spelling of [0, 1]) {
      const { body } = await call('list-message-servers', { spelling });
      assert.deepEqual(
        body.data.servers.map(({ id, name, sourceType }) => [id, name, sourceType]),
        [[defaultServerId, 'Default Server', 'eliza_default']],
      );
      assert.deepEqual(body.data.messageServers, body.data.servers);
    }
    const { body: plain } = await call('list-central-servers');
    assert.deepEqual(
      plain.data.map(({ id, createdAt }) => [id, typeof createdAt]),
      [[defaultServerId, 'number']],
    );
  });

  it('keeps what one was made with, as it came', async (t) => {
    const { call } = await open(t);
    const metadata = { deep: [{ a: null }], 'odd key': 'ünï', n: 1.5 };
    const { status, body } = await call('create-message-server', {
      body: { name: 'Guild', source_type: 'discord', sourceId: 'g-1', metadata },
    });
    assert.equal(status, 201);
    const { id, createdAt, updatedAt, ...rest } = body.data.server;
    assert.deepEqual(rest, { name: 'Guild', sourceType: 'discord', sourceId: 'g-1', metadata });
    assert.equal(createdAt, updatedAt);
    const documented = await call('create-server', { body: { name: ' Plain ', description: 'No more.' } });
    assert.equal(documented.status, 201);
    assert.equal(documented.body.data.server.description, 'No more.');
    assert.equal(documented.body.data.server.name, 'Plain');
    const { body: list } = await call('list-message-servers');
    assert.deepEqual(
      list.data.servers.map((one) => one.id),
      [defaultServerId, id, documented.body.data.server.id],
    );
  });

  it('names what is wrong with one, and stores none of it', async (t) => {
    const { url, call } = await open(t);
    for (const [wrong, path] of [
      [{}, 'name'],
      [{ name: '  ' }, 'name'],
      [{ name: 'x'.repeat(201) }, 'name'],
      [{ name: 'x', metadata: [] }, 'metadata'],
      [{ name: 'x', metadata: { long: 'x'.repeat(70_000) } }, 'metadata'],
    ] as const) {
      const { status, body } = await call('create-message-server', { body: wrong });
      assert.deepEqual([status, body.error?.issues?.map((issue) => issue.path)], [400, [path]]);
    }
    for (const depth of [200, 100_000]) {
      const deep = `{"name":"x","metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/messaging/servers`, { method: 'POST', headers, body: deep });
      assert.equal(response.status, 400);
    }
    assert.equal((await call('list-message-servers')).body.data.servers.length, 1);
  });

  it('is deleted with its channels, whose rooms hear of it; the default one is not', async (t) => {
    const { url, call } = await open(t);
    const { body } = await call('create-message-server', { body: { name: 'Short' } });
    const params = { messageServerId: body.data.server.id };
    const ada = openClient(t, url);
    const rooms: string[] = [];
    for (const name of ['a', 'b']) {
      const made = await call('create-channel', { body: { name, message_server_id: params.messageServerId } });
      rooms.push(made.body.data.id);
      await ada.ask('join', { roomId: made.body.data.id });
    }
    assert.equal((await call('delete-message-server', { params })).status, 200);
    for (const id of rooms) await ada.until('channelDeleted', ({ roomId }) => roomId === id);
    for (const spelling of [0, 1, 2]) {
      assert.equal((await call('delete-message-server', { params, spelling })).status, 404);
      const refused = await call('delete-message-server', { params: { messageServerId: defaultServerId }, spelling });
      assert.deepEqual([refused.status, refused.body.error?.code], [409, 'default-server']);
    }
    assert.equal((await call('list-message-servers')).body.data.servers.length, 1);
  });
});

describe('agents of a server', () => {
  it('are all of them for the default one, and stay', async (t) => {
    const { call } = await open(t);
    const params = { messageServerId: defaultServerId };
    assert.deepEqual((await call('list-message-server-agents', { params })).body.data.agents, [eliza]);
    for (const spelling of [0, 1])
      assert.deepEqual((await call('list-server-agents', { params, spelling })).body.data, [
        { id: eliza, name: 'Eliza', status: 'active' },
      ]);
    assert.equal((await call('add-message-server-agent', { params, body: { agentId: eliza } })).status, 201);
    const removed = await call('remove-server-agent', { params: { ...params, agentId: eliza } });
    assert.deepEqual([removed.status, removed.body.error?.code], [409, 'default-server']);
  });

  it('come and go elsewhere, in each spelling with its own status', async (t) => {
    const { call } = await open(t);
    const { body } = await call('create-server', { body: { name: 'Guild' } });
    const messageServerId = body.data.server.id;
    const params = { messageServerId };
    const listOf = async () => (await call('list-message-server-agents', { params })).body.data.agents;
    assert.deepEqual(await listOf(), []);
    assert.equal((await call('add-message-server-agent', { params, body: { agentId: eliza } })).status, 201);
    for (const spelling of [0, 1])
      assert.equal((await call('add-server-agent', { params, body: { agentId: eliza }, spelling })).status, 200);
    assert.deepEqual(await listOf(), [eliza]);
    const { body: of } = await call('list-agent-message-servers', { params: { agentId: eliza } });
    const servers = [defaultServerId, messageServerId];
    assert.deepEqual(of.data, { agentId: eliza, messageServers: servers, servers });
    const both = { messageServerId, agentId: eliza };
    assert.equal((await call('remove-server-agent', { params: both, spelling: 1 })).status, 200);
    for (const spelling of [0, 1, 2]) {
      const again = await call('remove-server-agent', { params: both, spelling });
      assert.deepEqual([again.status, again.body.error?.code], [404, 'agent-not-in-server']);
    }
  });

  it('are looked for among those that there are', async (t) => {
    const { call } = await open(t);
    const nobody = crypto.randomUUID();
    const stranger = { params: { messageServerId: nobody } };
    assert.equal((await call('list-message-server-agents', stranger)).body.error?.code, 'server-not-found');
    assert.equal((await call('list-server-agents', stranger)).body.error?.code, 'server-not-found');
    const params = { messageServerId: defaultServerId };
    const added = await call('add-server-agent', { params, body: { agentId: nobody } });
    assert.equal(added.body.error?.code, 'agent-not-found');
    assert.equal((await call('list-agent-message-servers', { params: { agentId: nobody } })).status, 404);
    assert.equal((await call('list-message-server-channels', stranger)).body.error?.code, 'server-not-found');
  });
});

describe('channels of a server', () => {
  it('come in pages, newest first, the same in every spelling', async (t) => {
    const { call } = await open(t);
    const made: string[] = [];
    for (let n = 0; n < 7; n++)
      made.unshift(
        (await call('create-channel', { body: { name: `c${n}`, type: n % 2 ? 'DM' : 'group' } })).body.data.id,
      );
    const params = { messageServerId: defaultServerId };
    const seen: string[] = [];
    let before: string | undefined;
    do {
      const query: Record<string, string | number> = before === undefined ? { limit: 3 } : { limit: 3, before };
      const { body } = await call('list-message-server-channels', { params, query });
      seen.push(...body.data.channels.map(({ id }) => id));
      before = body.data.next;
    } while (before !== undefined);
    assert.deepEqual(seen, made);
    for (const spelling of [0, 1]) {
      const { body } = await call('list-server-channels', { params, spelling, query: { limit: 2 } });
      assert.deepEqual(
        body.data.map(({ id, type }) => [id, type]),
        [
          [made[0], 'group'],
          [made[1], 'dm'],
        ],
      );
      assert.ok(body.next);
    }
    for (const query of [{ limit: 0 }, { limit: 1_001 }, { before: 'yesterday' }] as Record<string, string | number>[])
      assert.equal((await call('list-message-server-channels', { params, query })).status, 400);
  });

  it('are, for somebody who is named, all groups and of the DMs their own', async (t) => {
    const { call } = await open(t);
    const [ada, bob] = [crypto.randomUUID(), crypto.randomUUID()];
    const create = async (type: string, ...participantCentralUserIds: string[]) =>
      (await call('create-channel', { body: { name: type, type, participantCentralUserIds } })).body.data.id;
    const group = await create('GROUP', bob);
    const mine = await create('DM', ada, eliza);
    const other = await create('DM', bob, eliza);
    const list = async (headers: Record<string, string>) => {
      const params = { messageServerId: defaultServerId };
      return (await call('list-message-server-channels', { params, headers })).body.data.channels.map(({ id }) => id);
    };
    assert.deepEqual(await list({}), [other, mine, group]);
    assert.deepEqual(await list({ 'x-entity-id': ada.toUpperCase() }), [mine, group]);
    assert.deepEqual(await list({ 'x-entity-id': bob }), [other, group]);
    assert.deepEqual(await list({ 'x-entity-id': crypto.randomUUID() }), [group]);
  });
});
