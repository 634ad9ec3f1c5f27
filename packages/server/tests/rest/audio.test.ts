/** Agents that hear and speak over HTTP, with models behind OpenAI's audio protocol; what is said aloud is said in a room. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type FakeAnswer, openFakeHttp } from '../support/fake-http.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const spoken = Buffer.from('ID3 a voice');
const userId = '22222222-2222-4222-8222-222222222222';
const sound = Buffer.concat([
  Buffer.from('524946460000000057415645666d74201000000001000100401f0000803e00000200100064617461', 'hex'),
  Buffer.alloc(100),
]);

type Options = { heard?: FakeAnswer; settings?: Record<string, unknown> };

/** A server with an agent that answers as Eliza does, and hears and speaks through the provider. */
async function open(t: TestContext, { heard = { body: { text: 'My mother hates me' } }, settings }: Options = {}) {
  const provider = await openFakeHttp(t, ({ path }) => (path === '/v1/audio/speech' ? { body: spoken } : heard));
  const speech = { speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1', voice: 'nova' };
  const character = { name: 'Ada', bio: ['Calm.'], settings: { model: 'eliza', ...(settings ?? speech) } };
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), character),
    ELIZAD_MEMORY: 'off',
  });
  const client = openClient(t, url);
  const agentId = await findAgent(client, 'Ada');
  const said = () =>
    provider.requests.filter(({ path }) => path === '/v1/audio/speech').map(({ body }) => JSON.parse(String(body)));
  return { url, client, agentId, said, provider, call: createRestClient(url).call };
}

function form(fields: Record<string, string> = {}, bytes: Uint8Array = sound): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  data.set('file', new File([bytes as BlobPart], 'recording.webm', { type: 'audio/webm' }));
  return data;
}

describe('hearing', () => {
  it('writes down what is said, and keeps nothing', async (t) => {
    const { call, agentId, provider } = await open(t, { heard: { body: { text: 'Good evening', duration: 2 } } });
    const { status, body } = await call('transcribe-audio', { params: { agentId }, body: form({ userId }) });
    assert.equal(status, 200);
    assert.equal(body.data.text, 'Good evening');
    assert.ok(provider.requests[0]?.body.includes(sound));
    assert.match(String(provider.requests[0]?.body), /audio\/wav/);
  });

  it('refuses what is no sound, none at all, too much, and unknown agents', async (t) => {
    const { call, agentId } = await open(t);
    const refused = async (body: unknown, status: number, code: string, id = agentId) => {
      const answer = await call('transcribe-audio', { params: { agentId: id }, body });
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
    };
    await refused(form({}, Buffer.from('no sound')), 415, 'unsupported-file-type');
    await refused(form({}, Buffer.alloc(0)), 400, 'file-missing');
    await refused(form({}, Buffer.alloc(25_000_001)), 413, 'file-too-large');
    await refused(form({ userId: 'me' }), 400, 'invalid-payload');
    await refused(form(), 404, 'agent-not-found', userId);
  });

  it('posts what it heard in the room of the two, where the agent answers', async (t) => {
    const { call, client, agentId } = await open(t);
    const { body } = await call('send-audio-message', { params: { agentId }, body: form({ userId, userName: 'Zoe' }) });
    const { channelId, messageId, transcription } = body.data;
    assert.equal(transcription, 'My mother hates me');
    await client.ask('join', { roomId: channelId });
    client.socket.emit('request-world-state', { roomId: channelId });
    const { messages } = await client.until('world-state', (state) => state.roomId === channelId);
    assert.deepEqual([messages[messageId].senderId, messages[messageId].senderName], [userId, 'Zoe']);
    const again = await call('send-audio-message', { params: { agentId }, body: form({ entityId: userId }) });
    assert.equal(again.body.data.channelId, channelId);
  });

  it('tells the room who came to speak there, once and before they speak', async (t) => {
    const { call, client, agentId } = await open(t);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId });
    const hear = () =>
      client.events.flatMap(({ event, payload }) =>
        [payload?.userId, payload?.senderId].includes(userId) ? [event] : [],
      );
    for (const round of [1, 2]) {
      await call('send-audio-message', { params: { agentId }, body: form({ userId, roomId }) });
      await client.until('messageBroadcast', () => hear().filter((one) => one === 'messageBroadcast').length === round);
    }
    assert.deepEqual(hear(), ['userJoined', 'messageBroadcast', 'messageBroadcast']);
  });

  it('does not post silence', async (t) => {
    const { call, agentId } = await open(t, { heard: { body: { text: ' ' } } });
    const { status, body } = await call('process-audio', { params: { agentId }, body: form() });
    assert.deepEqual([status, body.error?.code], [400, 'nothing-heard']);
  });
});

