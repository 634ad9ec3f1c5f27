/** The rows of speech: what is heard as text, what is written as sound, and both in a room. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';
import { modelErrors, speakerErrors, turnErrors } from '../rooms/turn-errors.ts';

const mostTextLength = 4_096;
const mostMessages = 100;

const text = z.string().trim().min(1, 'expected a text that is not empty').max(mostTextLength);
const form = z.object({ userId: uuid.optional(), roomId: uuid.optional(), userName: z.string().max(200).optional() });
const formSpellings = { userId: ['entityId'], roomId: ['channelId'], userName: ['name'] };
const readOut = z
  .array(z.object({ text, speaker: z.string().max(200).optional(), timestamp: z.number().optional() }))
  .min(1)
  .max(mostMessages)
  .refine((messages) => messages.reduce((sum, one) => sum + one.text.length, 0) <= mostTextLength, {
    error: `expected at most ${mostTextLength} characters together`,
  });
const conversation = form.extend({ text: text.optional(), messages: readOut.optional() });
/** A form has only texts. */
const conversationForm = conversation.extend({
  messages: z
    .string()
    .transform((json, ctx): unknown => {
      try {
        return JSON.parse(json);
      } catch {
        ctx.addIssue({ code: 'custom', message: 'expected a list as JSON' });
        return z.NEVER;
      }
    })
    .pipe(readOut)
    .optional(),
});
const hearingErrors = [
  'agent-not-found',
  'agent-not-running',
  'no-transcription-model',
  'file-missing',
  'file-too-large',
  'unsupported-file-type',
  'storage-failed',
] as const;
/** What may come of saying something in a room and waiting for the agent. */
const roomErrors = ['text-too-long', ...speakerErrors, 'nothing-heard', 'no-answer', ...turnErrors] as const;

export const audioRows = {
  'transcribe-audio': {
    method: 'POST',
    path: '/api/audio/:agentId/transcriptions',
    domain: 'audio',
    about: 'Transcribes audio of at most 25 MB. Nothing is stored.',
    scope: 'chat',
    params: idParams('agentId'),
    upload: 'file',
    body: form,
    spellings: formSpellings,
    answers: {
      200: enveloped(z.object({ text: z.string(), language: z.string().optional(), seconds: z.number().optional() })),
    },
    errors: [...hearingErrors, ...modelErrors],
  },
  'send-audio-message': {
    method: 'POST',
    path: '/api/audio/:agentId/audio-messages',
    domain: 'audio',
    about:
      'Transcribes audio and posts the text without waiting for the answer. Without `roomId`, it uses the room of the user and the agent.',
    scope: 'chat',
    params: idParams('agentId'),
    upload: 'file',
    body: form,
    spellings: formSpellings,
    answers: {
      200: enveloped(z.object({ transcription: z.string(), message: z.string(), messageId: uuid, channelId: uuid })),
    },
    errors: [...hearingErrors, ...modelErrors, ...roomErrors],
  },
  'process-audio': {
    method: 'POST',
    path: '/api/audio/:agentId/process-audio',
    domain: 'audio',
    about:
      'Transcribes audio, posts the text and waits for the answer. If the agent has a voice, `audioResponse` is the spoken answer as base64.',
    scope: 'chat',
    params: idParams('agentId'),
    upload: 'file',
    body: form,
    spellings: formSpellings,
    answers: {
      200: enveloped(
        z.object({
          text: z.string(),
          response: z.string(),
          audioResponse: z.string().optional(),
          audioType: z.string().optional(),
          channelId: uuid,
          messageId: uuid,
        }),
      ),
    },
    errors: [...hearingErrors, ...modelErrors, ...roomErrors],
  },
  'synthesize-audio': {
    method: 'POST',
    path: '/api/audio/:agentId/audio-messages/synthesize',
    aliases: ['/api/audio/:agentId/speech/generate'],
    domain: 'audio',
    about: "Speaks a text in the agent's voice, as MP3. Nothing is stored.",
    scope: 'chat',
    params: idParams('agentId'),
    body: z.object({
      text,
      options: z
        .object({ voice: z.string().max(100).optional(), language: z.string().max(35).optional() })
        .optional()
        .describe("`voice` is one of the provider's names; `language` is the language of the text."),
    }),
    answers: { 200: 'bytes' },
    errors: ['agent-not-found', 'agent-not-running', 'no-speech-model', 'model-no-sound', ...modelErrors],
  },
  'speak-conversation': {
    method: 'POST',
    path: '/api/audio/:agentId/speech/conversation',
    domain: 'audio',
    about:
      'With `text`: posts it, waits for the answer and speaks the answer. With `messages`: reads them aloud in order. Returns MP3.',
    scope: 'chat',
    params: idParams('agentId'),
    body: conversation.refine(({ text, messages }) => (text === undefined) !== (messages === undefined), {
      error: 'expected either `text` or `messages`',
      path: ['text'],
    }),
    form: { file: 'file', fields: conversationForm },
    spellings: formSpellings,
    answers: { 200: 'bytes' },
    errors: [...hearingErrors, 'no-speech-model', 'model-no-sound', ...modelErrors, ...roomErrors],
  },
  'speak-answer': {
    method: 'POST',
    path: '/api/audio/:agentId/speech',
    domain: 'audio',
    about: 'Audio in, audio out: posts the transcript in a room and returns the spoken answer as MP3.',
    scope: 'chat',
    params: idParams('agentId'),
    upload: 'file',
    body: form,
    spellings: formSpellings,
    answers: { 200: 'bytes' },
    errors: [...hearingErrors, 'no-speech-model', 'model-no-sound', ...modelErrors, ...roomErrors],
  },
} as const satisfies Record<string, RestRow>;
