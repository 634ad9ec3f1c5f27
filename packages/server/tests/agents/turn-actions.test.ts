/** A turn with actions: the model calls, the room sees what is done, and nothing is done twice. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, spawnServer, writeCharacter } from '../support/test-server.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

/** Actions whose runs are counted in a file, beside the data: they are in another process. */
const config = (dir: string) => `
import { appendFileSync } from 'node:fs';
import { defineAction, defineConfig, z } from 'elizad';
const done = (what: string) => appendFileSync(${JSON.stringify(join(dir, 'done.txt'))}, what + '\\n');
const parameters = z.object({ city: z.string() });
export default defineConfig({
  actions: [
    defineAction({ name: 'get_weather', description: 'The weather.', parameters, run({ city }) { done('weather'); return { city, sky: 'clear' }; } }),
    defineAction({ name: 'get_time', description: 'The time.', parameters, run() { throw new Error('the clock is broken'); } }),
    defineAction({ name: 'book', description: 'Books.', parameters, approval: { question: ({ city }) => 'Shall I book ' + city + '?', timeoutMs: 60_000 }, run({ city }) { done('booked'); return 'booked ' + city; } }),
    defineAction({ name: 'hurry', description: 'Books.', parameters, approval: { timeoutMs: 100 }, run() { done('hurried'); return 'ok'; } }),
    defineAction({ name: 'wait', description: 'Waits.', parameters, run(_input, { signal }) { done('waits'); return new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped'))); } }),
  ],
  mcp: { servers: { gone: { command: process.execPath, args: ['--no-such-flag'] }, everything: { command: process.execPath, args: [${JSON.stringify(everything)}, 'stdio'] } } },
});
`;

async function openRoom(t: TestContext, ...behaviours: Behaviour[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script(...behaviours);
  const dir = makeDir(t);
  const character = writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings: { model: 'openai/test' } });
  const path = join(dir, 'elizad.config.ts');
  writeFileSync(path, config(dir));
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: character,
    ELIZAD_CONFIG: path,
    ELIZAD_MEMORY: 'off',
  };
  const roomId = crypto.randomUUID();
  const start = async () => {
    const server = await spawnServer(t, join(dir, 'data'), env);
    const client = openClient(t, server.url, { auth: { name: 'Ada' }, reconnection: false });
    const agentId = await findAgent(client, 'Cleo');
    await client.ask('join', { roomId, agentId });
    return { server, client };
  };
  const listDone = () =>
    existsSync(join(dir, 'done.txt')) ? readFileSync(join(dir, 'done.txt'), 'utf8').trim().split('\n') : [];
  /** Files tell nobody when they change. */
  const untilDone = async (what: string) => {
    for (const end = Date.now() + 10_000; !listDone().includes(what); ) {
      assert.ok(Date.now() < end, `${what} is not done within 10 s`);
      await setTimeout(20);
    }
  };
  return { provider, roomId, start, listDone, untilDone };
}

const call = (id: string, name: string, input: object = { city: 'Oslo' }) => ({ id, name, input });

const listBroadcasts = ({ events }: StockClient, source: string): Payload[] =>
  events
    .filter(({ event, payload }) => event === 'messageBroadcast' && payload.source === source)
    .map(({ payload }) => payload);

test('two actions and a tool of an MCP server: cards, stream, thought, actions, and the model hears what came of each', async (t) => {
  const { provider, roomId, start, listDone } = await openRoom(
    t,
    {
      kind: 'calls',
      text: 'Let me see.',
      reasoning: 'She wants the weather.',
      calls: [call('c1', 'get_weather'), call('c2', 'get_time'), call('c3', 'everything_echo', { message: 'hello' })],
    },
    { kind: 'answer', text: 'Clear skies.' },
  );
  const { client } = await start();
  const { messageId } = await client.ask('message', { roomId, text: 'How is the weather?' });
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'answered');
  const [answer] = listBroadcasts(client, 'agent_response');
  assert.equal(answer.text, 'Let me see.\n\nClear skies.');
  assert.equal(answer.thought, 'She wants the weather.');
  assert.deepEqual(answer.actions, ['get_weather', 'everything_echo', 'REPLY']);
  const chunks = client.events
    .filter(({ event }) => event === 'messageStreamChunk')
    .map(({ payload }) => payload.chunk);
  assert.equal(chunks.join(''), answer.text);
  const cards = listBroadcasts(client, 'agent_action').map(({ seq, actions, rawMessage, updatedAt }) => [
    seq,
    actions[0],
    rawMessage.actionStatus,
    updatedAt !== undefined,
  ]);
  assert.deepEqual(cards, [
    [2, 'get_weather', 'executing', false],
    [2, 'get_weather', 'completed', true],
    [3, 'get_time', 'executing', false],
    [3, 'get_time', 'failed', true],
    [4, 'everything_echo', 'executing', false],
    [4, 'everything_echo', 'completed', true],
  ]);
  const asked = JSON.stringify(provider.requests[1]?.body);
  assert.match(asked, /c1.*get_weather.*"sky\\\\*":\\\\*"clear/s);
  assert.match(asked, /the clock is broken/);
  assert.match(asked, /Echo: hello/);
  assert.deepEqual(listDone(), ['weather']);
});

