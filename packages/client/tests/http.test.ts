/** The HTTP API from elizad-client, against a real server: typed calls, one error for both ways, a file, as whom one asks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restRows } from 'elizad-protocol/rest';
import { openTestServer } from '../../server/tests/support/test-server.ts';
import { connect, RequestFailed } from '../src/index.ts';
import { restTable } from '../src/rest-table.ts';

test('a row is a call with its parameters and its query; an address of it can be had', async (t) => {
  const { url } = await openTestServer(t);
  const client = connect(url, { name: 'Ada' });
  t.after(() => client.close());
  const { data } = await client.http.call('list-agents');
  const [eliza] = data.agents;
  assert.equal(eliza?.name, 'Eliza');
  const { entityId } = await client.ready;
  const roomId = crypto.randomUUID();
  await client.join({ roomId });
  for (const text of ['one', 'two', 'three']) await client.send({ roomId, text });
  const place = { params: { channelId: roomId }, query: { limit: 2 } };
  const page = await client.http.call('list-messages', place);
  assert.equal(page.data.hasMore, true);
  assert.deepEqual(
    page.data.messages.map(({ content, authorId }) => [content, authorId]),
    [
      ['three', entityId],
      ['two', entityId],
    ],
  );
  assert.equal(client.http.address('list-messages', place), `${url}/api/messaging/channels/${roomId}/messages?limit=2`);
});

test('it asks as the person that is connected, or as whoever runs the server', async (t) => {
  const { url } = await openTestServer(t);
  const [ada, bob] = [connect(url, { name: 'Ada' }), connect(url, { name: 'Bob' })];
  t.after(() => {
    ada.close();
    bob.close();
  });
  await Promise.all([ada.ready, bob.ready]);
  const roomId = crypto.randomUUID();
  const { messageId } = await ada.send({ roomId, text: 'mine' });
  const params = { channelId: roomId, messageId };
  await assert.rejects(bob.http.call('delete-message', { params }), (error: Error) => {
    assert.ok(error instanceof RequestFailed);
    assert.equal(error.details.code, 'not-the-sender');
    return true;
  });
  assert.deepEqual(await bob.http.call('delete-message', { params }, { asOperator: true }), { success: true });
});

test('the key travels; a refusal is the same error as on the socket, with every fault', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
  const [friend, stranger] = [connect(url, { apiKey: 'k' }), connect(url)];
  t.after(() => {
    friend.close();
    stranger.close();
  });
  assert.equal((await friend.http.call('get-ping')).pong, true);
  const codeOf = (code: string) => (error: Error) => error instanceof RequestFailed && error.details.code === code;
  await assert.rejects(stranger.http.call('get-ping'), codeOf('unauthorized'));
  await assert.rejects(friend.http.call('get-agent', { params: { agentId: 'nobody' } }), (error: Error) => {
    assert.ok(error instanceof RequestFailed);
    assert.equal(error.details.code, 'invalid-payload');
    assert.equal(error.details.issues?.[0]?.path, 'params.agentId');
    return true;
  });
});

test('a file is uploaded, and its address can be fetched', async (t) => {
  const { url } = await openTestServer(t);
  const client = connect(url);
  t.after(() => client.close());
  await client.ready;
  const { roomId } = await client.join({ roomId: crypto.randomUUID() });
  const { data } = await client.http.upload('upload-channel-media', {
    params: { channelId: roomId },
    file: new Blob(['hello'], { type: 'text/plain' }),
    fileName: 'note.txt',
  });
  const fetched = await fetch(client.http.fileAddress(data.url));
  assert.equal(await fetched.text(), 'hello');
});

test('the table of addresses has every row', () => {
  assert.deepEqual(Object.keys(restTable), Object.keys(restRows));
});
