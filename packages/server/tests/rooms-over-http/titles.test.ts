/** Titles of rooms: the agent's own model names what was said, within bounds; whatever it does, a request has an answer. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { deriveId } from 'elizad-protocol';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const eliza = await deriveId('Eliza');

async function openWithModel(t: TestContext, env: Record<string, string> = {}) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: 'Calm.', settings: { model: 'openai/m' } });
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ELIZAD_CHARACTERS: character,
    ...env,
  });
  const ada = openClient(t, url, { auth: { entityId: crypto.randomUUID(), name: 'Ada' } });
  const agentId = await findAgent(ada, 'Cleo');
  const roomId = crypto.randomUUID();
  await ada.ask('join', { roomId, agentId });
  const { call } = createRestClient(url);
  const ask = async (spelling = 0) => {
    const { status, body } = await call('generate-channel-title', {
      params: { channelId: roomId },
      body: { agentId },
      spelling,
    });
    assert.deepEqual([status, body.data?.channelId], [200, roomId]);
    return body.data;
  };
  const talk = async (...texts: string[]) => {
    for (const text of texts) {
      const { messageId } = await ada.ask('message', { roomId, text });
      await ada.until('messageComplete', (done) => done.messageId === messageId);
    }
  };
  return { provider, url, call, ada, agentId, roomId, ask, talk };
}

describe('the title of a room', () => {
  it('is what the model of the agent says of the last messages, once there are four', async (t) => {
    const { provider, ask, talk } = await openWithModel(t);
    await talk('Which tea is best in the morning?');
    const { title, reason } = await ask();
    assert.equal(title, null);
    assert.match(reason ?? '', /fewer than 4/);
    assert.equal(provider.requests.length, 1, 'the model is not asked in vain');
    await talk('And at night?');
    for (const [spelling, said, wanted] of [
      [0, '"Tea at any hour."\n', 'Tea at any hour'],
      [1, '**Title: Tee, früh & spät**', 'Tee, früh & spät'],
      [0, '\n\n# Tea\nand more', 'Tea'],
    ] as const) {
      provider.script({ kind: 'answer', text: said });
      assert.deepEqual((await ask(spelling)).title, wanted);
    }
    const request = JSON.stringify(provider.requests.at(-1)?.body);
    assert.match(request, /Ada: Which tea is best/);
  });

  it('has at most 60 characters, cut between words, and none that is half', async (t) => {
    const { provider, ask, talk } = await openWithModel(t);
    await talk('one', 'two');
    provider.script({
      kind: 'answer',
      text: 'A very long title that goes on and on, and never comes to an end at all',
    });
    assert.deepEqual((await ask()).title, 'A very long title that goes on and on, and never comes to…');
    provider.script({ kind: 'answer', text: '🙂'.repeat(100) });
    const { title } = await ask();
    assert.ok((title?.length ?? 0) <= 60 && title?.isWellFormed(), String(title));
  });

  it('is none, with the reason, where the model fails, says nothing, or talks without end', async (t) => {
    const { provider, ask, talk } = await openWithModel(t, { MODEL_RETRIES: '0' });
    await talk('one', 'two');
    provider.script({ kind: 'refuse', status: 401 });
    const refused = await ask();
    assert.equal(refused.title, null);
    assert.match(refused.reason ?? '', /refused the key/);
    provider.script({ kind: 'answer', text: ' " ' });
    const empty = await ask();
    assert.deepEqual([empty.title, typeof empty.reason], [null, 'string']);
    provider.script({ kind: 'answer', text: `Long ${'x'.repeat(20_000)}`, chunks: 50 });
    assert.equal((await ask()).title?.length, 60);
  });

  it('is asked for once by those who ask while it is made', async (t) => {
    const { provider, call, roomId, ask, talk } = await openWithModel(t);
    await talk('one', 'two');
    const before = provider.requests.length;
    provider.script({ kind: 'answer', text: 'Counting', held: true, chunks: 1 });
    const first = ask();
    await provider.arrived(before + 1);
    const others = Array.from({ length: 5 }, () => ask());
    // The model says nothing before all of them have come.
    for (let n = 0; n < 10; n++) await call('get-channel', { params: { channelId: roomId } });
    provider.release(10);
    for (const { title } of await Promise.all([first, ...others])) assert.equal(title, 'Counting');
    assert.equal(provider.requests.length, before + 1);
  });

  it('counts for what the room may spend', async (t) => {
    const { provider, ask, talk } = await openWithModel(t, { ROOM_TOKENS_PER_HOUR: '1' });
    await talk('one', 'two', 'three', 'four');
    const before = provider.requests.length;
    const { title, reason } = await ask();
    assert.equal(title, null);
    assert.match(reason ?? '', /spent their budget|do not answer for now/);
    assert.equal(provider.requests.length, before);
  });

  it('is the first words of a person where the agent cannot be asked', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const ada = openClient(t, url);
    const roomId = crypto.randomUUID();
    await ada.ask('join', { roomId, agentId: eliza });
    for (const text of ['Men are all alike.', 'They are always bugging us about something or other.']) {
      const { messageId } = await ada.ask('message', { roomId, text });
      await ada.until('messageComplete', (done) => done.messageId === messageId);
    }
    const { body } = await call('generate-channel-title', { params: { channelId: roomId }, body: { agentId: eliza } });
    assert.deepEqual(body.data, { title: 'Men are all alike', channelId: roomId });
    const unknown = await call('generate-channel-title', {
      params: { channelId: roomId },
      body: { agentId: crypto.randomUUID() },
    });
    assert.deepEqual([unknown.status, unknown.body.error?.code], [404, 'agent-not-found']);
  });
});
