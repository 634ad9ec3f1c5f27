/** Agents with a great deal to say of themselves: a look at the world stays small, and all of them together have a bound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

test('are short in lists, whole by themselves, and are refused where there is no more room', async (t) => {
  const { url } = await openTestServer(t);
  const { call } = createRestClient(url);
  const settings = { model: `openai/${'m'.repeat(100_000)}`, avatar: `data:image/png;base64,${'A'.repeat(300_000)}` };
  const texts = { bio: Array.from({ length: 2_500 }, () => 'b'.repeat(100)), system: 's'.repeat(250_000) };
  const make = (name: string) => call('create-agent', { body: { agent: { name, ...texts, settings } } });
  const ids: string[] = [];
  for (let made = await make('A0'); made.status === 201; made = await make(`A${ids.length}`))
    ids.push(made.body.data.id as string);
  assert.ok(ids.length > 20 && ids.length < 40, `${ids.length} agents`);
  const refused = await make('One too many');
  assert.deepEqual([refused.status, refused.body.error?.code], [409, 'too-many-agents']);

  const [agentId = ''] = ids;
  const list = await call('list-agents');
  assert.equal(list.body.data.agents.length, ids.length + 1);
  assert.ok(JSON.stringify(list.body).length < 2_500_000, `${JSON.stringify(list.body).length} letters`);
  const client = openClient(t, url);
  client.socket.emit('request-world-state', {});
  const world = await client.until('world-state');
  assert.ok(JSON.stringify(world).length < 100_000, `${JSON.stringify(world).length} letters`);
  const { body } = await call('get-agent', { params: { agentId } });
  assert.deepEqual(body.data.bio, texts.bio);

  assert.equal((await call('update-agent', { params: { agentId }, body: { system: 'Short.' } })).status, 200);
  assert.equal((await call('delete-agent', { params: { agentId } })).status, 204);
  assert.equal((await make('Another')).status, 201);
});
