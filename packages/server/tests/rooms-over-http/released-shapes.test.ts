/** The addresses that clients of every released server use, in the shape that these read; and in the documented one, for who follows the page. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { defaultServerId, deriveId } from 'elizad-protocol';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { createRestClient } from '../support/rest-client.ts';
import { openTestServer } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

type Answer = { success: boolean; data: unknown; messages?: unknown; servers?: unknown; channels?: unknown };

it('a GET that names the type of a body which it does not have is one of theirs', async (t) => {
  const { url } = await openTestServer(t);
  const { call } = createRestClient(url);
  const ada = crypto.randomUUID();
  const body = { name: 'Talk', type: 'DM', participants: [ada, eliza] };
  const { id: channelId } = (await call('create-channel', { body })).body.data;
  const params = { channelId };
  await call('post-message', { params, body: { authorId: ada, content: 'Hello', metadata: { isDm: true } } });
  const read = async (address: string, type?: string): Promise<Answer> =>
    (await fetch(`${url}/api/messaging/${address}`, { headers: type ? { 'content-type': type } : {} })).json() as never;
  const theirs = 'application/json';

  const messages = await read(`central-channels/${channelId}/messages`, theirs);
  const documented = await read(`central-channels/${channelId}/messages`);
  const ids = (list: unknown) => (list as { id: string }[]).map(({ id }) => id);
  const list = (answer: Answer, key: string) => (answer.data as Record<string, unknown>)[key];
  assert.ok(ids(documented.data).length > 0);
  assert.deepEqual(ids(list(messages, 'messages')), ids(documented.data));
  assert.deepEqual(documented.messages, documented.data, 'those that look for it find it there, too');

  const servers = await read('central-servers', theirs);
  assert.deepEqual(ids(list(servers, 'servers')), [defaultServerId]);
  const plain = await read('central-servers');
  assert.deepEqual([ids(plain.data), ids(plain.servers)], [[defaultServerId], [defaultServerId]]);

  for (const address of [`central-servers/${defaultServerId}/channels`, `servers/${defaultServerId}/channels`]) {
    const channels = list(await read(address, `${theirs}; charset=utf-8`), 'channels') as {
      id: string;
      type: string;
    }[];
    assert.deepEqual(
      channels.map(({ id, type }) => [id, type]),
      [[channelId, 'DM']],
    );
    const other = await read(address);
    assert.deepEqual(
      (other.data as { type: string }[]).map(({ type }) => type),
      ['dm'],
    );
    assert.deepEqual(other.channels, other.data);
  }
  assert.deepEqual((await read(`central-channels/${channelId}/participants`, theirs)).data, [ada, eliza]);
  assert.equal(list(await read(`central-channels/${channelId}/details`, theirs), 'type'), 'DM');
  for (const address of [`central-servers/${defaultServerId}/agents`, `servers/${defaultServerId}/agents`])
    assert.deepEqual(list(await read(address, theirs), 'agents'), [eliza]);
  assert.deepEqual(list(await read(`agents/${eliza}/servers`, theirs), 'servers'), [defaultServerId]);
});

it('a row that answers as another for them takes what that one takes', () => {
  const all: Record<string, RestRow> = restRows;
  const released = Object.entries(all).filter(([, row]) => row.released !== undefined);
  assert.ok(released.length >= 6);
  for (const [name, row] of released) {
    const other = all[row.released ?? ''];
    assert.ok(other, `${name}: there is no ${row.released}`);
    assert.equal(row.method, 'GET', name);
    assert.deepEqual(Object.keys(other.params?.shape ?? {}), Object.keys(row.params?.shape ?? {}), name);
    for (const field of Object.keys(row.query?.shape ?? {})) assert.ok(other.query && field in other.query.shape, name);
    assert.equal(other.scope, row.scope, name);
  }
});
