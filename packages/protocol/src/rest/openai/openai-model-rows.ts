/** The rows by which programs that know OpenAI's API use what an agent's models do beside talking: meaning, voice and ears. */
import { z } from 'zod';
import { wellFormed } from '../../fields.ts';
import type { RestRow } from '../rest-row.ts';
import { modelErrors } from '../rooms/turn-errors.ts';
import { notServed, whenNone } from './openai-shapes.ts';

const mostTexts = 512;
const mostCharacters = 100_000;
const mostSpoken = 4_096;
const mostInstructions = 4_096;

const agentErrors = ['agent-not-found', 'agent-not-running', 'too-many-answers', 'server-not-ready'] as const;

const input = z
  .string({ error: whenNone('expected a text: tokens depend on the model, and are not accepted') })
  .min(1, 'expected a text that is not empty')
  .max(mostCharacters)
  .overwrite((text) => text.toWellFormed());
const model = z.string().min(1).max(500).describe('An agent, by name or id; its model is used.');

export const openaiModelRows = {
  'create-embeddings': {
    method: 'POST',
    path: '/v1/embeddings',
    domain: 'openai',
    about: 'Embeds texts with the model that the agent uses to find its memories. Nothing is stored.',
    scope: 'chat',
    body: z.object({
      model,
      input: z.union([input, z.array(input).min(1).max(mostTexts)], {
        error: 'expected a text, or a list of texts',
      }),
      encoding_format: z.enum(['float', 'base64'], 'expected `float` or `base64`').nullish(),
      dimensions: notServed('the model determines the number of dimensions'),
    }),
    answers: {
      200: z.object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            object: z.literal('embedding'),
            index: z.int(),
            /** As base64: 32-bit floats, little end first. */
            embedding: z.union([z.array(z.number()), z.string()]),
          }),
        ),
        model: z.string(),
        usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
      }),
    },
    errors: [...agentErrors, 'no-embedding-model', ...modelErrors],
  },
  'create-speech': {
    method: 'POST',
    path: '/v1/audio/speech',
    domain: 'openai',
    about: "Speaks a text in the agent's voice or in the named one. Nothing is stored.",
    scope: 'chat',
    body: z.object({
      model,
      input: input.max(mostSpoken),
      voice: z
        .union([z.string().min(1).max(100), z.object({ id: z.string().min(1).max(100) })], {
          error: 'expected the name of a voice, or `{id}`',
        })
        .nullish(),
      response_format: z.enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm']).nullish(),
      instructions: wellFormed.max(mostInstructions).nullish(),
      speed: z.number().min(0.25).max(4).nullish(),
      stream_format: z.literal('audio', 'expected `audio`: speech is not streamed as events').nullish(),
    }),
    answers: { 200: 'bytes' },
    errors: [...agentErrors, 'no-speech-model', 'model-no-sound', ...modelErrors],
  },
  'create-transcription': {
    method: 'POST',
    path: '/v1/audio/transcriptions',
    domain: 'openai',
    about: 'Transcribes audio of at most 25 MB. Nothing is stored.',
    scope: 'chat',
    upload: 'file',
    body: z.object({
      model,
      response_format: z
        .enum(
          ['json', 'text', 'verbose_json'],
          'expected `json`, `text` or `verbose_json`: timestamps are not available',
        )
        .optional(),
      language: z.string().max(35).optional(),
      prompt: wellFormed.max(10_000).optional(),
      temperature: z.coerce.number().min(0).max(1).optional(),
      stream: z.literal('false', 'expected `false`: the text is returned whole').optional(),
    }),
    answers: {
      200: z.object({
        text: z.string(),
        task: z.literal('transcribe').optional(),
        language: z.string().optional(),
        duration: z.number().optional(),
      }),
    },
    errors: [
      ...agentErrors,
      'no-transcription-model',
      'file-missing',
      'file-too-large',
      'unsupported-file-type',
      'storage-failed',
      ...modelErrors,
    ],
  },
} as const satisfies Record<string, RestRow>;