test('a model that calls what is not there, or never stops calling, is told so, and has to answer in words', async (t) => {
  const endless: Behaviour[] = Array.from({ length: 8 }, (_, n) => ({
    kind: 'calls',
    calls: [call(`c${n}`, 'nothing')],
  }));
  const { provider, roomId, start } = await openRoom(t, ...endless, { kind: 'answer', text: 'I give up.' });
  const { client } = await start();
  await client.ask('message', { roomId, text: 'Go' });
  const { outcome } = await client.until('messageComplete');
  assert.equal(outcome, 'answered');
  assert.match(JSON.stringify(provider.requests[1]?.body), /There is no nothing\. There are: get_weather, get_time/);
  assert.equal(provider.requests.at(-1)?.body.tools, undefined);
  assert.equal(listBroadcasts(client, 'agent_response')[0].text, 'I give up.');
});

test('cancel in the middle of an action: it is told to stop, and the turn ends', async (t) => {
  const { roomId, start, listDone } = await openRoom(t, { kind: 'calls', text: 'Wait.', calls: [call('c1', 'wait')] });
  const { client } = await start();
  await client.ask('message', { roomId, text: 'Go' });
  await client.until('messageBroadcast', ({ source }) => source === 'agent_action');
  await client.ask('cancel', { roomId });
  const { outcome } = await client.until('messageComplete');
  assert.equal(outcome, 'cancelled');
  assert.deepEqual(listBroadcasts(client, 'agent_response')[0].metadata, { partial: true, outcome: 'cancelled' });
  assert.deepEqual(listDone(), ['waits']);
});

test('killed in the middle of an action: it is not run again, the model is told, and the card says so', async (t) => {
  const { provider, roomId, start, listDone, untilDone } = await openRoom(
    t,
    { kind: 'calls', text: 'One moment.', calls: [call('c1', 'get_weather'), call('c2', 'wait')] },
    { kind: 'answer', text: 'It broke off.' },
  );
  const first = await start();
  const { messageId } = await first.client.ask('message', { roomId, text: 'Go' });
  await first.client.until('messageBroadcast', ({ actions }) => actions[0] === 'wait');
  await untilDone('waits');
  await first.server.end('SIGKILL');
  const { client } = await start();
  await client.ask('join', { roomId, since: 0 });
  await client.until('messageBroadcast', ({ source }) => source === 'agent_response');
  assert.deepEqual(listDone(), ['weather', 'waits'], 'each was run once');
  assert.match(JSON.stringify(provider.requests[1]?.body), /stopped while this ran/);
  assert.equal(listBroadcasts(client, 'agent_response')[0].text, 'One moment.\n\nIt broke off.');
  const wait = listBroadcasts(client, 'agent_action').findLast(({ actions }) => actions[0] === 'wait');
  assert.equal(wait.rawMessage.actionStatus, 'failed');
  assert.equal(listBroadcasts(client, 'agent_response')[0].inReplyTo, messageId);
});

