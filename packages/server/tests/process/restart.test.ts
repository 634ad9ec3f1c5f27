/** Stop and start: what was there is there, and a turn that was running is finished, once. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient, type Payload } from '../support/stock-client.ts';
import { makeDir, spawnServer, writeCharacter } from '../support/test-server.ts';

const ada = { auth: { entityId: crypto.randomUUID(), name: 'Ada' } };

test('rooms, messages, seq, agents and participants survive a stop and a kill', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const roomId = crypto.randomUUID();
  let before: Payload;
  for (const [round, signal] of (['SIGTERM', 'SIGKILL', 'SIGTERM'] as const).entries()) {
    const server = await spawnServer(t, dataDir);
    const client = openClient(t, server.url, ada);
    const agentId = await findAgent(client, 'Eliza');
    client.socket.emit('request-world-state', { roomId });
    if (round > 0)
      assert.deepEqual(withoutTime(await client.until('world-state', (state) => state.roomId === roomId)), before);
    await client.ask('join', { roomId, agentId });
    const { seq, messageId } = await client.ask('message', { roomId, text: `My mother said ${round}` });
    assert.equal(seq, round * 2 + 1, 'seq goes on counting');
    await client.until('messageComplete', (done) => done.messageId === messageId);
    const fresh = openClient(t, server.url, ada);
    fresh.socket.emit('request-world-state', { roomId });
    before = withoutTime(await fresh.until('world-state'));
    assert.equal(Object.keys(before.messages).length, (round + 1) * 2);
    const code = await server.end(signal);
    if (signal === 'SIGTERM') assert.equal(code, 0, server.output());
  }
});

const withoutTime = ({ timestamp: _, ...state }: Payload): Payload => state;

async function openRoomWithModel(t: TestContext, stopTimeoutMs = '0') {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const character = writeCharacter(dir, { name: 'Cleo', bio: 'Answers.', settings: { model: 'openai/test-model' } });
  const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test', STOP_TIMEOUT_MS: stopTimeoutMs };
  const start = () => spawnServer(t, join(dir, 'data'), env, ['--character', character]);
  return { provider, start, roomId: crypto.randomUUID() };
}

for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
  test(`a turn that was running at ${signal} is finished after the start, once`, async (t) => {
    const { provider, start, roomId } = await openRoomWithModel(t);
    provider.script({ kind: 'break', how: 'hang', after: 2 }, { kind: 'answer', text: 'Here I am again.' });
    const first = await start();
    const client = openClient(t, first.url, ada);
    const agentId = await findAgent(client, 'Cleo');
    await client.ask('join', { roomId, agentId });
    const { messageId } = await client.ask('message', { roomId, text: 'Are you there?' });
    await client.until('messageStreamChunk');
    assert.equal((await first.end(signal)) === 0, signal === 'SIGTERM');

    const second = await start();
    await provider.arrived(2);
    const later = openClient(t, second.url, ada);
    // Whether it joins before or after the answer, it sees it once.
    await later.ask('join', { roomId, since: 0 });
    const answer = await later.until('messageBroadcast', (message) => message.inReplyTo === messageId);
    assert.deepEqual([answer.text, answer.senderId, answer.seq], ['Here I am again.', agentId, 2]);
    const third = await restartAndList(t, second, start, roomId);
    assert.deepEqual(third, ['Are you there?', 'Here I am again.']);
    assert.equal(provider.requests.length, 2, 'the model was asked once more, and not again');
  });
}

for (const [signal, text] of [
  ['SIGTERM', 'a turn that four stops cut off is healthy: the next start answers it'],
  ['SIGKILL', 'a turn that three kills cut off may be what they came of: it fails, and says how to ask again'],
] as const)
  test(text, async (t) => {
    const { provider, start, roomId } = await openRoomWithModel(t);
    const cutOff = signal === 'SIGTERM' ? 4 : 3;
    provider.script(...Array.from({ length: cutOff }, () => ({ kind: 'hang' }) as const));
    let server = await start();
    const client = openClient(t, server.url, { ...ada, reconnection: false });
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
    const { messageId } = await client.ask('message', { roomId, text: 'Are you there?' });
    for (let count = 1; count <= cutOff; count++) {
      await provider.arrived(count);
      await server.end(signal);
      server = await start();
    }
    const later = openClient(t, server.url, ada);
    // It is behind the first one.
    const next = await later.ask('message', { roomId, text: 'And now?' });
    await later.until('messageComplete', (done) => done.messageId === next.messageId);
    const query = { endings: 'true' };
    const { body } = await createRestClient(server.url).call('list-messages', { params: { channelId: roomId }, query });
    const { outcome, code, hint = '' } = body.data.endings?.[messageId] ?? {};
    if (signal === 'SIGTERM') assert.deepEqual([outcome, code], ['answered', undefined]);
    else assert.deepEqual([outcome, code, /with a new messageId/.test(hint)], ['failed', 'answer-failed', true]);
  });

test('a stop lets a running turn end, takes no new connection meanwhile, and exits with 0', async (t) => {
  const { provider, start, roomId } = await openRoomWithModel(t, '20000');
  provider.script({ kind: 'answer', text: 'One moment. There.', chunks: 2, held: true });
  const server = await start();
  const client = openClient(t, server.url, ada);
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
  const { messageId } = await client.ask('message', { roomId, text: 'Can you finish?' });
  await provider.arrived();
  const ended = server.end('SIGTERM');
  await refused(server.url);
  provider.release(100);
  const answer = await client.until('messageBroadcast', (message) => message.inReplyTo === messageId);
  assert.equal(answer.text, 'One moment. There.');
  assert.equal((await client.until('messageComplete')).outcome, 'answered');
  assert.equal(await ended, 0);
});

/** Resolves once new connections to the address are refused. */
async function refused(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (;;) {
    const socket = connect(Number(port), hostname);
    const isRefused = await new Promise((resolve) => {
      socket.once('connect', () => resolve(false));
      socket.once('error', () => resolve(true));
    });
    socket.destroy();
    if (isRefused) return;
  }
}

async function restartAndList(
  t: TestContext,
  server: Awaited<ReturnType<typeof spawnServer>>,
  start: () => ReturnType<typeof spawnServer>,
  roomId: string,
) {
  await server.end('SIGTERM');
  const next = await start();
  const client = openClient(t, next.url, ada);
  client.socket.emit('request-world-state', { roomId });
  const { messages } = await client.until('world-state');
  return Object.values<Payload>(messages).map(({ text }) => text);
}

test('a second server on the same data directory says so and ends', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const first = await spawnServer(t, dataDir);
  await assert.rejects(spawnServer(t, dataDir), (error: Error) => {
    assert.match(error.message, /ended with 1/);
    assert.match(
      error.message,
      new RegExp(`elizad: Another elizad \\(pid ${first.process.pid}\\) is using .*ELIZAD_DATA`),
    );
    return true;
  });
  await openClient(t, first.url).until('connection_established');
});
