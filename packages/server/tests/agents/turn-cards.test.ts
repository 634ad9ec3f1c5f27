/**
 * What a turn shows while it works (cards, questions, notices) is there once, and settled in the end, wherever it was cut off.
 * A disk that refuses one statement stands for a kill right before it: triggers in the store do that.
 */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, type ServerProcess, spawnServer, writeCharacter } from '../support/test-server.ts';

const config = (dir: string) => `
import { writeFileSync } from 'node:fs';
import { defineAction, defineConfig, z } from 'elizad';
const parameters = z.object({ city: z.string() });
const hang = (_input: object, { signal }: { signal: AbortSignal }) =>
  new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('stopped')));
/** With the city \`slowly\` nothing else is done for a second. */
function question({ city }: { city: string }): string {
  if (city === 'slowly') {
    writeFileSync(${JSON.stringify(join(dir, 'asks'))}, '');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  }
  return 'Shall I book ' + city + '?';
}
export default defineConfig({
  actions: [
    defineAction({ name: 'look', description: 'Looks.', parameters, run: ({ city }) => 'saw ' + city }),
    defineAction({ name: 'wait', description: 'Waits.', parameters, run: hang }),
    defineAction({ name: 'book', description: 'Books.', parameters, approval: { question, timeoutMs: 60_000 }, run: ({ city }) => 'booked ' + city }),
  ],
});
`;

const call = (id: string, name: string, city = 'Oslo') => ({ id, name, input: { city } });

async function openRoom(t: TestContext, env: Record<string, string>, ...behaviours: Behaviour[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script(...behaviours);
  const dir = makeDir(t);
  const path = join(dir, 'elizad.config.ts');
  writeFileSync(path, config(dir));
  const all = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings: { model: 'openai/test' } }),
    ELIZAD_CONFIG: path,
    ELIZAD_MEMORY: 'off',
    STOP_TIMEOUT_MS: '0',
    ...env,
  };
  const roomId = crypto.randomUUID();
  const start = async () => {
    const server = await spawnServer(t, join(dir, 'data'), all);
    const client = openClient(t, server.url, { auth: { name: 'Ada' }, reconnection: false });
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo'), since: 0 });
    return { server, client };
  };
  /** Does something to the store, beside the server or while there is none. */
  const change = (sql: string) => {
    const file = new DatabaseSync(join(dir, 'data', 'elizad.sqlite'), { timeout: 5_000 });
    file.exec(sql);
    file.close();
  };
  /** The statement that is described fails until the returned function is called. */
  const refuse = (when: string) => {
    change(`create trigger refuse before ${when} begin select raise(abort, 'refused by the test'); end`);
    return () => change('drop trigger refuse');
  };
  return { provider, dir, roomId, start, change, refuse };
}

/** Resolves when a turn has met what the store refuses: its log says so. */
async function untilRefused(server: ServerProcess): Promise<void> {
  for (const end = Date.now() + 10_000; !server.output().includes('a turn could not be ended'); ) {
    assert.ok(Date.now() < end, server.output());
    await setTimeout(20);
  }
}

/** The last of each message of a source, as a room that was followed shows it. */
const listShown = ({ events }: StockClient, source: string): Payload[] => [
  ...new Map(
    events
      .filter(({ event, payload }) => event === 'messageBroadcast' && payload.source === source)
      .map(({ payload }) => [payload.id, payload]),
  ).values(),
];

const statusOf = ({ rawMessage }: Payload): string => rawMessage.actionStatus;

test('cut off as a call begins: the room sees one card, which is settled', async (t) => {
  const { roomId, start, refuse } = await openRoom(
    t,
    {},
    { kind: 'calls', calls: [call('c1', 'look')] },
    { kind: 'answer', text: 'Seen.' },
  );
  const { client, server } = await start();
  const allow = refuse(`update of progress on turns when new.progress like '%"card"%' and old.progress is not null`);
  await client.ask('message', { roomId, text: 'Look' });
  await untilRefused(server);
  allow();
  await client.until('messageComplete');
  assert.deepEqual(listShown(client, 'agent_action').map(statusOf), ['completed']);
});

test('cut off before the room is shown what came of a call: the card is settled by the next run', async (t) => {
  const { roomId, start, refuse } = await openRoom(
    t,
    {},
    { kind: 'calls', calls: [call('c1', 'look')] },
    { kind: 'answer', text: 'Seen.' },
  );
  const { client, server } = await start();
  const allow = refuse(`update on messages when new.text = 'Action look completed'`);
  await client.ask('message', { roomId, text: 'Look' });
  await untilRefused(server);
  allow();
  assert.equal((await client.until('messageComplete')).outcome, 'answered');
  const [card] = listShown(client, 'agent_action');
  assert.deepEqual([statusOf(card), card.rawMessage.actionResult.text], ['completed', 'saw Oslo']);
});

