/** Speech: what is heard as text, what is written as sound, and both in a room. */
import { readFile } from 'node:fs/promises';
import { ElizadError } from 'elizad-protocol';
import { audioRows } from 'elizad-protocol/rest';
import type { FastifyRequest } from 'fastify';
import type { Hints } from '../../../agents/models/providers/speech.ts';
import { converse, getSpeaker, getTranscriber, say, speak } from '../../../agents/spoken-exchange.ts';
import { findFileType } from '../../../messaging/media/file-kind.ts';
import { untilSpoken } from '../../http/asking.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { receiveForm, receiveUpload, type Upload } from '../../http/upload.ts';

/** The limit of OpenAI. */
export const mostSoundBytes = 25_000_000;

export const audioHandlers: RestHandlers<typeof audioRows> = {
  'transcribe-audio': async (deps, { params: { agentId }, raw }, reply) => {
    const { text, language, seconds } = (await hear(deps, agentId, raw, untilSpoken(deps, reply))).heard;
    return {
      success: true,
      data: { text, ...(language && { language }), ...(seconds !== undefined && { seconds }) },
    };
  },
  'send-audio-message': async (deps, { principal, params: { agentId }, raw }, reply) => {
    const { words, fields } = await hearWords(deps, agentId, raw, untilSpoken(deps, reply));
    const { id, channelId } = await say(deps, principal, agentId, { text: words, ...fields });
    return { success: true, data: { transcription: words, message: words, messageId: id, channelId } };
  },
  'process-audio': async (deps, { principal, params: { agentId }, raw }, reply) => {
    const signal = untilSpoken(deps, reply);
    const { words, fields } = await hearWords(deps, agentId, raw, signal);
    const { message, answer } = await converse(deps, principal, agentId, { text: words, ...fields }, signal);
    const data = { text: words, response: answer, channelId: message.channelId, messageId: message.id };
    const sound = await speak(deps, agentId, answer, signal).catch((error) => {
      // The answer is there, and was said in the room: it must not be lost with the voice.
      if (!(error instanceof ElizadError)) throw error;
      if (error.code !== 'no-speech-model') deps.logger.warn({ code: error.code }, 'an answer could not be spoken');
      return undefined;
    });
    const spoken = sound && {
      audioResponse: Buffer.from(sound.data).toString('base64'),
      audioType: sound.mediaType,
    };
    return { success: true, data: { ...data, ...spoken } };
  },
  'synthesize-audio': async (deps, { params: { agentId }, body: { text, options } }, reply) => {
    const sound = await speak(deps, agentId, text, untilSpoken(deps, reply), {
      ...(options?.voice !== undefined && { voice: options.voice }),
    });
    return reply.type(sound.mediaType).send(Buffer.from(sound.data));
  },
  'speak-conversation': async (deps, { principal, params: { agentId }, body, raw }, reply) => {
    getSpeaker(deps, agentId);
    const signal = untilSpoken(deps, reply);
    const { text, messages = [], ...where } = body ?? (await hearConversation(deps, agentId, raw, signal));
    const spoken =
      text === undefined
        ? messages.map((one) => one.text).join('\n')
        : (await converse(deps, principal, agentId, { text, ...where }, signal)).answer;
    const sound = await speak(deps, agentId, spoken, signal);
    return reply.type(sound.mediaType).send(Buffer.from(sound.data));
  },
  'speak-answer': async (deps, { principal, params: { agentId }, raw }, reply) => {
    getSpeaker(deps, agentId);
    const signal = untilSpoken(deps, reply);
    const { words, fields } = await hearWords(deps, agentId, raw, signal);
    const { answer } = await converse(deps, principal, agentId, { text: words, ...fields }, signal);
    const sound = await speak(deps, agentId, answer, signal);
    return reply.type(sound.mediaType).send(Buffer.from(sound.data));
  },
};

async function hear(deps: RestDeps, agentId: string, raw: FastifyRequest, signal: AbortSignal) {
  getTranscriber(deps, agentId);
  const upload = await receiveUpload(raw, deps.messaging.files, audioRows['transcribe-audio'], mostSoundBytes);
  return { heard: await transcribe(deps, agentId, upload, signal), fields: upload.fields };
}

async function hearWords(deps: RestDeps, agentId: string, raw: FastifyRequest, signal: AbortSignal) {
  const { heard, fields } = await hear(deps, agentId, raw, signal);
  return { words: takeWords(heard.text), fields };
}

/** The form of a conversation, where words may be given as a sound. */
async function hearConversation(deps: RestDeps, agentId: string, raw: FastifyRequest, signal: AbortSignal) {
  const { form, spellings } = audioRows['speak-conversation'];
  const expected = { body: form.fields, spellings };
  const { file, declared, fields } = await receiveForm(raw, deps.messaging.files, expected, mostSoundBytes);
  const given = [file, fields.text, fields.messages].filter((one) => one !== undefined);
  if (given.length !== 1) {
    await file?.drop();
    const issue = { path: 'text', message: 'expected either `file`, `text` or `messages`' };
    throw new ElizadError('invalid-payload', { issues: [issue] });
  }
  if (!file || !declared) return fields;
  return { ...fields, text: takeWords((await transcribe(deps, agentId, { file, declared }, signal)).text) };
}

/** Writes down what is said in a file, and drops that. */
export async function transcribe(
  deps: RestDeps,
  agentId: string,
  { file, declared }: Pick<Upload<unknown>, 'file' | 'declared'>,
  signal: AbortSignal,
  hints: Hints = {},
) {
  try {
    const transcriber = getTranscriber(deps, agentId);
    const type = await findFileType(file, declared.mediaType);
    if (type?.kind !== 'audio' && type?.kind !== 'video') throw new ElizadError('unsupported-file-type');
    const data = new Uint8Array(await readFile(file.path));
    return await transcriber.transcribe({ mediaType: type.mediaType.replace('video/', 'audio/'), data }, signal, hints);
  } finally {
    await file.drop();
  }
}

function takeWords(text: string): string {
  const words = text.trim();
  if (words === '') throw new ElizadError('nothing-heard');
  return words;
}
