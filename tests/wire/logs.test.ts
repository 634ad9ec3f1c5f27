/**
 * The live log: who hears which entry, in both spellings, by which filter, and what is never in it. The one entry that
 * a client can cause for sure is that of a turn; whoever joined with its agent hears it, and so knows that it is out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKeys, assertTime, type LogEntry } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

type Agent = { id: string; name: string };

async function findAgent(client: Client): Promise<Agent> {
  const { agents } = await client.world();
  const agent = agents[await client.agentId()];
  assert.ok(agent);
  return agent;
}

/** Lets the agent answer once; resolves with the entry of that turn as the speaker heard it, when it is out to everybody. */
async function causeTurn(speaker: Client, { id: agentId }: Agent, text = 'Hello!'): Promise<LogEntry> {
  const [roomId, from] = [crypto.randomUUID(), speaker.arrived.length];
  await speaker.done('join', { roomId, agentId });
  await speaker.done('message', { roomId, text });
  await speaker.until('messageComplete', (complete) => complete.roomId === roomId);
  const entry = await speaker.until('logEntry', (one) => one.agentId === agentId, from);
  await speaker.until('log_stream', ({ payload }) => payload.agentId === agentId, from);
  await speaker.settled();
  return entry;
}

/** What of an agent's log a client heard from index `from` on, once everything sent so far is there. */
async function heardOf(client: Client, agent: Agent, from = 0): Promise<LogEntry[]> {
  await client.settled();
  const entries = client.all('logEntry', ({ agentId }) => agentId === agent.id, from);
  const streamed = client.all('log_stream', ({ payload }) => payload.agentId === agent.id, from);
  assert.deepEqual(
    streamed,
    entries.map((payload) => ({ type: 'log_entry', payload })),
    'log_stream says the same',
  );
  return entries;
}