describe('speaking', () => {
  it('says a text in the voice of the character, or the one asked for', async (t) => {
    const { url, agentId, said, call } = await open(t);
    for (const path of ['audio-messages/synthesize', 'speech/generate']) {
      const response = await fetch(`${url}/api/audio/${agentId}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'Hello', ...(path.startsWith('audio') && { options: { voice: 'onyx' } }) }),
      });
      assert.equal(response.headers.get('content-type'), 'audio/mpeg');
      assert.deepEqual(Buffer.from(await response.arrayBuffer()), spoken);
    }
    assert.deepEqual(
      said().map(({ voice, input }) => [voice, input]),
      [
        ['onyx', 'Hello'],
        ['nova', 'Hello'],
      ],
    );
    const refused = await call('synthesize-audio', { params: { agentId }, body: { text: 'x'.repeat(4097) } });
    assert.equal(refused.status, 400);
  });

  it('says 501 and what to set where there is no voice, or there are no ears', async (t) => {
    const { call, agentId } = await open(t, { settings: {} });
    const mute = await call('synthesize-audio', { params: { agentId }, body: { text: 'Hello' } });
    assert.deepEqual([mute.status, mute.body.error?.code], [501, 'no-speech-model']);
    assert.match(mute.body.error?.hint ?? '', /SPEECH_MODEL/);
    const deaf = await call('transcribe-audio', { params: { agentId }, body: form() });
    assert.deepEqual([deaf.status, deaf.body.error?.code], [501, 'no-transcription-model']);
    assert.match(deaf.body.error?.hint ?? '', /TRANSCRIPTION_MODEL/);
  });
});

describe('a conversation', () => {
  it('is said in a room, for everybody there to see, and the answer is spoken', async (t) => {
    const { call, client, agentId, said } = await open(t);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId });
    const asked = { text: 'My mother hates me', roomId, entityId: userId, userName: 'Zoe' };
    const { status, headers } = await call('speak-conversation', { params: { agentId }, body: asked });
    assert.deepEqual([status, headers.get('content-type')], [200, 'audio/mpeg']);
    const question = await client.until('messageBroadcast', ({ senderId }) => senderId === userId);
    assert.deepEqual([question.text, question.senderName, question.seq], ['My mother hates me', 'Zoe', 1]);
    const answer = await client.until('messageBroadcast', ({ senderId }) => senderId === agentId);
    assert.equal(said()[0].input, answer.text);
  });

  it('that is given is read out', async (t) => {
    const { call, agentId, said } = await open(t);
    const messages = [{ text: 'Hello', speaker: 'A' }, { text: 'Good evening' }];
    assert.equal((await call('speak-conversation', { params: { agentId }, body: { messages } })).status, 200);
    assert.equal(said()[0].input, 'Hello\nGood evening');
    const both = await call('speak-conversation', { params: { agentId }, body: { messages, text: 'x' } });
    assert.equal(both.status, 400);
  });

  it('may come as a form: a sound, a text, or messages as JSON', async (t) => {
    const { call, client, agentId, said } = await open(t);
    const speak = (body: FormData) => call('speak-conversation', { params: { agentId }, body });
    const of = (fields: Record<string, string>) => {
      const data = form(fields);
      data.delete('file');
      return data;
    };
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId });
    // What the official client sends beside the sound.
    const heard = await speak(form({ roomId, entityId: userId, format: 'mp3', language: 'en', metadata: '{}' }));
    assert.deepEqual([heard.status, heard.headers.get('content-type')], [200, 'audio/mpeg']);
    const question = await client.until('messageBroadcast', ({ senderId }) => senderId === userId);
    assert.equal(question.text, 'My mother hates me');
    const answer = await client.until('messageBroadcast', ({ senderId }) => senderId === agentId);
    assert.equal((await speak(of({ text: 'Hello', roomId, userId }))).status, 200);
    const messages = JSON.stringify([{ text: 'Hello', speaker: 'A', timestamp: 1 }, { text: 'Good evening' }]);
    assert.equal((await speak(of({ messages }))).status, 200);
    assert.deepEqual([said()[0].input, said()[2].input], [answer.text, 'Hello\nGood evening']);
    const faults: Record<string, string>[] = [
      {},
      { text: 'x', messages },
      { messages: '[{' },
      { messages: '[]' },
      { text: 'x'.repeat(40_000) },
    ];
    for (const wrong of faults) {
      const refused = await speak(of(wrong));
      assert.deepEqual(
        [refused.status, refused.body.error?.code],
        [400, 'invalid-payload'],
        JSON.stringify(wrong).slice(0, 99),
      );
      assert.equal(refused.body.error?.issues?.length, 1);
    }
    assert.equal((await speak(form({ text: 'Hello' }))).status, 400);
    assert.equal((await speak(form({}, Buffer.from('no sound')))).status, 415);
    assert.equal((await speak(form({}, Buffer.alloc(0)))).body.error?.code, 'file-missing');
  });

  it('goes from sound to sound, as bytes or within JSON', async (t) => {
    const { call, agentId, said } = await open(t);
    const { body } = await call('process-audio', { params: { agentId }, body: form({ userId }) });
    assert.equal(body.data.text, 'My mother hates me');
    assert.equal(said()[0].input, body.data.response);
    assert.deepEqual(Buffer.from(body.data.audioResponse ?? '', 'base64'), spoken);
    const { status, headers } = await call('speak-answer', { params: { agentId }, body: form({ userId }) });
    assert.deepEqual([status, headers.get('content-type')], [200, 'audio/mpeg']);
  });

  it('without a voice answers in words alone', async (t) => {
    const { call, agentId } = await open(t, { settings: { transcriptionModel: 'openai/whisper-1' } });
    const { status, body } = await call('process-audio', { params: { agentId }, body: form() });
    assert.equal(status, 200);
    assert.ok(body.data.response && body.data.audioResponse === undefined);
  });
});
