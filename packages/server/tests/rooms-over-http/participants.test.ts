/** Who is in a channel over HTTP: agents come and go, and the room hears of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deriveId } from 'elizad-protocol';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

describe('agents of a channel', () => {
  it('come and go, in both spellings, and the room hears of it', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const me = crypto.randomUUID();
    const ada = openClient(t, url, { auth: { entityId: me, name: 'Ada' } });
    const roomId = crypto.randomUUID();
    await ada.ask('join', { roomId });
    const params = { channelId: roomId };
    const count = (event: string) =>
      ada.events.filter((one) => one.event === event && one.payload.userId === eliza).length;
    for (const [round, name] of (['add-channel-agent', 'add-central-channel-agent'] as const).entries()) {
      const added = await call(name, { params, body: { agentId: eliza }, headers: { 'x-entity-id': me } });
      assert.equal(added.status, round === 0 ? 201 : 200);
      await call(name, { params, body: { agentId: eliza } });
      const { messageId: asked } = await ada.ask('message', { roomId, text: 'Eliza, hello' });
      const answered = await ada.until('messageComplete', (done) => done.messageId === asked);
      assert.equal(answered.outcome, 'answered');
      assert.equal(count('userJoined'), round + 1, 'once for each time that it came');
      for (const spelling of [0, 1]) {
        const { body } = await call('list-channel-agents', { params, spelling });
        assert.deepEqual(body.data, { channelId: roomId, agents: [eliza], participants: [eliza] });
      }
      const { body: objects } = await call('list-central-channel-participants', { params });
      assert.deepEqual(
        objects.data.map(({ userId, name: called, isAgent }) => [userId, called, isAgent]),
        [
          [me, 'Ada', false],
          [eliza, 'Eliza', true],
        ],
      );
      const leaving = { params: { ...params, agentId: eliza }, spelling: round };
      assert.equal((await call('remove-channel-agent', leaving)).status, 200);
      assert.equal((await call('remove-channel-agent', leaving)).body.error?.code, 'agent-not-in-channel');
      const { messageId } = await ada.ask('message', { roomId, text: 'Eliza?' });
      const end = await ada.until('messageComplete', (done) => done.messageId === messageId);
      assert.deepEqual([end.outcome, count('userLeft')], ['no-agent', round + 1]);
    }
    const unknown = await call('add-channel-agent', { params, body: { agentId: crypto.randomUUID() } });
    assert.deepEqual([unknown.status, unknown.body.error?.code], [404, 'agent-not-found']);
  });
});
