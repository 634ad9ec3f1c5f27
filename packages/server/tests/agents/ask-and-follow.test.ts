/** What a door hears of a question beside its answer: cards, questions for approval, thoughts, and answers that break off. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createOperator } from '../../src/auth/principal.ts';
import { addressAgent } from '../../src/messaging/asking/ask-agent.ts';
import { type ExchangeEvent, streamExchange } from '../../src/messaging/asking/ask-and-follow.ts';
import { getRoom } from '../../src/messaging/ground/access.ts';
import { answerApproval } from '../../src/messaging/posts/approvals.ts';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { openHouse } from '../support/house.ts';
import { makeDir, writeCharacter } from '../support/test-server.ts';

const config = `
import { defineAction, defineConfig, z } from 'elizad';
const parameters = z.object({ city: z.string() });
export default defineConfig({
  actions: [
    defineAction({ name: 'look', description: 'Looks.', parameters, run: ({ city }) => 'saw ' + city }),
    defineAction({ name: 'book', description: 'Books.', parameters, approval: true, run: ({ city }) => 'booked ' + city }),
  ],
});
`;

const principal = createOperator('loopback');

/** The rooms and the agents of a server, without its edges; and a question to the agent in a room of its own. */
async function openQuestion(t: TestContext, ...behaviours: Behaviour[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script(...behaviours);
  const dir = makeDir(t);
  writeFileSync(join(dir, 'elizad.config.ts'), config);
  const { agents, messaging } = await openHouse(t, dir, {
    ELIZAD_DATA: join(dir, 'data'),
    ELIZAD_CONFIG: join(dir, 'elizad.config.ts'),
    ELIZAD_CHARACTERS: writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings: { model: 'openai/test' } }),
    ELIZAD_MEMORY: 'off',
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
  });
  await agents.worker.start();
  const channelId = crypto.randomUUID();
  const [agentId = ''] = agents.roster.keys();
  const draft = { channelId, text: 'Go.', attachments: [], metadata: {}, source: 'test', clientMessageId: 'go' };
  const asked = await addressAgent(messaging, principal, agentId, draft);
  const ask = () => streamExchange(messaging, principal, asked, AbortSignal.timeout(10_000));
  return { messaging, channelId, agentId, ask };
}

/** Events in short, in their order; `answerIds` are all ids that they name. */
async function readAll(events: AsyncIterable<ExchangeEvent>, onEvent: (event: ExchangeEvent) => unknown = () => {}) {
  const told: string[] = [];
  const answerIds = new Set<string>();
  for await (const event of events) {
    if ('answerId' in event) answerIds.add(event.answerId);
    told.push(describe(event));
    await onEvent(event);
  }
  return { told, answerIds };
}

function describe(event: ExchangeEvent): string {
  if (event.kind === 'card') return `card ${event.message.metadata.actionStatus}`;
  if (event.kind === 'question') return `question ${(event.message.metadata.approval as { state: string }).state}`;
  if (event.kind === 'said' || event.kind === 'thought') return `${event.kind} ${event.text.trim()}`;
  if (event.kind === 'broken') return `broken ${event.partialText}`;
  if (event.kind === 'ended') return `ended ${event.completion?.outcome}`;
  return event.kind;
}

const call = (id: string, name: string) => ({ id, name, input: { city: 'Oslo' } });

test('a card is told as it begins and as it ends, a thought with its answer, all under the id of the answer', async (t) => {
  const { ask } = await openQuestion(
    t,
    { kind: 'calls', calls: [call('c1', 'look')] },
    { kind: 'answer', text: 'Oslo.', reasoning: 'I saw it.' },
  );
  const { told, answerIds } = await readAll(ask());
  assert.deepEqual(told, [
    'posted',
    'card executing',
    'card completed',
    'said Oslo.',
    'thought I saw it.',
    'answered',
    'ended answered',
  ]);
  assert.equal(answerIds.size, 1);
});

test('a question for approval is told open and settled; a retry hears it while it is open', async (t) => {
  const { ask, messaging, channelId } = await openQuestion(
    t,
    { kind: 'calls', calls: [call('c1', 'book')] },
    { kind: 'answer', text: 'Booked.' },
  );
  const { told } = await readAll(ask(), async (event) => {
    if (event.kind !== 'question' || describe(event) !== 'question open') return;
    const retry: string[] = [];
    for await (const again of ask()) {
      retry.push(describe(again));
      if (again.kind === 'question') break;
    }
    assert.deepEqual(retry, ['posted', 'question open']);
    const room = await getRoom(messaging, principal, channelId, 'write');
    await answerApproval(messaging, room, principal, { approvalId: event.message.id, approved: true });
  });
  assert.deepEqual(told, [
    'posted',
    'question open',
    'question approved',
    'card executing',
    'card completed',
    'said Booked.',
    'answered',
    'ended answered',
  ]);
});

test('an answer that breaks off is told, before what was said of it is posted', async (t) => {
  const { ask } = await openQuestion(t, { kind: 'break', how: 'error', after: 2, text: 'aabbccddee' });
  const { told } = await readAll(ask());
  assert.deepEqual(
    told.filter((one) => !one.startsWith('said ')),
    ['posted', 'broken aabb', 'answered', 'ended failed'],
  );
});
