/** What a runner of turns tells: how its parts become chunks, messages and cards of the room, whoever the runner is. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServerEvents } from 'elizad-protocol';
import { createBreaker } from '../../src/agents/turn/breaker.ts';
import type { Part, Runner, Tell } from '../../src/agents/turn/runner.ts';
import { runTurn } from '../../src/agents/turn/turn.ts';
import { createOperator } from '../../src/auth/principal.ts';
import { addressAgent } from '../../src/messaging/asking/ask-agent.ts';
import { postMessage } from '../../src/messaging/posts/post-message.ts';
import { listLastMessages } from '../../src/storage/messages/history.ts';
import { claimTurns, handBackTurn } from '../../src/storage/turns/turns.ts';
import { openHouse } from '../support/house.ts';
import { makeDir } from '../support/test-server.ts';

/** A store with rooms and the built-in agent, and one question that no worker takes up: `run` gives its turn to a runner. */
async function openTurn(t: TestContext) {
  const dir = makeDir(t);
  const { settings, logger, store, rooms, messaging, agents } = await openHouse(t, dir, {
    ELIZAD_DATA: dir,
    ELIZAD_MEMORY: 'off',
  });
  const chunks: ServerEvents['chunk-streamed'][] = [];
  const completed: ServerEvents['message-completed'][] = [];
  rooms.above.broadcast = (event, payload) => {
    if (event === 'chunk-streamed') chunks.push(payload as ServerEvents['chunk-streamed']);
    if (event === 'message-completed') completed.push(payload as ServerEvents['message-completed']);
  };
  const channelId = crypto.randomUUID();
  const [agentId = ''] = agents.roster.keys();
  const draft = { channelId, text: 'Go.', attachments: [], metadata: {}, source: 'test', clientMessageId: 'go' };
  const asker = createOperator('loopback');
  const { committed } = await postMessage(messaging, asker, await addressAgent(messaging, asker, agentId, draft));
  await committed;
  const { db } = store.database;
  const run = async (runner: Runner, signal = new AbortController().signal) => {
    const [turn] = await claimTurns(db, [{ channelId, agentId }]);
    assert.ok(turn, 'no turn waits');
    const left = await runTurn(
      {
        messaging,
        roster: agents.roster,
        runnerOf: () => runner,
        hooks: { hooks: [], logger },
        breaker: createBreaker(messaging, settings),
        liveStages: new Map(),
        observe: () => {},
        logger,
      },
      turn,
      signal,
    );
    if (left === 'handed-back') await handBackTurn(db, turn.id);
    return { turnId: turn.id, left };
  };
  const listSaid = async () => {
    const messages = await listLastMessages(db, channelId, 50);
    return messages.filter(({ senderId }) => senderId === agentId);
  };
  return { run, listSaid, chunks, completed };
}

/** A runner that tells these parts, and has answered. */
const telling = (...parts: Part[]): Runner => ({
  async run(_of, tell) {
    for (const part of parts) await tell(part);
    return { outcome: 'answered', code: null };
  },
});

const chunk = (text: string): Part => ({ type: 'chunk', text });
const said = (text: string, more: Partial<Extract<Part, { type: 'said' }>> = {}): Part => ({
  type: 'said',
  text,
  thought: null,
  actions: [],
  attachments: [],
  ...more,
});
const textsOf = (chunks: readonly ServerEvents['chunk-streamed'][]) =>
  chunks.map(({ index, chunk: text }) => [index, text]);

test('chunks are streamed under the id of the answer, which has all of them', async (t) => {
  const { run, listSaid, chunks, completed } = await openTurn(t);
  const { turnId } = await run(telling(chunk('One, '), chunk('two.'), { type: 'thought', text: 'Easy.' }));
  const [answer, ...others] = await listSaid();
  assert.deepEqual([answer?.id, answer?.text, answer?.thought, others], [turnId, 'One, two.', 'Easy.', []]);
  assert.ok(chunks.every(({ messageId }) => messageId === turnId));
  assert.deepEqual(
    completed.map(({ outcome }) => outcome),
    ['answered'],
  );
});

