/** docs/walk.md is true: one message passes the seven stops in their order, and the answer takes the same path back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { walkStops } from '../../src/observability/walk.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';
import { listPassed, readStops, recordSpans } from '../support/walk-page.ts';

test('the spans of a message are the stops of the walk, in order', async (t) => {
  const { url } = await openTestServer(t);
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Eliza') });
  const spans = recordSpans(t);
  const { messageId } = await client.ask('message', { roomId, text: 'Hello', messageId: 'walk-1' });
  const answer = await client.until('messageBroadcast', (message) => message.inReplyTo === messageId);
  await client.until('messageComplete');

  const [one, two, three, four, five, six, seven] = walkStops;
  assert.deepEqual(listPassed(spans), [
    [one, 'walk-1'],
    [two, 'walk-1'],
    [three, 'walk-1'],
    [four, messageId],
    [seven, messageId],
    [five, messageId],
    [six, messageId],
    [three, answer.id],
    [four, answer.id],
    [seven, answer.id],
  ]);
});

test('docs/walk.md names every stop, in order, with the file that it is in', () => {
  assert.deepEqual(readStops('walk.md'), walkStops);
});