overEachTransport('logs', (wire) => {
  test('subscribe_logs and unsubscribe_logs are confirmed by event and ack', async (t) => {
    const ada = await wire.connect(t);
    for (const [event, subscribed] of [
      ['subscribe_logs', true],
      ['unsubscribe_logs', false],
    ] as const) {
      const from = ada.arrived.length;
      const ack = await ada.done(event);
      assert.equal(ack.subscribed, subscribed);
      const confirmed = await ada.until('log_subscription_confirmed', () => true, from);
      assertKeys(confirmed, ['subscribed', 'message'], 'log_subscription_confirmed');
      assert.equal(confirmed.subscribed, subscribed);
      assert.ok(typeof confirmed.message === 'string' && confirmed.message !== '');
    }
  });

  test('a subscriber hears the entry of a turn once, as logEntry and as log_stream', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    await ada.done('subscribe_logs');
    const entry = await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), [entry]);
    assertKeys(entry, ['level', 'time', 'msg', 'agentId', 'agentName'], 'logEntry');
    assert.deepEqual([entry.agentId, entry.agentName], [agent.id, agent.name]);
  });

  test('every entry has a pino level, a time and a sentence', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    const refused = await wire.open(t, { auth: { entityId: 'malformed' } });
    await refused.until('connect_error');
    await causeTurn(bob, agent);
    await ada.settled();
    const entries = ada.all('logEntry');
    assert.deepEqual(
      ada.all('log_stream').map(({ payload }) => payload),
      entries,
    );
    for (const entry of entries) {
      const optional = ['agentId', 'agentName'].filter((key) => key in entry);
      assertKeys(entry, ['level', 'time', 'msg', ...optional], 'logEntry');
      assert.ok([10, 20, 30, 40, 50, 60].includes(entry.level), `level ${entry.level}`);
      assertTime(entry.time, 'time');
      assert.ok(typeof entry.msg === 'string' && entry.msg !== '');
    }
  });

  test('whoever neither subscribed nor joined with the agent hears nothing', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('join', { roomId: crypto.randomUUID() });
    await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), []);
  });

  test("a socket that joined with agentId hears that agent's entries without subscribing, of other rooms too", async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('join', { roomId: crypto.randomUUID(), agentId: agent.id });
    const entry = await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), [entry]);
    assert.deepEqual(
      ada.all('logEntry').filter(({ agentId }) => agentId !== agent.id),
      [],
    );
  });

  test('leaving with agentId ends that', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    const room = { roomId: crypto.randomUUID(), agentId: agent.id };
    await ada.done('join', room);
    await ada.done('leave', room);
    await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), []);
  });

  test('but not for one who is in another room with that agent', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()].map((roomId) => ({ roomId, agentId: agent.id }));
    await ada.done('join', one);
    await ada.done('join', two);
    await ada.done('leave', one);
    const entry = await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), [entry]);
  });

  test('who subscribed and joined with the agent hears each entry once', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    await ada.done('join', { roomId: crypto.randomUUID(), agentId: agent.id });
    const entry = await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), [entry]);
  });

  test('unsubscribe_logs ends it', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    await ada.done('unsubscribe_logs');
    await causeTurn(bob, agent);
    assert.deepEqual(await heardOf(ada, agent), []);
  });

  test('update_log_filters without a subscription is refused in every spelling', async (t) => {
    const ada = await wire.connect(t);
    await ada.refused('not-subscribed', 'update_log_filters', { level: 'warn' });
    const updated = await ada.until('log_filters_updated');
    assertKeys(updated, ['success', 'error'], 'log_filters_updated');
    assert.equal(updated.success, false);
    assert.ok(typeof updated.error === 'string' && updated.error !== '');
  });

  test('update_log_filters merges, and says by event and ack what holds', async (t) => {
    const ada = await wire.connect(t);
    await ada.done('subscribe_logs');
    const steps = [
      [{ agentName: 'Eliza' }, { agentName: 'Eliza', level: 'all' }],
      [{ level: 'warn' }, { agentName: 'Eliza', level: 'warn' }],
      [{ level: 30 }, { agentName: 'Eliza', level: 30 }],
      [{ agentName: 'all' }, { agentName: 'all', level: 30 }],
      [{}, { agentName: 'all', level: 30 }],
    ];
    for (const [change, filters] of steps) {
      const from = ada.arrived.length;
      assert.deepEqual((await ada.done('update_log_filters', change)).filters, filters);
      assert.deepEqual(await ada.until('log_filters_updated', () => true, from), { success: true, filters });
    }
  });

  test('the filter by level lets through that level and above', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    const { level } = await causeTurn(bob, agent);
    await ada.done('subscribe_logs');
    for (const [wanted, count] of [
      ['fatal', 0],
      [level, 1],
      [level + 1, 0],
      ['trace', 1],
      ['FATAL', 0],
      ['all', 1],
    ] as const) {
      await ada.done('update_log_filters', { level: wanted });
      const from = ada.arrived.length;
      await causeTurn(bob, agent);
      assert.equal((await heardOf(ada, agent, from)).length, count, `level ${wanted} for an entry of ${level}`);
    }
  });

  const levels = { trace: 10, debug: 20, success: 27, progress: 28, log: 29, info: 30, warn: 40, error: 50, fatal: 60 };

  test('each level has the number that Eliza OS gives it: its name lets through what the number does', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    for (const [name, number] of Object.entries(levels)) {
      await ada.done('update_log_filters', { level: name });
      const from = ada.arrived.length;
      const { level } = await causeTurn(bob, agent);
      assert.equal((await heardOf(ada, agent, from)).length, level >= number ? 1 : 0, name);
    }
  });

  test('a filter that is refused changes nothing', async (t) => {
    const ada = await wire.connect(t);
    await ada.done('subscribe_logs');
    await ada.done('update_log_filters', { agentName: 'Eliza', level: 'warn' });
    await ada.refused('invalid-payload', 'update_log_filters', { agentName: 'Cleo', level: 'loud' });
    const { filters } = await ada.done('update_log_filters', {});
    assert.deepEqual(filters, { agentName: 'Eliza', level: 'warn' });
  });

  test('a subscription is of one connection, and ends when that is closed', async (t) => {
    const auth = { entityId: crypto.randomUUID() };
    const [ada, again] = [await wire.connect(t, { auth, reconnection: true }), await wire.connect(t, { auth })];
    await ada.done('subscribe_logs');
    await again.refused('not-subscribed', 'update_log_filters', {});
    const from = ada.arrived.length;
    ada.socket.disconnect().connect();
    await ada.until('connection_established', () => true, from);
    await ada.refused('not-subscribed', 'update_log_filters', {});
  });

  test('the filter by agentName lets through that agent only', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    for (const [agentName, count] of [
      ['Nobody of this name', 0],
      [agent.name.slice(0, -1), 0],
      [agent.name.toUpperCase(), 0],
      [agent.name, 1],
      ['all', 1],
    ] as const) {
      await ada.done('update_log_filters', { agentName });
      const from = ada.arrived.length;
      await causeTurn(bob, agent);
      assert.equal((await heardOf(ada, agent, from)).length, count, agentName);
      if (agentName === agent.name) {
        const others = ada.all('logEntry', (entry) => entry.agentName !== agentName, from);
        assert.deepEqual(others, []);
      }
    }
  });

  test('the text of a message is in no log entry, whatever becomes of the message', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const agent = await findAgent(ada);
    await ada.done('subscribe_logs');
    const secret = `xyzzy${crypto.randomUUID().replaceAll('-', '')}`;
    const roomId = crypto.randomUUID();
    await causeTurn(bob, agent, `My secret is ${secret}.`);
    await bob.done('message', { roomId, text: secret, messageId: 'm-1' });
    await bob.refused('message-id-reused', 'message', { roomId, text: `${secret} again`, messageId: 'm-1' });
    await bob.refused('invalid-payload', 'message', { roomId: secret, text: secret, metadata: secret, name: [secret] });
    await bob.refused('text-too-long', 'message', { roomId, text: secret.padEnd(bob.limits.maxTextLength + 1, 'x') });
    await bob.refused('speaking-as-agent', 'message', { roomId, text: secret, userId: agent.id });
    await bob.refused('unknown-event', 'mesage', { roomId, text: secret });
    await bob.done('cancel', { roomId });
    await ada.settled();
    const logged = [...ada.all('logEntry'), ...ada.all('log_stream'), ...bob.all('logEntry'), ...bob.all('log_stream')];
    assert.ok(logged.length >= 4, 'there is a log to look at');
    assert.ok(!JSON.stringify(logged).includes(secret));
  });
});
