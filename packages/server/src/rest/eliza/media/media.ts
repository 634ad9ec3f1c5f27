/** Uploads to agents and channels, and reading them again. */
import { ElizadError } from 'elizad-protocol';
import { mediaRows } from 'elizad-protocol/rest';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../../../auth/principal.ts';
import { getRoom } from '../../../messaging/ground/access.ts';
import { kindOf } from '../../../messaging/media/file-kind.ts';
import {
  addressOf,
  assertRoomFor,
  deleteFilesOf,
  type FileOwner,
  type FileRow,
  getFile,
  keepFile,
} from '../../../messaging/media/files.ts';
import type { RestDeps } from '../../http/context.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { receiveUpload } from '../../http/upload.ts';
import { sendFile, type Way } from './send-file.ts';

export const mediaHandlers: RestHandlers<typeof mediaRows> = {
  'upload-agent-media': async (deps, { principal, params: { agentId }, raw }) => {
    const { row } = await keepUpload(deps, raw, principal, { kind: 'agent', id: agentId }, {});
    const data = { ...describe(row, deps), type: kindOf(row.media_type), agentId };
    return { success: true, data, ...data };
  },
  'upload-channel-media': async (deps, { principal, params: { channelId }, raw }) => {
    const owner = { kind: 'channel', id: channelId } as const;
    const { row, fields } = await keepUpload(deps, raw, principal, owner, mediaRows['upload-channel-media']);
    const data = { ...describe(row, deps), channelId, ...fields };
    return { success: true, ...data, type: kindOf(row.media_type), data: { ...data, type: row.media_type } };
  },
  'get-agent-file': async (deps, { params: { agentId, file }, query, raw }, reply) => {
    const row = await getFile(deps.messaging, { kind: 'agent', id: agentId }, file);
    return sendFile(deps.messaging.files, row, toWay(deps, query), raw, reply);
  },
  'get-channel-file': async (deps, { params: { channelId, file }, query, raw }, reply) => {
    const row = await getFile(deps.messaging, { kind: 'channel', id: channelId }, file);
    return sendFile(deps.messaging.files, row, toWay(deps, query), raw, reply);
  },
};

/** Where pages of other origins may use the server, their pictures come from here, too. */
const toWay = ({ settings }: RestDeps, { thumbnail }: Pick<Way, 'thumbnail'>): Way => ({
  thumbnail,
  reach: settings.corsOrigins.length > 0 ? 'cross-origin' : 'same-site',
});

async function keepUpload<S extends z.ZodType>(
  { messaging, settings }: RestDeps,
  raw: FastifyRequest,
  principal: Principal,
  owner: FileOwner,
  expected: { body?: S },
) {
  await assertOwner(messaging, principal, owner);
  await assertRoomFor(messaging, settings.maxStoredBytes);
  const { file, declared, fields } = await receiveUpload(raw, messaging.files, expected, settings.maxUploadBytes);
  await assertRoomFor(messaging, settings.maxStoredBytes, file.size).catch(async (error) => {
    await file.drop();
    throw error;
  });
  const row = await keepFile(messaging, file, { owner, declared, uploadedBy: principal.entityId });
  // It may have been deleted while this one came.
  await assertOwner(messaging, principal, owner).catch(async (error) => {
    await deleteFilesOf(messaging, owner);
    throw error;
  });
  return { row, fields };
}

async function assertOwner(
  messaging: RestDeps['messaging'],
  principal: Principal,
  { kind, id }: FileOwner,
): Promise<void> {
  if (kind === 'channel') await getRoom(messaging, principal, id, 'write');
  else if (!messaging.agents.find(id)) throw new ElizadError('agent-not-found');
}

/** A browser follows it as it is. Whoever keeps it in a message finds the file also when the server is under another path. */
function describe(row: FileRow, { settings }: RestDeps) {
  const url = settings.basePath + addressOf(row);
  return {
    id: row.id,
    url,
    filename: row.stored_name,
    originalName: row.original_name,
    mimeType: row.media_type,
    size: row.size,
    thumbnailUrl: row.thumbnail === null ? null : `${url}?thumbnail=1`,
  };
}
