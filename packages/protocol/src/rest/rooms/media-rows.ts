/** The rows of files: what people upload to an agent or a channel, and how it is read again. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

const stored = {
  id: uuid,
  url: z.string().describe('The address of the file on this server. Anyone who knows it may read the file.'),
  filename: z.string(),
  originalName: z.string(),
  mimeType: z.string().describe('Detected from the content, whatever the upload declared.'),
  size: z.int().min(0).describe('In bytes.'),
  thumbnailUrl: z.string().nullable().describe('A WebP of at most 512 by 512 pixels, for images that can be decoded.'),
};
const kind = z.enum(['image', 'video', 'audio', 'document']);
const fileOfAgent = z.object({ ...stored, type: kind, agentId: uuid });
const fileOfChannel = z.object({ ...stored, channelId: uuid, agentId: uuid.optional() });

const fileName = z.string().regex(/^[0-9a-f]{40}\.[0-9a-z]{1,5}$/, 'expected the name of a stored file');
const thumbnailQuery = z.object({
  thumbnail: z
    .enum(['1', 'true', 'only'])
    .optional()
    .describe('The thumbnail; if there is none, the file, or with `only`: `file-not-found`.'),
});
const uploadErrors = [
  'file-missing',
  'file-too-large',
  'unsupported-file-type',
  'storage-failed',
  'storage-full',
] as const;

const readAbout =
  'Downloads a file, with ranges and validators. Needs no key: the name has 160 random bits, and anyone who knows it may read the file.';

export const mediaRows = {
  'upload-agent-media': {
    method: 'POST',
    path: '/api/media/agents/:agentId/upload-media',
    aliases: ['/api/media/:agentId/upload-media'],
    domain: 'media',
    about:
      'Uploads an image, audio, video, PDF or text file for an agent. Models see the file if its `url` is the `url` of an attachment.',
    scope: 'chat',
    params: idParams('agentId'),
    upload: 'file',
    answers: { 200: enveloped(fileOfAgent, fileOfAgent.shape) },
    errors: ['agent-not-found', ...uploadErrors],
  },
  'upload-channel-media': {
    method: 'POST',
    path: '/api/messaging/channels/:channelId/upload-media',
    aliases: ['/api/messaging/central-channels/:channelId/upload-media', '/api/media/channels/:channelId/upload-media'],
    domain: 'media',
    about: 'The same for a channel. `data.type` is the media type, `type` the kind, because clients read either.',
    scope: 'chat',
    room: { id: 'channelId', right: 'write' },
    params: idParams('channelId'),
    upload: 'file',
    body: z.object({ agentId: uuid.optional() }),
    answers: {
      200: enveloped(fileOfChannel.extend({ type: z.string() }), fileOfChannel.extend({ type: kind }).shape),
    },
    errors: ['channel-not-found', ...uploadErrors],
  },
  'get-agent-file': {
    method: 'GET',
    path: '/media/uploads/agents/:agentId/:file',
    aliases: ['/media/generated/:agentId/:file'],
    domain: 'media',
    about: readAbout,
    scope: null,
    params: idParams('agentId').extend({ file: fileName }),
    query: thumbnailQuery,
    answers: { 200: 'bytes', 206: 'bytes', 304: 'none', 412: 'none', 416: 'none' },
    errors: ['file-not-found'],
  },
  'get-channel-file': {
    method: 'GET',
    path: '/media/uploads/channels/:channelId/:file',
    domain: 'media',
    about: readAbout,
    scope: null,
    params: idParams('channelId').extend({ file: fileName }),
    query: thumbnailQuery,
    answers: { 200: 'bytes', 206: 'bytes', 304: 'none', 412: 'none', 416: 'none' },
    errors: ['file-not-found'],
  },
} as const satisfies Record<string, RestRow>;
