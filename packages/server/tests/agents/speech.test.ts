/** Voices and ears over OpenAI's audio protocol, at any address; nothing is asked unless it is named. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ElizadError } from 'elizad-protocol';
import { chooseSpeaker, chooseTranscriber, type SpeechEnv } from '../../src/agents/models/providers/speech.ts';
import { type FakeAnswer, type FakeRequest, openFakeHttp } from '../support/fake-http.ts';
import { key, secret, within } from '../support/model-stream.ts';

const signal = new AbortController().signal;
const sound = Buffer.from('4f67675300020000', 'hex');

async function open(t: TestContext, answer: (request: FakeRequest) => FakeAnswer) {
  const server = await openFakeHttp(t, answer);
  const env = { openaiApiKey: key, openaiBaseUrl: `${server.url}/v1` };
  const character = (model: string) => ({ name: 'Ada', settings: { speechModel: model, transcriptionModel: model } });
  const speaker = chooseSpeaker(character('openai/tts-1'), env);
  const transcriber = chooseTranscriber(character('openai/whisper-1'), env);
  assert.ok(speaker && transcriber);
  return { server, speaker, transcriber };
}

/** The fields of a form as they were sent, and of its file the name and the type. */
async function readForm({ headers, body }: FakeRequest): Promise<Record<string, string>> {
  const type = String(headers['content-type']);
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, string> = {};
  for (const [name, value] of form)
    fields[name] =
      typeof value === 'string'
        ? value
        : `${value.name} ${value.type} ${Buffer.from(await value.arrayBuffer()).toString('hex')}`;
  return fields;
}

describe('a speaker', () => {
  it('says a text in a voice and a form', async (t) => {
    const { server, speaker } = await open(t, () => ({ body: sound, headers: { 'content-type': 'audio/wav' } }));
    assert.equal(speaker.name, 'openai/tts-1');
    const spoken = await speaker.speak({ text: 'Good evening.', voice: 'nova', format: 'wav' }, signal);
    assert.equal(spoken.mediaType, 'audio/wav');
    assert.deepEqual(Buffer.from(spoken.data), sound);
    const [request] = server.requests;
    assert.equal(`${request?.path} ${request?.headers.authorization}`, `/v1/audio/speech Bearer ${key}`);
    assert.deepEqual(JSON.parse(String(request?.body)), {
      model: 'tts-1',
      input: 'Good evening.',
      voice: 'nova',
      response_format: 'wav',
    });
  });

  it('gives MP3 when nothing else is asked for', async (t) => {
    const { server, speaker } = await open(t, () => ({ body: sound }));
    assert.equal((await speaker.speak({ text: 'Hello' }, signal)).mediaType, 'audio/mpeg');
    assert.equal(JSON.parse(String(server.requests[0]?.body)).response_format, 'mp3');
  });
});

describe('a transcriber', () => {
  it('writes down what was said, with language and length where they are told', async (t) => {
    const { server, transcriber } = await open(t, () => ({
      body: { task: 'transcribe', text: 'Guten Abend.', language: 'german', duration: 1.5, segments: [], words: [] },
    }));
    assert.equal(transcriber.name, 'openai/whisper-1');
    const heard = await transcriber.transcribe({ mediaType: 'audio/webm; codecs=opus', data: sound }, signal);
    assert.deepEqual(heard, { text: 'Guten Abend.', language: 'de', seconds: 1.5 });
    const [request] = server.requests;
    assert.equal(`${request?.path} ${request?.headers.authorization}`, `/v1/audio/transcriptions Bearer ${key}`);
    const form = await readForm(request as FakeRequest);
    assert.equal(form.model, 'whisper-1');
    assert.equal(form.file, `audio.webm audio/webm ${sound.toString('hex')}`);
  });

  it('takes silence, and an answer of the text alone', async (t) => {
    const { transcriber } = await open(t, () => ({ body: { text: '' } }));
    assert.deepEqual(await transcriber.transcribe({ mediaType: 'audio/wav', data: sound }, signal), { text: '' });
  });
});

