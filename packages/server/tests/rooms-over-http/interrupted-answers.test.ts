/** A question over HTTP whose way breaks: a reader that comes back, a retry, a hang-up, a kill, a stop. Nothing is lost or doubled. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
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

  /** Two of five pieces are heard, the server is killed and started again, and the answer is told anew, piece by piece. */
  async function killInTheMiddle(t: TestContext, text: string, again: string, releases: readonly number[]) {
    const { provider, dir, env } = await openModel(t);
    provider.script(...[text, again].map((one) => ({ kind: 'answer' as const, text: one, chunks: 5, held: true })));
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
    const restarted = await start();
    const listener = openClient(t, restarted.url);
    await listener.ask('join', { roomId: channelId });
    const second = await ask(restarted.url, { 'last-event-id': place });
    await provider.arrived(2);
    let heard = 0;
    for (const pieces of releases) {
      provider.release(pieces);
      heard += pieces * 2;
      // So that what is released next is another piece: it has been told to the room, and so to the reader.
      await listener.until('messageStreamChunk', () => saidTo(listener).length >= Math.min(heard, again.length));
    }
    provider.release(6);
    const { data: done } = await second.until('done');
    assert.equal(done.text, again);
    assert.ok(!second.events.some(({ event }) => event === 'user_message'));
    assert.equal(provider.requests.length, 2);
    return { first, second };
  }

  const saidTo = ({ events }: ReturnType<typeof openClient>) =>
    events.flatMap(({ event, payload }) => (event === 'messageStreamChunk' ? [payload.chunk] : [])).join('');

  it('goes on after the server was killed in the middle, though the answer is told anew from its first piece', async (t) => {
    const { first, second } = await killInTheMiddle(t, 'aabbccddee', 'aabbccddee', [1, 1, 1]);
    assert.equal(textOf(first) + textOf(second), 'aabbccddee');
    assert.ok(!second.events.some(({ data }) => data.index === 0));
  });

  it('begins anew with index 0 where the answer after the kill is another one', async (t) => {
    const { second } = await killInTheMiddle(t, 'aabbccddee', 'aaxxyyzzww', [1, 1, 1]);
    const chunks = second.events.filter(({ event }) => event === 'chunk').map(({ data }) => data);
    assert.equal(chunks[0]?.index, 0);
    assert.equal(textOf(second), 'aaxxyyzzww');
  });

  it('begins anew also where the answer after the kill is shorter than what was heard', async (t) => {
    const { second } = await killInTheMiddle(t, 'aabbccddee', 'abc', []);
    assert.deepEqual(
      second.events.filter(({ event }) => event === 'chunk').map(({ data: { chunk, index } }) => [chunk, index]),
      [['abc', 0]],
    );
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
