/** The X-ray of a message: what came of it, stage by stage, while it runs and afterwards, and why there is no answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openAgentsServer } from '../support/agents-server.ts';
import { ada, openRoom } from '../support/model-room.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';

const names = ({ stages }: { stages: readonly { name: string }[] }): string[] => stages.map(({ name }) => name);

async function openTalk(...[t, options]: Parameters<typeof openRoom>) {
  const room = await openRoom(t, options);
  const { call, params } = room;
  const ask = async (content: string, query = {}) => {
    const { body } = await call('post-message', { params, query, body: { author_id: ada, content } });
    return body.data.id;
  };
  const xray = async (messageId: string) =>
    (await call('get-message-xray', { params: { ...params, messageId } })).body.data;
  return { ...room, ask, xray };
}

describe('the X-ray of a message', () => {
  it('has the stages of an answer in the order of time, also asked by the answer', async (t) => {
    const { ask, xray, provider, client, agentIds, channelId } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'One two.', chunks: 2 });
    const id = await ask('Count.', { wait: true });
    const body = await xray(id);
    const [turn] = body.turns;
    assert.ok(turn);
    assert.deepEqual([body.messageId, body.channelId, body.ending], [id, channelId, { outcome: 'answered' }]);
    assert.deepEqual(
      [turn.agentId, turn.agentName, turn.state, turn.outcome],
      [agentIds[0], 'Cleo', 'ended', 'answered'],
    );
    assert.deepEqual(names(turn), [
      'received',
      'stored',
      'claimed',
      'context',
      'asked',
      'first-token',
      'thought',
      'posted',
    ]);
    const times = turn.stages.map(({ at }) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(turn.model, 'openai/test-model');
    const said = await client.until('messageBroadcast', ({ inReplyTo }) => inReplyTo === id);
    assert.equal(turn.answerId, said.id);
    assert.deepEqual(await xray(said.id), body);
    assert.doesNotMatch(JSON.stringify(body), /Count|One two/);
  });

  it('shows a turn at work, and one that waits behind it', async (t) => {
    const { ask, xray, provider, client } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'One two.', chunks: 2, held: true });
    const first = await ask('Count.');
    provider.release();
    await client.until('messageStreamChunk', () => true);
    const second = await ask('And then?');
    const running = await xray(first);
    assert.equal(running.ending, null);
    assert.deepEqual([running.turns[0]?.state, running.turns[0]?.endedAt], ['running', null]);
    assert.ok(names(running.turns[0] ?? { stages: [] }).includes('first-token'));
    const queued = await xray(second);
    assert.deepEqual([queued.ending, queued.turns[0]?.state], [null, 'queued']);
    provider.release(10);
    await client.until('messageComplete', ({ messageId }) => messageId === second);
    const claimed = (await xray(second)).turns[0]?.stages.find(({ name }) => name === 'claimed');
    assert.ok(claimed && claimed.at >= 0);
  });

  it('says why there is no answer: a refusal of the provider, a stop, nobody there', async (t) => {
    const { ask, xray, provider, client, call, channelId } = await openTalk(t);
    provider.script({ kind: 'refuse', status: 401 });
    const refused = await xray(await ask('Hello?', { wait: true }));
    assert.deepEqual([refused.ending?.outcome, refused.ending?.code], ['failed', 'model-unauthorized']);
    assert.match(refused.turns[0]?.hint ?? '', /key/);
    provider.script({ kind: 'hang' });
    const stopped = await ask('Hello?');
    await provider.arrived(2);
    await client.ask('cancel', { roomId: channelId });
    await client.until('messageComplete', ({ messageId }) => messageId === stopped);
    assert.equal((await xray(stopped)).ending?.outcome, 'cancelled');
    const alone = { channelId: crypto.randomUUID() };
    const { body } = await call('post-message', { params: alone, body: { content: 'Hello?' } });
    const nobody = (await call('get-message-xray', { params: { ...alone, messageId: body.data.id } })).body.data;
    assert.deepEqual([nobody.ending?.outcome, nobody.turns], ['no-agent', []]);
    const elsewhere = await call('get-message-xray', { params: { channelId, messageId: body.data.id } });
    assert.deepEqual([elsewhere.status, elsewhere.body.error?.code], [404, 'message-not-found']);
  });

  it('shows nothing of another channel to who names a turn of it', async (t) => {
    const { ask, xray, provider, call } = await openTalk(t);
    provider.script({ kind: 'answer', text: 'One two.' });
    const { answerId } = (await xray(await ask('Count.', { wait: true }))).turns[0] ?? {};
    assert.ok(answerId);
    const params = { channelId: crypto.randomUUID() };
    const said = await call('post-message', { params, body: { content: 'Hello?', metadata: { runId: answerId } } });
    const { body } = await call('get-message-xray', { params: { ...params, messageId: said.body.data.id } });
    assert.deepEqual([body.data.messageId, body.data.turns], [said.body.data.id, []]);
  });

  it('has the actions with their times, and what was before a person was asked, also by a card', async (t) => {
    const { open, provider } = await openAgentsServer(t);
    const { find, url } = open();
    const { call } = createRestClient(url);
    const client = openClient(t, url);
    const channelId = crypto.randomUUID();
    await client.ask('join', { roomId: channelId, agentId: (await find('Cleo')).id });
    provider.script(
      { kind: 'calls', calls: [{ id: 'c1', name: 'look', input: {} }] },
      { kind: 'calls', calls: [{ id: 'c2', name: 'book', input: {} }] },
      { kind: 'answer', text: 'Booked.' },
    );
    const { messageId } = (await client.ask('message', { roomId: channelId, text: 'Book.' })) as { messageId: string };
    const question = await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
    const xray = async (id: string) =>
      (await call('get-message-xray', { params: { channelId, messageId: id } })).body.data;
    while ((await xray(messageId)).turns[0]?.state !== 'waiting') await wait(10);
    const waiting = await xray(messageId);
    assert.equal(waiting.ending, null);
    assert.equal(names(waiting.turns[0] ?? { stages: [] }).at(-1), 'asked-people');
    await client.ask('approve', { roomId: channelId, approvalId: question.id, approved: true });
    await client.until('messageComplete', () => true);
    const { turns } = await xray(messageId);
    const [turn] = turns;
    assert.ok(turn);
    const actions = turn.stages.filter(({ name }) => name === 'action').map(({ action }) => action);
    assert.deepEqual(actions, ['look', 'book']);
    assert.equal(names(turn).filter((name) => name === 'claimed').length, 2);
    assert.ok(names(turn).indexOf('asked-people') > names(turn).indexOf('action'));
    const card = await client.until('messageBroadcast', ({ source }) => source === 'agent_action');
    assert.equal((await xray(card.id)).messageId, messageId);
  });
});