describe('both', () => {
  const failures: [FakeAnswer, ElizadError['code'], number?][] = [
    [{ status: 401, body: { error: { message: `No such key: ${key}`, type: 'x', code: null } } }, 'model-unauthorized'],
    [{ status: 404, body: {} }, 'model-not-found'],
    [{ status: 429, headers: { 'retry-after': '7' }, body: {} }, 'model-rate-limited', 7_000],
    [{ status: 400, body: { error: { message: `Bad: ${secret}`, type: 'x', code: null } } }, 'model-refused'],
    [{ status: 500, body: {} }, 'model-overloaded'],
  ];
  for (const [answer, code, retryAfterMs] of failures)
    it(`reject with ${code}, with neither key nor text`, async (t) => {
      const { speaker, transcriber } = await open(t, () => answer);
      const tries = [
        speaker.speak({ text: secret }, signal),
        transcriber.transcribe({ mediaType: 'audio/wav', data: sound }, signal),
      ];
      for (const tried of tries)
        await assert.rejects(tried, (error) => {
          assert.ok(error instanceof ElizadError);
          assert.deepEqual([error.code, error.details.retryAfterMs], [code, retryAfterMs]);
          const told = `${error.stack} ${JSON.stringify(error)} ${(error.cause as Error).message}`;
          assert.doesNotMatch(told, new RegExp(key));
          return true;
        });
      await assert.rejects(speaker.speak({ text: secret }, signal), (error: Error) => {
        assert.doesNotMatch(String((error.cause as Error).message), /4711/);
        return true;
      });
    });

  it('say when nothing came, or nobody is there', async (t) => {
    const { speaker } = await open(t, () => ({ body: new Uint8Array() }));
    await assert.rejects(speaker.speak({ text: 'Hello' }, signal), { code: 'model-empty' });
    const env = { openaiBaseUrl: 'http://127.0.0.1:9' };
    const nobody = chooseSpeaker({ name: 'Ada', settings: { speechModel: 'x' } }, env);
    await assert.rejects(nobody?.speak({ text: 'Hello' }, signal) ?? Promise.resolve(), { code: 'model-unreachable' });
  });

  it('end as soon as they are told to', async (t) => {
    const { speaker, transcriber } = await open(t, () => undefined);
    const controller = new AbortController();
    const tries = [
      speaker.speak({ text: 'Hello' }, controller.signal),
      transcriber.transcribe({ mediaType: 'audio/wav', data: sound }, controller.signal),
    ];
    controller.abort(new Error('enough'));
    for (const tried of tries) await assert.rejects(within(1_000, tried as Promise<unknown>, 'the end'), /enough/);
  });

  it('are there only where they are named and can be reached, and the log says why not', () => {
    const all = { openaiApiKey: 'k', anthropicApiKey: 'k', ollamaBaseUrl: 'http://localhost:1' };
    const rows: [unknown, SpeechEnv, string | undefined][] = [
      [undefined, all, undefined],
      [undefined, { ...all, speechModel: 'openai/a', transcriptionModel: 'openai/a' }, 'openai/a'],
      ['openai/b', { ...all, speechModel: 'openai/a', transcriptionModel: 'openai/a' }, 'openai/b'],
      [false, { ...all, speechModel: 'openai/a', transcriptionModel: 'openai/a' }, undefined],
      ['hexgrad/kokoro', { openaiBaseUrl: 'http://localhost:1' }, 'openai/hexgrad/kokoro'],
      ['ollama/x', all, undefined],
      ['openai/x', { anthropicApiKey: 'k' }, undefined],
    ];
    for (const [model, env, name] of rows) {
      const character = { name: 'Ada', settings: { speechModel: model, transcriptionModel: model } };
      assert.deepEqual([chooseSpeaker(character, env)?.name, chooseTranscriber(character, env)?.name], [name, name]);
    }
    const lines: object[] = [];
    chooseSpeaker({ name: 'Ada' }, { speechModel: 'openai/x' }, { warn: (fields) => void lines.push(fields) });
    assert.deepEqual(lines, [{ agentName: 'Ada', speechModel: 'openai/x', missing: 'OPENAI_API_KEY is not set' }]);
    assert.match(chooseSpeaker({ name: 'Ada', settings: { speechModel: 'openai' } }, all)?.name ?? '', /^openai\/\S+$/);
  });
});
