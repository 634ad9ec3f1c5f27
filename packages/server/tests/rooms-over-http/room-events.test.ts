/** A room as a stream over HTTP: everything that sockets hear, and after a break what was missed, each once and in order. */
import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { RestFailure } from 'elizad-protocol/rest';
import { type EventReader, openEventReader } from '../support/event-reader.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

const channelId = crypto.randomUUID();
const params = { channelId };

const follow = (t: TestContext, url: string, headers: Record<string, string> = {}, query = '') =>
  openEventReader(t, `${url}/api/messaging/channels/${channelId}/events${query}`, { headers });

const seqsOf = ({ events }: EventReader): number[] =>
  events.flatMap(({ event, data }) => (event === 'messageBroadcast' ? [data.seq as number] : []));

const countTo = (last: number, from = 1): number[] => Array.from({ length: last - from + 1 }, (_, n) => from + n);

describe('the events of a room over HTTP', () => {
  it('are those that sockets hear, with the same payloads and in the same order', async (t) => {
    const provider = await openFakeProvider();
    t.after(() => provider.close());
    const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Answers.', settings: { model: 'openai/test' } });
    const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: character };
    const { url } = await openTestServer(t, env);
    const { call } = createRestClient(url);
    const client = openClient(t, url);
    await client.ask('join', { roomId: channelId, agentId: await findAgent(client, 'Cleo') });
    const reader = await follow(t, url);
    client.events.length = 0;
    provider.script({ kind: 'answer', text: 'One two three.', chunks: 3 });
    const { body } = await call('post-message', { params, body: { content: 'Count.' } });
    await reader.until('messageComplete', ({ messageId }) => messageId === body.data.id);
    await client.until('messageComplete');
    await call('delete-message', { params: { channelId, messageId: body.data.id } });
    await reader.until('messageDeleted');
    await client.until('messageDeleted');
    assert.deepEqual(
      reader.events.map(({ event, data }) => [event, data]),
      client.events.map(({ event, payload }) => [event, payload]),
    );
  });

  it('go on after Last-Event-ID over a kill of the server, in the middle of an answer too', async (t) => {
    const provider = await openFakeProvider();
    t.after(() => provider.close());
    const dir = makeDir(t);
    const character = writeCharacter(dir, { name: 'Cleo', bio: 'Answers.', settings: { model: 'openai/test' } });
    const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', ELIZAD_CHARACTERS: character };
    const start = () => spawnServer(t, join(dir, 'data'), env);
    const server = await start();
    const client = openClient(t, server.url);
    await client.ask('join', { roomId: channelId, agentId: await findAgent(client, 'Cleo') });
    const say = async (url: string, content: string) =>
      (await createRestClient(url).call('post-message', { params, body: { content } })).body.data;
    const first = await follow(t, server.url);
    provider.script({ kind: 'answer', text: 'Yes.' }, { kind: 'answer', text: 'aabb', chunks: 2, held: true });
    provider.script({ kind: 'answer', text: 'aabb', chunks: 2 }, { kind: 'answer', text: 'Bye.' });
    const { id: firstId } = await say(server.url, 'First?');
    await first.until('messageComplete', ({ messageId }) => messageId === firstId);
    const beforeSecond = first.lastId() as string;
    const { id: secondId } = await say(server.url, 'Second?');
    await provider.arrived(2);
    provider.release(1);
    await first.until('messageStreamChunk', ({ chunk }) => chunk === 'aa');
    const inAnswer = first.lastId() as string;
    await server.end('SIGKILL');
    await first.ended;

    const again = await start();
    for (const place of [inAnswer, beforeSecond]) {
      const second = await follow(t, again.url, { 'last-event-id': place });
      await second.until('messageComplete', ({ messageId }) => messageId === secondId);
      assert.deepEqual(seqsOf(second), place === inAnswer ? [4] : [3, 4]);
      const chunks = second.events.filter(({ event }) => event === 'messageStreamChunk');
      assert.ok(chunks.length === 0 || chunks[0]?.data.index === 0, 'a new answer begins anew');
      second.close();
    }
    const { id: thirdId } = await say(again.url, 'Third?');
    const since = await follow(t, again.url, {}, '?since=0');
    await since.until('messageComplete', ({ messageId }) => messageId === thirdId);
    assert.deepEqual(seqsOf(since), countTo(6));
    assert.deepEqual(
      since.events.filter(({ event }) => event === 'messageComplete').map(({ data }) => data.messageId),
      [firstId, secondId, thirdId],
    );
  });

  it('are whole and in order for whoever comes back again and again while much is said', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const post = (n: number) => call('post-message', { params, body: { content: `message ${n}` } });
    await post(1);
    const count = 600;
    const talking = (async () => {
      for (let n = 2; n <= count; n += 20) await Promise.all(countTo(Math.min(n + 19, count), n).map(post));
    })();
    const seen: string[] = [];
    const seqs: number[] = [];
    let place = '0';
    while (seqs.length < count) {
      const reader = await follow(t, url, { 'last-event-id': place });
      const wanted = Math.min((seqs.at(-1) ?? 0) + 90, count);
      await reader.until('messageBroadcast', ({ seq }) => seq >= wanted);
      reader.close();
      await reader.ended;
      place = reader.lastId() as string;
      // What came without the place of its entry comes again: only a whole entry has one.
      const end = reader.events.findLastIndex(({ id }) => id !== undefined);
      for (const { event, data } of reader.events.slice(0, end + 1)) {
        if (event === 'messageBroadcast') seqs.push(data.seq);
        if (event === 'messageComplete') seen.push(data.messageId);
      }
    }
    await talking;
    assert.deepEqual(seqs, countTo(count));
    assert.equal(new Set(seen).size, seen.length, 'no end comes twice');
  });

  it('cut off who does not read, harm nobody else, and let it come back', async (t) => {
    const { url } = await openTestServer(t, { MAX_BACKLOG_BYTES: '1000000' });
    const { call } = createRestClient(url);
    await call('post-message', { params, body: { content: 'first' } });
    const { promise: opened, resolve } = Promise.withResolvers<IncomingMessage>();
    const stuck = request(`${url}/api/messaging/channels/${channelId}/events`, resolve).end();
    t.after(() => stuck.destroy());
    const response = await opened;
    response.pause();
    const reader = await follow(t, url, {}, '?since=0');
    // What the network holds for one who does not read is a few MB; this is more.
    const count = 161;
    const text = 'x'.repeat(90_000);
    for (let n = 2; n <= count; n += 10)
      await Promise.all(countTo(n + 9, n).map(() => call('post-message', { params, body: { content: text } })));
    await reader.until('messageBroadcast', ({ seq }) => seq === count);
    assert.deepEqual(seqsOf(reader), countTo(count));
    let bytes = 0;
    response.on('data', (data) => (bytes += data.length)).on('error', () => {});
    await new Promise((closed) => response.once('close', closed).resume());
    assert.ok(bytes < count * text.length, 'it was cut off');
    const back = await follow(t, url, { 'last-event-id': '2' });
    await back.until('messageBroadcast', ({ seq }) => seq === count);
    assert.deepEqual(seqsOf(back), countTo(count, 2));
  });

  it('end with the server, and refuse a room and a place that are not there', async (t) => {
    const app = await openTestServer(t);
    const { url } = app;
    const { call } = createRestClient(url);
    const refusal = async (query = '') => {
      const response = await fetch(`${url}/api/messaging/channels/${channelId}/events${query}`);
      return ((await response.json()) as RestFailure).error.code;
    };
    assert.equal(await refusal(), 'channel-not-found');
    await call('post-message', { params, body: { content: 'first' } });
    for (const since of ['nowhere', '999999']) assert.equal(await refusal(`?since=${since}`), 'unknown-place');
    const head = await fetch(`${url}/api/messaging/channels/${channelId}/events`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    const reader = await follow(t, url);
    await app.stop();
    await reader.ended;
  });

  it('are written once, however many streams there are', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const say = (beside: string) => call('post-message', { params, body: { content: '.', metadata: { beside } } });
    await say('');
    const readers = await Promise.all(Array.from({ length: 20 }, () => follow(t, url)));
    const { stringify } = JSON;
    let written = 0;
    t.mock.method(JSON, 'stringify', (...given: Parameters<typeof stringify>) => {
      const text = stringify(...given);
      if (text?.length > 300_000) written += 1;
      return text;
    });
    await say('x'.repeat(300_000));
    for (const reader of readers) await reader.until('messageBroadcast', ({ metadata }) => metadata.beside !== '');
    assert.ok(written < 10, `${written} times`);
  });
});
