/** What people do in a room beside talking, over HTTP as on a socket: stop answers, ask for quiet, type, decide what an agent may do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ElizadError } from 'elizad-protocol';
import { identify } from '../../src/auth/identify.ts';
import { openModel } from '../support/model-room.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

describe('a room over HTTP', () => {
  it('shows to the others that somebody types', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const [roomId, ada, ben] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const reader = openClient(t, url, { auth: { entityId: ben } });
    await reader.ask('join', { roomId });
    const headers = { 'x-entity-id': ada };
    const typed = await call('set-typing', { params: { channelId: roomId }, headers, body: { isTyping: true } });
    assert.deepEqual([typed.status, typed.body.data], [200, { channelId: roomId }]);
    const shown = await reader.until('userTyping');
    assert.deepEqual([shown.channelId, shown.userId ?? shown.entityId, shown.isTyping], [roomId, ada, true]);
    const unknown = { params: { channelId: crypto.randomUUID() }, headers };
    for (const [name, body] of [
      ['set-typing', { isTyping: true }],
      ['cancel-answers', {}],
      ['freeze-channel', { seconds: 60 }],
    ] as const)
      assert.deepEqual([name, (await call(name, { ...unknown, body })).body.error?.code], [name, 'channel-not-found']);
    const approval = { params: { channelId: roomId, approvalId: crypto.randomUUID() } };
    const answer = (entityId: string) =>
      call('answer-approval', { ...approval, headers: { 'x-entity-id': entityId }, body: { approved: true } });
    assert.equal((await answer(ben)).body.error?.code, 'approval-not-found');
    assert.equal((await answer(ada)).body.error?.code, 'not-a-participant');
  });

  it('stops an answer under way, and is quiet for a while where a participant asks for it', async (t) => {
    const { provider, env } = await openModel(t);
    provider.script({ kind: 'answer', text: 'One moment. There.', chunks: 2, held: true });
    const { url } = await openTestServer(t, env);
    const [roomId, entityId] = [crypto.randomUUID(), crypto.randomUUID()];
    const client = openClient(t, url, { auth: { entityId, name: 'Ada' } });
    const { call } = createRestClient(url);
    const at = { params: { channelId: roomId } };
    const agentId = await findAgent(client, 'Cleo');
    await client.ask('join', { roomId, agentId });
    const { messageId } = await client.ask('message', { roomId, text: 'Can you finish?' });
    await provider.arrived();
    const cancelled = await call('cancel-answers', { ...at, body: { messageId } });
    assert.deepEqual(cancelled.body.data, { channelId: roomId, cancelled: 1 });
    assert.equal((await client.until('messageComplete')).outcome, 'cancelled');

    const stranger = await call('freeze-channel', { ...at, body: { seconds: 60 } });
    assert.deepEqual([stranger.status, stranger.body.error?.code], [403, 'not-a-participant']);
    const headers = { 'x-entity-id': entityId };
    const { body } = await call('freeze-channel', { ...at, headers, body: { seconds: 60 } });
    assert.ok((body.data.frozenUntil ?? 0) > Date.now());
    assert.match((await client.until('messageBroadcast', ({ text }) => /asks for quiet/.test(text))).text, /^Ada asks/);
    const thawed = await call('freeze-channel', { ...at, headers, body: { seconds: 0 } });
    assert.deepEqual(thawed.body.data, { channelId: roomId, frozenUntil: null });
  });
});

it('the same caller is the same principal at every edge', () => {
  const check = (_address: string | undefined, keys: readonly unknown[]) => {
    if (!keys.includes('key')) throw new ElizadError('unauthorized');
    return 'api-key' as const;
  };
  const asks = { address: '10.0.0.1', keys: [undefined, 'key'] };
  const nobody = identify(check, { ...asks, entityId: undefined });
  assert.deepEqual(identify(check, { ...asks, entityId: null }), nobody);
  assert.ok(nobody.scopes.includes('moderate'));
  const entityId = crypto.randomUUID();
  const somebody = identify(check, { ...asks, entityId: entityId.toUpperCase() });
  assert.deepEqual([somebody.entityId, somebody.scopes.includes('moderate')], [entityId, false]);
  assert.throws(() => identify(check, { ...asks, entityId: 'ada' }), { code: 'invalid-entity-id' });
  assert.throws(() => identify(check, { ...asks, keys: [], entityId }), { code: 'unauthorized' });
});
