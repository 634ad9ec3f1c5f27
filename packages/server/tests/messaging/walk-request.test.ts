/** docs/walk-request.md is true: a request that waits for the answer passes its stops in their order, and a stream of answers leaves them where it says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { requestStops, streamStops, walkStops } from '../../src/observability/walk.ts';
import { openEventReader } from '../support/event-reader.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';
import { listPassed, readStops, recordSpans } from '../support/walk-page.ts';

/** A room with Eliza, made over a socket that is gone by then. */
async function openRoom(t: TestContext): Promise<{ url: string; channelId: string }> {
  const { url } = await openTestServer(t);
  const client = openClient(t, url);
  const channelId = crypto.randomUUID();
  await client.ask('join', { roomId: channelId, agentId: await findAgent(client, 'Eliza') });
  client.socket.close();
  return { url, channelId };
}

const body = { content: 'Hello', messageId: 'walk-1', authorId: crypto.randomUUID() };

test('the spans of a request that waits are the stops of its walk, in order', async (t) => {
  const { url, channelId } = await openRoom(t);
  const spans = recordSpans(t);
  const given = { params: { channelId }, query: { wait: true }, body };
  const { data } = (await createRestClient(url).call('post-message', given)).body;
  const [question, answer] = [data.id, data.agentResponse?.id];
  assert.ok(answer, 'Eliza has answered');

  const [server, admission, mount, send, wait, post, commit, broadcast, worker, turn, feed, reply] = requestStops;
  const passed = listPassed(spans);
  assert.deepEqual(passed, [
    [server, undefined],
    [admission, undefined],
    [mount, undefined],
    [send, 'walk-1'],
    [wait, 'walk-1'],
    [post, 'walk-1'],
    [commit, question],
    [broadcast, question],
    [worker, question],
    [turn, question],
    [post, answer],
    [commit, answer],
    [broadcast, answer],
    [feed, question],
    [reply, question],
  ]);
  assert.deepEqual(readStops('walk-request.md'), [...new Set(passed.map(([stop]) => stop))]);
});

test('a stream of answers passes ask-and-follow and event-stream instead', async (t) => {
  const { url, channelId } = await openRoom(t);
  const spans = recordSpans(t);
  const stream = await openEventReader(t, `${url}/api/messaging/channels/${channelId}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, transport: 'sse' }),
  });
  await stream.until('done');
  // How soon the turn begins beside the stream is nobody's promise.
  const ofMessage: readonly string[] = walkStops;
  const [follow, events] = streamStops;
  const [server, admission, mount, send] = requestStops;
  assert.deepEqual(
    listPassed(spans)
      .map(([stop]) => stop)
      .filter((stop) => !ofMessage.includes(stop)),
    [server, admission, mount, send, follow, events, 'messaging/room-feed'],
  );
  const page = readFileSync(new URL('../../../../docs/walk-request.md', import.meta.url), 'utf8');
  for (const stop of streamStops) assert.ok(page.includes(`**\`${stop}\`**`), `walk-request.md names ${stop}`);
});