test('of several whole messages the last is the answer; each earlier one is a message before it, with its own files', async (t) => {
  const { run, listSaid, chunks, completed } = await openTurn(t);
  const file = { id: 'f', url: 'https://example.org/f.png' };
  const { turnId } = await run(
    telling(
      chunk('Fir'),
      said('First.', { thought: 'A', actions: ['LOOK'], attachments: [file] }),
      said('Second.', { thought: 'B' }),
      chunk('Thi'),
      said('Third.', { thought: 'C' }),
    ),
  );
  const all = await listSaid();
  assert.deepEqual(
    all.map(({ text, thought, actions, attachments }) => ({ text, thought, actions, attachments })),
    [
      { text: 'First.', thought: 'A', actions: ['LOOK'], attachments: [file] },
      { text: 'Second.', thought: 'B', actions: [], attachments: [] },
      { text: 'Third.', thought: 'C', actions: ['REPLY'], attachments: [] },
    ],
  );
  assert.deepEqual([all[2]?.id, all[0]?.inReplyTo, all[1]?.inReplyTo], [turnId, null, null]);
  assert.equal(completed.length, 1);
  // Each begins with the index 0: a client puts it in place of the one that it shows.
  const begins = textsOf(chunks).filter(([index]) => index === 0);
  assert.equal(begins.length, 3, JSON.stringify(textsOf(chunks)));
});

test('a whole message that is not what was streamed takes its place', async (t) => {
  const { run, listSaid, chunks } = await openTurn(t);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await run({
    async run(_of, tell) {
      await tell(chunk('Draft of'));
      await settle();
      await tell(said('The real words.'));
      await settle();
      return { outcome: 'answered', code: null };
    },
  });
  assert.deepEqual(textsOf(chunks), [
    [0, 'Draft of'],
    [0, 'The real words.'],
  ]);
  assert.deepEqual(
    (await listSaid()).map(({ text }) => text),
    ['The real words.'],
  );
});

test('a turn that is run again posts its earlier messages once', async (t) => {
  const { run, listSaid } = await openTurn(t);
  const stop = new AbortController();
  const first = await run(
    {
      async run(_of, tell) {
        await tell(said('First.'));
        await tell(said('Second.'));
        stop.abort('handed-back');
        return { outcome: 'cancelled', code: 'turn-cancelled' };
      },
    },
    stop.signal,
  );
  assert.equal(first.left, 'handed-back');
  assert.deepEqual(
    (await listSaid()).map(({ text }) => text),
    ['First.'],
  );
  await run(telling(said('First.'), said('Second.')));
  assert.deepEqual(
    (await listSaid()).map(({ text }) => text),
    ['First.', 'Second.'],
  );
});

test('a card is there from its begin to its end, and what was begun is known to the next run', async (t) => {
  const { run, listSaid } = await openTurn(t);
  const stop = new AbortController();
  const begin: Part = { type: 'card', id: 'c-1', action: 'ROLL', status: 'executing' };
  await run(
    {
      async run(_of, tell) {
        assert.equal(await tell(begin), true);
        stop.abort('handed-back');
        return { outcome: 'cancelled', code: 'turn-cancelled' };
      },
    },
    stop.signal,
  );
  const statusOf = async () => (await listSaid()).map(({ metadata }) => metadata.actionStatus);
  assert.deepEqual(await statusOf(), ['executing']);
  await run({
    async run({ work }, tell) {
      assert.deepEqual(Object.keys(work.calls), ['c-1']);
      await tell({ type: 'card', id: 'c-1', action: 'ROLL', status: 'completed', output: '4' });
      await tell(said('Four.'));
      return { outcome: 'answered', code: null };
    },
  });
  const [card, answer] = await listSaid();
  assert.deepEqual(
    [card?.metadata.actionStatus, card?.metadata.actionResult],
    ['completed', { success: true, text: '4' }],
  );
  assert.deepEqual([answer?.text, answer?.actions], ['Four.', ['ROLL', 'REPLY']]);
});

test('a card that no one ends is failed at the end of the turn', async (t) => {
  const { run, listSaid } = await openTurn(t);
  await run(telling({ type: 'card', id: 'c-1', action: 'ROLL', status: 'executing' }));
  assert.deepEqual(
    (await listSaid()).map(({ metadata }) => metadata.actionStatus),
    ['failed'],
  );
});

test('what is too long is cut, and the runner is told that no more is heard', async (t) => {
  const { run, listSaid } = await openTurn(t);
  const heard: boolean[] = [];
  const long: Runner = {
    async run(_of, tell: Tell) {
      heard.push(await tell(chunk('x'.repeat(99_990))), await tell(chunk('y'.repeat(20))));
      return { outcome: 'failed', code: 'model-too-long' };
    },
  };
  await run(long);
  assert.deepEqual(heard, [true, false]);
  const [answer] = await listSaid();
  assert.equal(answer?.text.length, 100_000);
  assert.deepEqual(answer?.metadata, { partial: true, outcome: 'failed' });
});
