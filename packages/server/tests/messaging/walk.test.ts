/** docs/walk.md is true: one message passes the seven stops in their order, and the answer takes the same path back. */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type WalkSpan, walkStops } from '../../src/observability/walk.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

test('the spans of a message are the stops of the walk, in order', async (t) => {
  const { url } = await openTestServer(t);
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Eliza') });
  const spans: WalkSpan[] = [];
  const record = (span: unknown) => spans.push(span as WalkSpan);
  subscribe('elizad:walk', record);
  t.after(() => unsubscribe('elizad:walk', record));
  const { messageId } = await client.ask('message', { roomId, text: 'Hello', messageId: 'walk-1' });
  const answer = await client.until('messageBroadcast', (message) => message.inReplyTo === messageId);
  await client.until('messageComplete');

  const [one, two, three, four, five, six, seven] = walkStops;
  assert.deepEqual(
    spans.map(({ stop, key }) => [stop, key]),
    [
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
    ],
  );
  assert.ok(spans.every(({ at }, index) => index === 0 || at >= (spans[index - 1] as WalkSpan).at));
});

test('docs/walk.md names every stop, in order, with the file that it is in', () => {
  const walk = readFileSync(new URL('../../../../docs/walk.md', import.meta.url), 'utf8');
  const places = walkStops.map((stop, index) => walk.indexOf(`${index + 1}. **\`${stop}\`**`));
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    `found at ${places}`,
  );
});
