/** The rows of files: what people upload to an agent or a channel, and how it is read again. */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { enveloped, idParams, type RestRow } from '../rest-row.ts';

const stored = {
  id: uuid,
  url: z.string().describe('Where it is read, on this server; whoever knows it may read it.'),
  filename: z.string(),
  originalName: z.string(),
  mimeType: z.string().describe('By its bytes, whatever was declared.'),
  size: z.int().min(0).describe('In bytes.'),
  thumbnailUrl: z.string().nullable().describe('A WebP of at most 512 by 512, of pictures that can be read.'),
};
const kind = z.enum(['image', 'video', 'audio', 'document']);
const fileOfAgent = z.object({ ...stored, type: kind, agentId: uuid });
const fileOfChannel = z.object({ ...stored, channelId: uuid, agentId: uuid.optional() });

const fileName = z.string().regex(/^[0-9a-f]{40}\.[0-9a-z]{1,5}$/, 'expected the name of a stored file');
const thumbnailQuery = z.object({ thumbnail: z.enum(['1', 'true', 'only']).optional() });
const uploadErrors = [
  'file-missing',
  'file-too-large',
  'unsupported-file-type',
  'storage-failed',
  'storage-full',
] as const;

const readAbout =
  'Reads an uploaded file; ranges and validators are honoured. No key is asked for: the name is random, 160 bits of it, and whoever has it may read. `?thumbnail=1` gives the small picture, and where there is none the file; with `?thumbnail=only` that is `file-not-found`.';

export const mediaRows = {
  'upload-agent-media': {
    method: 'POST',
    path: '/api/media/agents/:agentId/upload-media',
    aliases: ['/api/media/:agentId/upload-media'],
    domain: 'media',
    about:
      'Uploads a picture, sound, film, PDF or text for an agent. The `url` may be the `url` of an attachment; models then see the file.',
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
    about: 'As for an agent, for a channel. `data.type` is the media type, `type` the kind: clients read either.',
    scope: 'chat',
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