test('an action that asks: the question holds over a restart, anybody in the room answers it, once', async (t) => {
  const { roomId, provider, start, listDone } = await openRoom(
    t,
    { kind: 'calls', calls: [call('c1', 'book')] },
    { kind: 'answer', text: 'Meanwhile: yes, I am here.' },
    { kind: 'answer', text: 'It is booked.' },
  );
  const first = await start();
  const { messageId } = await first.client.ask('message', { roomId, text: 'Book Oslo' });
  const question = await first.client.until('messageBroadcast', ({ source }) => source === 'agent_question');
  assert.equal(question.text, 'Shall I book Oslo?');
  assert.equal(question.metadata.approval.state, 'open');
  const other = await first.client.ask('message', { roomId, text: 'Are you there?' });
  await first.client.until('messageComplete', (done) => done.messageId === other.messageId);
  assert.deepEqual(listDone(), [], 'it is not done before somebody says yes, and holds up nobody');
  await first.server.end('SIGKILL');
  const { server, client } = await start();
  const bob = openClient(t, server.url, { auth: { name: 'Bob' } });
  const approval = { roomId, approvalId: question.id, approved: true };
  assert.equal((await bob.ask('approve', approval)).details.code, 'not-a-participant');
  await bob.ask('join', { roomId });
  assert.equal((await bob.ask('approve', { ...approval, approvalId: messageId })).details.code, 'approval-not-found');
  assert.deepEqual(await bob.ask('approve', approval), { ok: true, channelId: roomId, ...approval });
  assert.equal((await client.ask('approve', { ...approval, approved: false })).details.code, 'approval-settled');
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'answered');
  assert.deepEqual(listDone(), ['booked']);
  const settled = listBroadcasts(client, 'agent_question').at(-1);
  assert.deepEqual([settled.id, settled.metadata.approval.state], [question.id, 'approved']);
  assert.match(JSON.stringify(provider.requests.at(-1)?.body), /booked Oslo/);
});

test('an action that asks and is not allowed, or not in time, is not done', async (t) => {
  const { roomId, provider, start, listDone } = await openRoom(
    t,
    { kind: 'calls', calls: [call('c1', 'hurry'), call('c2', 'book')] },
    { kind: 'answer', text: 'As you like.' },
  );
  const { client } = await start();
  await client.ask('message', { roomId, text: 'Hurry' });
  const late = await client.until('messageBroadcast', ({ metadata }) => metadata.approval?.state === 'expired');
  assert.deepEqual(late.actions, ['hurry']);
  const { id } = await client.until('messageBroadcast', ({ text }) => text === 'Shall I book Oslo?');
  await client.ask('approve', { roomId, approvalId: id, approved: false });
  await client.until('messageComplete');
  assert.deepEqual(listDone(), []);
  assert.match(JSON.stringify(provider.requests[1]?.body), /Nobody has allowed this in time.*This was not allowed/s);
});

test('cancel while a question is open: the turn ends, and the question is taken back', async (t) => {
  const { roomId, start, listDone } = await openRoom(t, { kind: 'calls', calls: [call('c1', 'book')] });
  const { client } = await start();
  const { messageId } = await client.ask('message', { roomId, text: 'Book Oslo' });
  const { id } = await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
  await client.ask('cancel', { roomId });
  await client.until('messageBroadcast', (one) => one.id === id && one.metadata.approval.state === 'withdrawn');
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'cancelled');
  const late = await client.ask('approve', { roomId, approvalId: id, approved: true });
  assert.equal(late.details.code, 'approval-settled');
  assert.deepEqual(listDone(), []);
});

test('a question that is deleted before anybody has answered: the turn ends, and the agent answers again', async (t) => {
  const { roomId, start, listDone } = await openRoom(t, { kind: 'calls', calls: [call('c1', 'book')] });
  const { client, server } = await start();
  const { messageId } = await client.ask('message', { roomId, text: 'Book Oslo' });
  const { id } = await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
  await createRestClient(server.url).call('delete-message', { params: { channelId: roomId, messageId: id } });
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'cancelled');
  assert.deepEqual(listDone(), []);
  const next = await client.ask('message', { roomId, text: 'And now?' });
  const answered = await client.until('messageComplete', (done) => done.messageId === next.messageId);
  assert.equal(answered.outcome, 'answered');
});

test('a server of tools that is dead is named in the status of its agent, and does not stop it', async (t) => {
  const { roomId, start } = await openRoom(t, { kind: 'answer', text: 'Here I am.' });
  const { client } = await start();
  const { messageId } = await client.ask('message', { roomId, text: 'Are you there?' });
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'answered');
  client.socket.emit('request-world-state', { roomId });
  const { agents } = await client.until('world-state', (state) => state.roomId === roomId);
  assert.deepEqual(Object.values<Payload>(agents)[0].tools, [
    { name: 'gone', state: 'failed' },
    { name: 'everything', state: 'ready' },
  ]);
});
