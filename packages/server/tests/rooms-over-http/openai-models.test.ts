/** What an agent's models do beside talking, over OpenAI's API: the meaning of texts, speech, and what is heard. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import OpenAI, { type APIError, toFile } from 'openai';
import { openFakeEmbeddings, toNumbers } from '../support/fake-embeddings.ts';
import { openFakeHttp } from '../support/fake-http.ts';
import { within } from '../support/model-stream.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const voice = Buffer.from('ID3 a voice');
const sound = Buffer.concat([
  Buffer.from('524946460000000057415645666d74201000000001000100401f0000803e00000200100064617461', 'hex'),
  Buffer.alloc(100),
]);

/** Cleo has a model for each; the built-in Eliza has none. */
async function open(t: TestContext, { longest }: { longest?: number } = {}) {
  const embeddings = await openFakeEmbeddings(t, longest === undefined ? {} : { longest });
  const audio = await openFakeHttp(t, ({ path }) =>
    path === '/v1/audio/speech'
      ? { body: voice }
      : { body: { text: 'Good evening', language: 'english', duration: 2, segments: [], words: [] } },
  );
  const dir = makeDir(t);
  const of = (name: string, url: string, settings: object) =>
    writeCharacter(dir, {
      name,
      bio: 'Calm.',
      settings: { model: 'eliza', ...settings, secrets: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${url}/v1` } },
    });
  const characters = [
    of('Cleo', embeddings.url, { embeddingModel: 'openai/small' }),
    of('Otto', audio.url, { speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1', voice: 'nova' }),
    of('Weizenbaum', audio.url, {}),
  ];
  const { url } = await openTestServer(t, { ELIZAD_CHARACTERS: characters.join(','), TURN_TIMEOUT_MS: '3000' });
  return { url, embeddings, audio, openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 }) };
}

const refuses = (asked: Promise<unknown>, status: number, code: string, words: RegExp, param: string | null = null) =>
  assert.rejects(asked, (error: APIError) => {
    assert.deepEqual([error.status, error.code, error.param], [status, code, param], error.message);
    assert.match(error.message, words);
    return true;
  });

const near = (found: readonly number[] | undefined, text: string) =>
  assert.deepEqual(
    found?.map((number) => number.toFixed(4)),
    toNumbers(text).map((number) => number.toFixed(4)),
  );

describe('embeddings', () => {
  it('are of one text or of many, as numbers and as base64', async (t) => {
    const { openai, embeddings } = await open(t);
    for (const encoding_format of ['float', 'base64', undefined] as const) {
      const { data, object, model, usage } = await openai.embeddings.create({
        model: 'Cleo',
        input: 'a beer',
        ...(encoding_format && { encoding_format }),
      });
      assert.deepEqual([object, model, usage], ['list', 'Cleo', { prompt_tokens: 1, total_tokens: 1 }]);
      const given = data[0]?.embedding as unknown as number[] | string;
      if (encoding_format !== 'base64') near(given as number[], 'a beer');
      else {
        const bytes = Buffer.from(given as string, 'base64');
        near([...new Float32Array(new Uint8Array(bytes).buffer)], 'a beer');
      }
    }
    const input = Array.from({ length: 40 }, (_, at) => `text ${at}`);
    const { data } = await openai.embeddings.create({ model: 'cleo', input });
    assert.deepEqual(
      data.map(({ index }) => index),
      input.map((_, at) => at),
    );
    near(data[39]?.embedding, 'text 39');
    assert.ok(embeddings.batches.every(({ length }) => length <= 16));
  });

  it('a text that is too long for the model is refused, and not cut', async (t) => {
    const { openai, embeddings } = await open(t, { longest: 2_000 });
    await refuses(
      openai.embeddings.create({ model: 'Cleo', input: ['short', 'x'.repeat(2_001)] }),
      502,
      'model-refused',
      /refused/,
    );
    assert.ok(embeddings.batches.flat().every(({ length }) => length === 5 || length === 2_001));
  });

  it('of tokens, of nothing, and of agents without a model are refused with what to do', async (t) => {
    const { openai, embeddings } = await open(t);
    const create = (body: object) => openai.embeddings.create({ model: 'Cleo', input: 'x', ...body } as never);
    await refuses(create({ input: [1, 2] }), 400, 'invalid-payload', /tokens depend on the model/, 'input.0');
    await refuses(create({ input: [[1, 2]] }), 400, 'invalid-payload', /expected/, 'input.0');
    await refuses(create({ input: '' }), 400, 'invalid-payload', /not empty/, 'input');
    await refuses(create({ dimensions: 3 }), 400, 'invalid-payload', /the model determines the number/, 'dimensions');
    await refuses(create({ model: 'Weizenbaum' }), 501, 'no-embedding-model', /EMBEDDING_MODEL/);
    await refuses(create({ model: 'nobody' }), 404, 'agent-not-found', /GET \/v1\/models/, 'model');
    assert.equal(embeddings.batches.length, 0);
    embeddings.script('hang');
    await refuses(create({}), 504, 'turn-timed-out', /longer/);
    embeddings.script({ status: 401, body: { error: { message: 'no', type: 'x', code: null } } });
    await refuses(create({}), 502, 'model-unauthorized', /key/);
  });
});

describe('speech', () => {
  it('is in the voice of the agent, or as the request says', async (t) => {
    const { openai, audio } = await open(t);
    const first = await openai.audio.speech.create({ model: 'Otto', input: 'Hi', voice: undefined as never });
    assert.equal(first.headers.get('content-type'), 'audio/mpeg');
    assert.deepEqual(Buffer.from(await first.arrayBuffer()), voice);
    const wanted = { voice: 'alloy', response_format: 'wav', speed: 1.5, instructions: 'Whisper.' } as const;
    const second = await openai.audio.speech.create({ model: 'Otto', input: 'Hi', ...wanted });
    assert.equal(second.headers.get('content-type'), 'audio/wav');
    const said = audio.requests.map(({ body }) => JSON.parse(String(body)));
    assert.deepEqual([said[0].voice, said[0].input, said[0].model], ['nova', 'Hi', 'tts-1']);
    for (const [name, value] of Object.entries(wanted)) assert.equal(said[1][name], value, name);
  });

  it('of nobody with a voice, of too much and as events is refused', async (t) => {
    const { openai, audio } = await open(t);
    const create = (body: object) =>
      openai.audio.speech.create({ model: 'Otto', input: 'Hi', voice: 'alloy', ...body } as never);
    await refuses(create({ model: 'Weizenbaum' }), 501, 'no-speech-model', /SPEECH_MODEL/);
    await refuses(create({ input: 'x'.repeat(4_097) }), 400, 'invalid-payload', /4096/, 'input');
    await refuses(create({ stream_format: 'sse' }), 400, 'invalid-payload', /`audio`/, 'stream_format');
    assert.equal(audio.requests.length, 0);
  });
});

describe('transcriptions', () => {
  it('are the words, with what the request says to the model', async (t) => {
    const { openai, audio } = await open(t);
    const create = async (more: object = {}) =>
      openai.audio.transcriptions.create({
        model: 'Otto',
        file: await toFile(sound, 'a.wav'),
        ...more,
      } as never) as unknown;
    assert.deepEqual(await create(), { text: 'Good evening' });
    assert.equal(await create({ response_format: 'text' }), 'Good evening\n');
    assert.deepEqual(await create({ response_format: 'verbose_json', language: 'en', prompt: 'Elizad' }), {
      task: 'transcribe',
      text: 'Good evening',
      language: 'en',
      duration: 2,
    });
    const [, , last] = audio.requests.map(({ body }) => String(body));
    assert.match(last ?? '', /name="language"\r\n\r\nen/);
    assert.match(last ?? '', /name="prompt"\r\n\r\nElizad/);
  });

  it('with marks of time, in a stream, of no sound and of nobody with ears are refused', async (t) => {
    const { openai, audio, url } = await open(t);
    const create = async (more: object, bytes: Uint8Array = sound) =>
      openai.audio.transcriptions.create({ model: 'Otto', file: await toFile(bytes, 'a.wav'), ...more } as never);
    await refuses(
      create({ response_format: 'srt' }),
      400,
      'invalid-payload',
      /timestamps are not available/,
      'response_format',
    );
    await refuses(create({ stream: true }), 400, 'invalid-payload', /is returned whole/, 'stream');
    await refuses(create({}, Buffer.from('no sound')), 415, 'unsupported-file-type', /Upload/);
    await refuses(create({ model: 'Weizenbaum' }), 501, 'no-transcription-model', /TRANSCRIPTION_MODEL/);
    await refuses(create({ model: 'nobody' }), 404, 'agent-not-found', /models/, 'model');
    const form = new FormData();
    form.set('model', 'Otto');
    const answer = await within(5_000, fetch(`${url}/v1/audio/transcriptions`, { method: 'POST', body: form }), 'it');
    assert.equal(answer.status, 400);
    assert.equal(audio.requests.length, 0);
  });
});
