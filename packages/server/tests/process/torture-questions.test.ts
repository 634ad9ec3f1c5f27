/** What a torture of a project says about its questions, on paper: one blow each, and what must not come of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kill } from '../../src/cli/torture/project/project-kills.ts';
import { openQuestions } from '../../src/cli/torture/project/questions.ts';

const roomId = 'room';
const ask = (id: string) => ({ id, roomId, source: 'socketio_client' });
const card = (id: string, runId: string) => ({
  id,
  roomId,
  source: 'agent_action',
  actions: ['WORK'],
  metadata: { runId, actionStatus: 'executing' },
});
const end = (messageId: string, outcome: string, code?: string) => ({
  messageId,
  roomId,
  outcome,
  turns: [{ agentId: 'agent', outcome, ...(code && { code }) }],
});
const blow = (): Kill => ({ who: 'project', moment: 'in an action', at: performance.now() });

/** The kinds of findings, and how often each. */
function judge(play: (questions: ReturnType<typeof openQuestions>) => void): Record<string, number> {
  const questions = openQuestions();
  play(questions);
  const found = questions.judge().filter(({ count }) => count > 0);
  for (const { examples } of found) assert.ok(examples.length > 0);
  return Object.fromEntries(found.map(({ kind, count }) => [kind, count]));
}

test('answers, a cut off action, and a turn whose host died twice are as promised', () => {
  const found = judge((questions) => {
    questions.hear(ask('a'));
    questions.hear(card('card 1', 'turn 1'));
    questions.hear({ ...card('card 1', 'turn 1'), updatedAt: 1 });
    questions.completed(end('a', 'answered'));
    questions.hear(ask('b'));
    questions.note(blow());
    questions.hear(card('card 2', 'turn 2'));
    questions.completed(end('b', 'failed', 'interrupted-action'));
    questions.hear(ask('c'));
    for (let deaths = 1; deaths <= 2; deaths++) questions.note(blow());
    questions.completed(end('c', 'failed', 'project-failed'));
    questions.completed(end('c', 'failed', 'project-failed'));
  });
  assert.deepEqual(found, {});
});

test('an action that begins again in its turn is found', () => {
  const found = judge((questions) => {
    questions.hear(ask('a'));
    questions.hear(card('card 1', 'turn 1'));
    questions.hear(card('card 2', 'turn 1'));
    questions.completed(end('a', 'answered'));
  });
  assert.deepEqual(found, { actedTwice: 1 });
});

test('a turn that ends as cut off in an action, where none had begun since the last one, is found', () => {
  const found = judge((questions) => {
    questions.hear(ask('a'));
    questions.hear(card('card 1', 'turn 1'));
    questions.completed(end('a', 'answered'));
    questions.hear(ask('b'));
    questions.note(blow());
    questions.completed(end('b', 'failed', 'interrupted-action'));
  });
  assert.deepEqual(found, { 'cut off idle': 1 });
});

test('a turn that is given up after one death is found', () => {
  const found = judge((questions) => {
    questions.hear(ask('a'));
    questions.note(blow());
    questions.completed(end('a', 'failed', 'project-failed'));
  });
  assert.deepEqual(found, { 'not run again': 1 });
});
