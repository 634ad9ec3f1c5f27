/**
 * Projects of Eliza OS, unmodified, in a process of their own: the published starter with a plugin beside its own, and other
 * shapes of projects. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ann, makeRoom, type OpenedProject, openWritten, writeStarter } from './support/eliza-project.ts';

const codeOf = ({ verdict }: { verdict: { outcome: string; code?: string } }) => verdict.code ?? verdict.outcome;

type Figures = { pid: number; heap: number; rss: number; notes: string[] };
const readProcess = async ({ route }: OpenedProject) => (await (await route('/lab/process')).json()) as Figures;
const listMemories = async ({ route }: OpenedProject) => (await (await route('/lab/memories')).json()) as string[];

describe('the published starter, with a plugin', () => {
  const open = (t: TestContext) => openWritten(t, writeStarter(t));

  test('says what it has: its agent, plugins, actions, models, panels and store, without a secret', async (t) => {
    const { info } = await open(t);
    const [agent] = info.agents;
    assert.ok(agent);
    assert.deepEqual([info.name, info.coreVersion], ['project', '1.7.2']);
    assert.equal(agent.character.name, 'Eliza');
    assert.equal(agent.id, 'b850bc30-45f8-0041-a00a-83df46d8555d', 'as core makes it of the name');
    assert.ok(!JSON.stringify(agent.character).includes('secrets'));
    assert.deepEqual(agent.plugins, ['@elizaos/plugin-sql', 'bootstrap', 'lab']);
    assert.ok(agent.actions.includes('ROLL_DICE') && agent.providers.includes('RECENT_MESSAGES'));
    assert.ok(agent.models.includes('TEXT_LARGE') && agent.services.includes('task'));
    assert.deepEqual(agent.panels, [{ name: 'Dice', path: '/lab/panel' }]);
    assert.equal(agent.store, 'SQLite');
  });

  test('answers: streamed, then whole, with its thought and what it used', async (t) => {
    const { ask } = await open(t);
    const { verdict, parts, said, streamed } = await ask('[[say Hello there, my friend]]');
    assert.deepEqual(verdict, { outcome: 'answered' });
    assert.deepEqual([said, streamed], ['Hello there, my friend', 'Hello there, my friend']);
    assert.ok(parts.filter(({ type }) => type === 'chunk').length > 1);
    const whole = parts.find((part) => part.type === 'said');
    assert.deepEqual([whole?.thought, whole?.actions], ['I was asked to.', ['REPLY']]);
    assert.deepEqual(
      parts.find((part) => part.type === 'usage'),
      { type: 'usage', inputTokens: 100, outputTokens: 10, model: 'TEXT_LARGE' },
    );
  });

  test('shows its actions as cards, and stays silent when it wants to', async (t) => {
    const opened = await open(t);
    const { verdict, parts, said } = await opened.ask('[[roll]]');
    assert.equal(verdict.outcome, 'answered');
    const cards = parts.filter((part) => part.type === 'card');
    const [begun] = cards;
    assert.deepEqual(cards, [
      { type: 'card', id: begun?.id, action: 'ROLL_DICE', status: 'executing' },
      { type: 'card', id: begun?.id, action: 'ROLL_DICE', status: 'completed', output: 'a six' },
    ]);
    assert.equal(said, 'You rolled a 6.');
    const ignored = await opened.ask('[[ignore]]');
    assert.deepEqual([ignored.verdict, ignored.said], [{ outcome: 'ignored' }, '']);
  });

  test('in a group it answers to its name, and otherwise asks its model', async (t) => {
    const { ask } = await open(t);
    const room = makeRoom({ type: 'GROUP' });
    assert.equal((await ask('Eliza, [[say I am here]]', { room })).said, 'I am here');
  });

  test('ten rooms at once do not mix', async (t) => {
    const { ask } = await open(t);
    const names = Array.from({ length: 10 }, (_, index) => `room ${index}`);
    const answers = await Promise.all(names.map((name) => ask(`[[say ${name}]]`, { room: makeRoom() })));
    assert.deepEqual(
      answers.map(({ said }) => said),
      names,
    );
    assert.deepEqual(
      answers.map(({ streamed }) => streamed),
      names,
    );
  });

  test('a model that fails, and one that answers in no form, end the turn with words', async (t) => {
    const { ask } = await open(t);
    const { verdict } = await ask('[[fail quota exceeded for sk-abcdefghijklmnop]]');
    assert.deepEqual(verdict, {
      outcome: 'failed',
      code: 'model-failed',
      reason: 'its model failed: quota exceeded for …',
    });
    assert.equal(codeOf(await ask('[[garble]]')), 'model-failed');
    assert.equal(codeOf(await ask('[[say x]]', { turn: { agentId: crypto.randomUUID() } })), 'agent-unknown');
    assert.equal(codeOf(await ask('[[slow-then-roll]]', { turn: { timeoutMs: 50 } })), 'timed-out');
  });

  test('a cancelled turn ends at once, and begins no action', async (t) => {
    const opened = await open(t);
    const controller = new AbortController();
    const turn = opened.ask('[[slow-then-roll]]', { signal: controller.signal });
    for (const deadline = Date.now() + 5_000; !(await readProcess(opened)).notes.includes('slow model'); )
      assert.ok(Date.now() < deadline);
    const cancelledAt = performance.now();
    controller.abort();
    assert.equal(codeOf(await turn), 'cancelled');
    assert.ok(performance.now() - cancelledAt < 50);
    assert.equal((await opened.ask('[[say next]]')).said, 'next');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual((await readProcess(opened)).notes, ['slow model']);
  });

  test('remembers over a restart; forgets what was deleted, and a room that was cleared', async (t) => {
    const opened = await open(t);
    const { ask, project, agentId, room } = opened;
    const messageId = crypto.randomUUID();
    const id = crypto.randomUUID();
    await ask('the word is p-l-u-m [[say noted]]', { messageId, turn: { id } });
    await project.restart();
    assert.equal((await ask('[[recall plum]]')).said, 'I remember it.');
    project.messageDeleted(agentId, room.id, messageId);
    assert.equal((await ask('[[recall plum]]')).said, 'I do not know it.');
    assert.ok((await listMemories(opened)).includes('noted'));
    project.messageDeleted(agentId, room.id, id);
    await ask('[[say x]]');
    assert.ok(!(await listMemories(opened)).includes('noted'), 'its own answer too');
    project.roomCleared(agentId, room.id);
    await ask('[[say fresh]]');
    assert.deepEqual((await listMemories(opened)).sort(), ['[[say fresh]]', 'fresh']);
  });

  test('a kill before an action runs the turn again; one in an action does not', async (t) => {
    const opened = await open(t);
    const again = await opened.ask('[[die-once I am back]]');
    assert.deepEqual([codeOf(again), again.said], ['answered', 'I am back']);
    const memories = await listMemories(opened);
    assert.equal(memories.filter((text) => text.includes('die-once')).length, 1, 'the message is known once');
    const cut = await opened.ask('[[die-in-action]]');
    assert.equal(codeOf(cut), 'interrupted-action');
    assert.deepEqual(cut.parts.map((part) => part.type === 'card' && part.status).filter(Boolean), ['executing']);
    assert.equal((await opened.ask('[[say hi]]')).said, 'hi');
    assert.deepEqual((await readProcess(opened)).notes, ['exploded']);
  });

  test('speaks of its own accord, in the room of elizad', async (t) => {
    const { ask, route, sayings, agentId, room, project } = await open(t);
    project.joined(agentId, room, { entityId: ann.id, name: ann.name });
    await ask('[[say hi]]');
    assert.equal((await route('/lab/speak', { method: 'POST' })).status, 200);
    assert.deepEqual(
      sayings.map(({ text, roomId, agentId: by }) => [text, roomId, by]),
      [['By the way …', room.id, agentId]],
    );
  });

  test('serves the routes of its plugins to elizad, and to nobody else', async (t) => {
    const { route, info, agentId } = await open(t);
    const panel = await route(`/api/agents/${agentId}/plugins/lab/panel?agentId=${agentId}`);
    assert.deepEqual([panel.status, await panel.text()], [200, '<h1>Dice</h1>']);
    assert.equal((await route(`/api/agents/${crypto.randomUUID()}/plugins/lab/panel`)).status, 404);
    const echoed = await route('/api/lab/echo/a%20b?x=1&x=2&y=3', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":[1]}',
    });
    const { names, ...echo } = (await echoed.json()) as { names: string[] };
    assert.deepEqual(
      [echoed.status, echo],
      [201, { query: { x: ['1', '2'], y: '3' }, params: { name: 'a b' }, body: { a: [1] } }],
    );
    assert.ok(!names.some((name) => name.includes('elizad')), 'the plugin never sees the token');
    const raw = await route('/lab/raw/any/path', { method: 'PUT', body: new Uint8Array(1_000_000) });
    assert.equal(await raw.text(), '1000000');
    const broken = await route('/lab/broken');
    assert.deepEqual(
      [broken.status, await broken.json()],
      [500, { success: false, error: { message: 'the route is broken' } }],
    );
    assert.equal((await route('/lab/nothing')).status, 404);
    const headers = { 'content-type': 'application/json' };
    assert.equal((await route('/lab/echo/x', { method: 'POST', headers, body: '{' })).status, 400);
    assert.equal((await fetch(`http://127.0.0.1:${info.routesPort}/lab/panel`)).status, 403);
  });

  test('lends its models for titles, speech and transcription', async (t) => {
    const { project, agentId } = await open(t);
    const use = (model: string, params: Parameters<typeof project.useModel>[2]) =>
      project.useModel(agentId, model, params, new AbortController().signal);
    assert.equal(await use('TEXT_SMALL', { prompt: 'Give it a title' }), 'A fine title');
    const spoken = { audio: Buffer.from('RIFF hello').toString('base64'), mimeType: 'audio/wav' };
    assert.deepEqual(await use('TEXT_TO_SPEECH', { text: 'hello' }), spoken);
    assert.equal(await use('TRANSCRIPTION', { audio: spoken.audio, mimeType: 'audio/wav' }), 'heard 10 bytes');
    await assert.rejects(use('IMAGE', { prompt: 'x' }), /no model for IMAGE: set a key/);
  });

  test('nothing that was said is in the log', async (t) => {
    const { ask, lines } = await open(t);
    await ask('a secret word: xylophone [[say zeppelin]]');
    await ask('[[garble]]');
    assert.ok(!/xylophone|zeppelin|no form at all/.test(JSON.stringify(lines)));
  });
});
