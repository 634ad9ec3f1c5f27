/** What an agent's models do beside talking, in OpenAI's form: meaning, voice and ears. Nothing of it is kept. */
import { ElizadError, type ErrorCode } from 'elizad-protocol';
import { openaiModelRows } from 'elizad-protocol/rest';
import { EmbedderError } from '../../agents/models/embedder.ts';
import type { Hints, Words } from '../../agents/models/providers/speech.ts';
import { getAgent, getSpeaker, getTranscriber, speak } from '../../agents/spoken-exchange.ts';
import { mostSoundBytes, transcribe } from '../eliza/media/audio.ts';
import { describeEnd, untilAnswered, watchHangUp } from '../http/asking.ts';
import type { RestDeps } from '../http/context.ts';
import type { RestHandlers } from '../http/handler.ts';
import { receiveUpload } from '../http/upload.ts';
import { findModel } from './find-agent.ts';

/** Numbers of one answer: beyond, writing them down would hold up everybody else. */
const mostNumbers = 2_000_000;

export const openaiModelHandlers: RestHandlers<typeof openaiModelRows> = {
  'create-embeddings': async (deps, { body }, reply) => {
    const { id } = findModel(deps, body.model);
    const { embedder } = getAgent(deps, id);
    if (!embedder) throw new ElizadError('no-embedding-model');
    const texts = typeof body.input === 'string' ? [body.input] : body.input;
    let tokens = 0;
    const onTokens = (more: number) => {
      tokens += more;
    };
    const vectors = await within(deps, id, watchHangUp(reply), (signal) =>
      embedder.embed(texts, signal, { isWhole: true, onTokens }),
    );
    if (vectors.reduce((sum, { length }) => sum + length, 0) > mostNumbers) throw new ElizadError('model-too-long');
    const encode = body.encoding_format === 'base64' ? toBase64 : (vector: Float32Array) => [...vector];
    return {
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
      model: body.model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    };
  },
  'create-speech': async (deps, { body }, reply) => {
    const { id } = findModel(deps, body.model);
    getSpeaker(deps, id);
    const { voice, response_format: format, instructions, speed } = body;
    const how: Omit<Words, 'text'> = {
      ...(voice && { voice: typeof voice === 'string' ? voice : voice.id }),
      ...(format && { format }),
      ...(instructions && { instructions }),
      ...(speed && { speed }),
    };
    const sound = await within(deps, id, watchHangUp(reply), (signal) => speak(deps, id, body.input, signal, how));
    return reply.type(sound.mediaType).send(Buffer.from(sound.data));
  },
  'create-transcription': async (deps, { raw }, reply) => {
    const hungUp = watchHangUp(reply);
    const row = openaiModelRows['create-transcription'];
    const { file, declared, fields } = await receiveUpload(raw, deps.messaging.files, row, mostSoundBytes);
    const { model, language, prompt, temperature, response_format: format } = fields;
    const hints: Hints = {
      ...(language && { language }),
      ...(prompt && { prompt }),
      ...(temperature !== undefined && { temperature }),
    };
    const hear = async () => {
      const { id } = findModel(deps, model);
      getTranscriber(deps, id);
      return within(deps, id, hungUp, (signal) => transcribe(deps, id, { file, declared }, signal, hints));
    };
    const heard = await hear().finally(() => file.drop());
    const { text, language: spoken = '', seconds = 0 } = heard;
    if (format === 'text') return reply.type('text/plain; charset=utf-8').send(`${text}\n`);
    if (format !== 'verbose_json') return { text };
    return { task: 'transcribe', text, language: spoken, duration: seconds };
  },
};

/** Asks a model of an agent, as long as somebody waits and a turn may take. */
async function within<T>(
  deps: RestDeps,
  agentId: string,
  hungUp: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = untilAnswered(deps, hungUp);
  try {
    return await deps.agents.direct.run(agentId, signal, async () => ask(signal));
  } catch (error) {
    if (signal.aborted) throw describeEnd(signal);
    if (error instanceof EmbedderError) throw new ElizadError(error.code satisfies ErrorCode, {}, { cause: error });
    throw error;
  }
}

/** As OpenAI has it: 32-bit floats, little end first, on every machine. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [at, number] of vector.entries()) bytes.writeFloatLE(number, at * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString('base64');
}
