/** A question over HTTP whose way breaks: a reader that comes back, a retry, a hang-up, a kill, a stop. Nothing is lost or doubled. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openEventReader } from '../support/event-reader.ts';
import { ada, openModel, openRoom, textOf } from '../support/model-room.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { spawnServer } from '../support/test-server.ts';

describe('a question over HTTP whose way breaks', () => {
  it('goes on after Last-Event-ID, in the middle and after the end, without a gap or a doubled piece', async (t) => {
    const { stream, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'a b c d e f ', chunks: 6, held: true });
    const question = { content: 'Count.', messageId: 'count-1' };
    const first = await stream(question);
    await first.until('user_message');
    await provider.arrived();
    provider.release(2);
    await first.until('chunk', ({ chunk }) => chunk.includes('b'));
    const place = first.lastId() as string;
    const heard = textOf(first);
    first.close();
    provider.release(1);
    const second = await stream(question, { 'last-event-id': place });
    await second.until('chunk', ({ chunk }) => chunk.includes('c'));
    provider.release(6);
    const { data: done } = await second.until('done');
    assert.equal(heard + textOf(second), done.text);
    assert.equal(done.text, 'a b c d e f');
    const indexes = [...first.events, ...second.events]
      .filter(({ event }) => event === 'chunk')
      .map(({ data }) => data.index);
    assert.deepEqual(
      indexes,
      indexes.map((_, index) => index),
    );
    assert.ok(!second.events.some(({ event }) => event === 'user_message'));
    const later = await stream(question, { 'last-event-id': place });
    assert.equal((await later.until('done')).data.id, done.id);
    assert.equal(heard + textOf(later), done.text);
    const anew = await stream(question);
    assert.equal((await anew.until('done')).data.id, done.id);
    assert.deepEqual([textOf(anew), anew.events[0]?.event], [done.text, 'user_message']);
    assert.equal(provider.requests.length, 1, 'the model was asked once');
  });

  it('goes on after the server was killed in the middle', async (t) => {
    const { provider, dir, env } = await openModel(t);
    const text = 'aabbccddee';
    provider.script({ kind: 'answer', text, chunks: 5, held: true }, { kind: 'answer', text, chunks: 5 });
    const start = () => spawnServer(t, join(dir, 'data'), env);
    const server = await start();
    const channelId = crypto.randomUUID();
    const client = openClient(t, server.url);
    await client.ask('join', { roomId: channelId, agentId: await findAgent(client, 'Cleo') });
    const ask = (url: string, headers: Record<string, string> = {}) =>
      openEventReader(t, `${url}/api/messaging/channels/${channelId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ author_id: ada, content: 'Count.', transport: 'sse', messageId: 'k-1' }),
      });
    const first = await ask(server.url);
    await provider.arrived();
    provider.release(2);
    await first.until('chunk', ({ chunk }) => chunk.includes('bb'));
    const place = first.lastId() as string;
    await server.end('SIGKILL');
    await first.ended;
    const again = await start();
    const second = await ask(again.url, { 'last-event-id': place });
    const { data: done } = await second.until('done');
    assert.equal(done.text, text);
    // The pieces that were heard are the beginning of the new answer too: or else it would begin anew with index 0.
    assert.equal(textOf(first) + textOf(second), text);
    assert.ok(!second.events.some(({ event }) => event === 'user_message'));
    assert.equal(provider.requests.length, 2);
  });

  it('is the same question when it comes again: same message, same answer, asked once', async (t) => {
    const { call, params, provider } = await openRoom(t);
    provider.script({ kind: 'answer', text: 'Once.' });
    const body = { author_id: ada, content: 'Ask once.', messageId: 'retry-1', transport: 'http' };
    const answers = await Promise.all([1, 2, 3].map(() => call('post-message', { params, body })));
    answers.push(await call('post-message', { params, body }));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer.body))).size, 1);
    assert.equal(answers[0]?.body.agentResponse?.text, 'Once.');
    assert.equal(provider.requests.length, 1);
    const other = await call('post-message', { params, body: { ...body, content: 'Another.' } });
    assert.equal(other.body.error?.code, 'message-id-reused');
  });

  it('is stored and answered also when who asked hangs up', async (t) => {
    const { client, provider, address, channelId } = await openRoom(t);
    for (const transport of ['http', 'sse']) {
      provider.script({ kind: 'answer', text: `Here, ${transport}.`, held: true });
      const controller = new AbortController();
      const asked = fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ author_id: ada, content: 'Are you there?', transport }),
        signal: controller.signal,
      }).then((response) => response.text());
      await provider.arrived(transport === 'http' ? 1 : 2);
      controller.abort();
      await assert.rejects(asked);
      provider.release(9);
      const said = await client.until('messageBroadcast', ({ text }) => text === `Here, ${transport}.`);
      assert.equal(said.roomId, channelId);
    }
  });

  it('is let go when the server stops: who waits is told that the answer is to come', async (t) => {
    const { call, params, provider, app } = await openRoom(t);
    provider.script({ kind: 'hang' });
    const asked = call('post-message', { params, query: { wait: true }, body: { content: 'Hello?' } });
    await provider.arrived();
    await Promise.all([app.stop(), asked]);
    assert.deepEqual([(await asked).status, (await asked).body.outcome], [201, 'pending']);
  });
});
