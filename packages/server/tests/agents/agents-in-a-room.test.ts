/** Agents that live together in a room: who answers what, and that they stop. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient, type Payload, type StockClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

type Character = { name: string; settings: Record<string, unknown> };

/** A group with these agents and one person. */
async function openGroup(t: TestContext, characters: Character[], env: Record<string, string> = {}) {
  const dir = makeDir(t);
  const files = characters.map((character) => writeCharacter(dir, { bio: ['Kind.'], ...character }));
  const { url } = await openTestServer(t, { ELIZAD_CHARACTERS: files.join(','), ...env });
  const client = openClient(t, url, { auth: { name: 'Grace' } });
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  const ids: Record<string, string> = {};
  for (const { name } of characters) {
    ids[name] = await findAgent(client, name);
    await client.ask('join', { roomId, agentId: ids[name] });
  }
  const say = async (text: string, more: object = {}) => {
    const { messageId } = await client.ask('message', { roomId, text, ...more });
    return client.until('messageComplete', (done) => done.messageId === messageId);
  };
  return { client, roomId, ids, say };
}

const listHeard = ({ events }: StockClient): Payload[] =>
  events.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload);

const whoAnswered = (client: StockClient, { messageId }: Payload): string[] =>
  listHeard(client)
    .filter(({ inReplyTo, source }) => inReplyTo === messageId && source === 'agent_response')
    .map(({ senderName }) => senderName);

const eliza = (name: string, respond?: string): Character => ({
  name,
  settings: { model: 'eliza', ...(respond && { respond }) },
});

test('in a group those answer who are called, replied to, or have the rule to', async (t) => {
  const { client, ids, say } = await openGroup(t, [eliza('Ada'), eliza('Bob', 'mentioned'), eliza('Cleo', 'never')]);
  assert.deepEqual(whoAnswered(client, await say('I am sad')), ['Ada']);
  assert.deepEqual(whoAnswered(client, await say('What do you think, Bob?')), ['Bob']);
  assert.deepEqual(whoAnswered(client, await say('And you, @ada?')), ['Ada']);
  assert.equal(
    (await say('Cleo, are you there?')).outcome,
    'answered',
    'nobody but Cleo was called, who never answers',
  );
  const answer = listHeard(client).find(({ senderId }) => senderId === ids.Bob);
  assert.deepEqual(whoAnswered(client, await say('Why?', { metadata: { inReplyTo: answer.id } })), ['Bob']);
});

test('two agents that always answer each other stop, and the room is told why; a person sets them going again', async (t) => {
  const { client, say } = await openGroup(t, [eliza('Ada', 'always'), eliza('Bob', 'always')], { MAX_AGENT_HOPS: '5' });
  const done = await say('Talk with each other');
  assert.ok(done.turns.length > 3 && done.turns.length <= 12, `${done.turns.length} turns`);
  const notice = await client.until('messageBroadcast', ({ source }) => source === 'system');
  assert.match(notice.text, /Ada and Bob have answered each other \d+ times, and no person has said anything/);
  assert.equal(client.events.filter(({ event }) => event === 'messageComplete').length, 1);
  const last = client.events.findLastIndex(({ event }) => event === 'messageBroadcast');
  const end = client.events.findIndex(({ event }) => event === 'messageComplete');
  assert.ok(end > last, 'the end comes after everything that the message caused');
  const seqs = listHeard(client).map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    seqs.map((_, index) => index + 1),
  );
  assert.equal((await say('Go on')).outcome, 'answered');
});

test('agents that each wake several others stop as soon, and the room is told once', async (t) => {
  const names = ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve', 'Fay'];
  const { client, say } = await openGroup(
    t,
    names.map((name) => eliza(name, 'always')),
  );
  const done = await say('Talk with each other');
  // All answer the person; then eight answer an agent, and those that were woken at the same moment.
  assert.ok(done.turns.length >= 14 && done.turns.length <= 6 + 6 * 8, `${done.turns.length} turns`);
  assert.equal(listHeard(client).filter(({ source }) => source === 'system').length, 1);
});

test('agents that are not told to answer each other do not', async (t) => {
  const { client, say } = await openGroup(t, [eliza('Ada'), eliza('Bob')]);
  const done = await say('Hello everybody');
  assert.deepEqual(whoAnswered(client, done).sort(), ['Ada', 'Bob']);
  assert.equal(done.turns.length, 2);
});

test('a model of a group with several agents is asked first whether it wants to answer', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  provider.script({ kind: 'answer', text: '{"answer":false}' }, { kind: 'answer', text: 'Yes, Grace?' });
  const env = { OPENAI_BASE_URL: `${provider.url}/v1`, OPENAI_API_KEY: 'sk-test' };
  const settings = { model: 'openai/test' };
  const { client, say } = await openGroup(t, [{ name: 'Ada', settings }, eliza('Bob', 'mentioned')], env);
  const done = await say('Bob, how are you?');
  assert.deepEqual(whoAnswered(client, done), ['Bob'], 'Bob is called, so Ada is not asked');
  assert.equal(provider.requests.length, 0);
  assert.equal((await say('Nice weather')).outcome, 'ignored');
  assert.match(JSON.stringify(provider.requests[0]?.body), /Decide whether Ada should answer/);
  assert.deepEqual(whoAnswered(client, await say('Ada?')), ['Ada'], 'she is called, so she is not asked');
  assert.equal(provider.requests.length, 2);
});