for (const [how, end] of [
  ['begun too often', 'attempts = 3'],
  ['whose agent is gone', `agent_id = '${crypto.randomUUID()}'`],
] as const)
  test(`a turn ${how}, killed in the middle of an action: it fails, and its card too`, async (t) => {
    const { roomId, start, change } = await openRoom(t, {}, { kind: 'calls', calls: [call('c1', 'wait')] });
    const first = await start();
    await first.client.ask('message', { roomId, text: 'Go' });
    await first.client.until('messageBroadcast', ({ source }) => source === 'agent_action');
    await first.server.end('SIGKILL');
    change(`update turns set ${end} where state = 'running'`);
    const { client } = await start();
    const settled = await client.until(
      'messageBroadcast',
      (one) => one.source === 'agent_action' && statusOf(one) !== 'executing',
    );
    assert.equal(statusOf(settled), 'failed');
  });

test('the answer to a question and its mark in the room are stored together', async (t) => {
  const { roomId, start, refuse } = await openRoom(
    t,
    {},
    { kind: 'calls', calls: [call('c1', 'book')] },
    { kind: 'answer', text: 'Booked.' },
  );
  const { client } = await start();
  await client.ask('message', { roomId, text: 'Book' });
  const { id } = await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
  const allow = refuse(`update on messages when new.metadata like '%"approved"%'`);
  const approval = { roomId, approvalId: id, approved: true };
  assert.equal((await client.ask('approve', approval)).details?.code, 'storage-failed');
  allow();
  assert.equal((await client.ask('approve', approval)).ok, true);
  await client.until('messageComplete');
  assert.equal(listShown(client, 'agent_question')[0].metadata.approval.state, 'approved');
});

test('the question of a turn that has ended is taken back at the next start', async (t) => {
  const { roomId, start, change } = await openRoom(t, {}, { kind: 'calls', calls: [call('c1', 'book')] });
  const first = await start();
  await first.client.ask('message', { roomId, text: 'Book' });
  await first.client.until('messageBroadcast', ({ source }) => source === 'agent_question');
  await first.server.end('SIGKILL');
  change(`update turns set state = 'ended', outcome = 'cancelled'`);
  const { client } = await start();
  await client.until('messageBroadcast', ({ metadata }) => metadata.approval?.state === 'withdrawn');
});

test('cancelled in the moment in which it asks: the turn ends, and no question stays open', async (t) => {
  const { provider, dir, start, ...room } = await openRoom(
    t,
    {},
    { kind: 'calls', calls: [call('c1', 'book')], held: true },
    { kind: 'calls', calls: [call('c1', 'book', 'slowly')] },
  );
  const { client } = await start();
  const other = crypto.randomUUID();
  await client.ask('join', { roomId: other, agentId: await findAgent(client, 'Cleo') });
  const { messageId } = await client.ask('message', { roomId: room.roomId, text: 'Book' });
  await provider.arrived(1);
  await client.ask('message', { roomId: other, text: 'Book' });
  for (const end = Date.now() + 10_000; !existsSync(join(dir, 'asks')); ) {
    assert.ok(Date.now() < end, 'it does not ask');
    await setTimeout(20);
  }
  // The server does nothing else now. It then reads both at once: what the model wants, and that nobody wants it any more.
  provider.release();
  await setTimeout(200);
  client.socket.emit('cancel', { roomId: room.roomId });
  const { outcome } = await client.until('messageComplete', (done) => done.messageId === messageId);
  assert.equal(outcome, 'cancelled');
  const isOf = (one: Payload) => one.roomId === room.roomId && one.source === 'agent_question';
  // It may have been stopped before it asked.
  if (client.events.some(({ event, payload }) => event === 'messageBroadcast' && isOf(payload)))
    await client.until('messageBroadcast', (one) => isOf(one) && one.metadata.approval.state === 'withdrawn');
});

test('what was allowed once is asked again where a later call has the same id', async (t) => {
  const { roomId, start } = await openRoom(
    t,
    {},
    { kind: 'calls', calls: [call('c1', 'book')] },
    { kind: 'calls', calls: [call('c1', 'book', 'Rome')] },
    { kind: 'answer', text: 'As you like.' },
  );
  const { client } = await start();
  await client.ask('message', { roomId, text: 'Book' });
  for (const [city, approved] of [
    ['Oslo', true],
    ['Rome', false],
  ] as const) {
    const { id } = await client.until('messageBroadcast', ({ text }) => text === `Shall I book ${city}?`);
    await client.ask('approve', { roomId, approvalId: id, approved });
  }
  await client.until('messageComplete');
  const [answer] = listShown(client, 'agent_response');
  assert.deepEqual(answer.actions, ['book', 'REPLY']);
});

test('a room is quiet and told why, or neither', async (t) => {
  const answers = Array.from({ length: 2 }, (): Behaviour => ({ kind: 'answer', text: 'Yes.' }));
  const { roomId, start, refuse } = await openRoom(t, { ROOM_TURNS_PER_HOUR: '1' }, ...answers);
  const { client, server } = await start();
  const first = await client.ask('message', { roomId, text: 'One' });
  await client.until('messageComplete', ({ messageId }) => messageId === first.messageId);
  const allow = refuse(`insert on messages when new.source = 'system'`);
  const second = await client.ask('message', { roomId, text: 'Two' });
  await untilRefused(server);
  allow();
  await client.until('messageComplete', ({ messageId }) => messageId === second.messageId);
  const notices = listShown(client, 'system').map(({ text }) => text);
  assert.equal(notices.length, 1, notices.join());
  assert.match(notices[0], /used up the 1 turns/);
});
