/** Message servers and channels as the HTTP API shows them. */
import type { channelView, documentedChannel, documentedServer, serverView } from 'elizad-protocol/rest';
import type { z } from 'zod';
import type { ListedChannel, ServerRow } from '../../../messaging/rooms/servers.ts';
import { toIso } from '../../http/iso-time.ts';

export function showChannel(row: ListedChannel): z.output<typeof channelView> {
  const { topic } = row;
  return {
    id: row.id,
    messageServerId: row.server_id,
    serverId: row.server_id,
    name: row.name,
    type: row.declared_type ?? row.type,
    ...(topic !== null && { topic, description: topic }),
    ...(row.source_type !== null && { sourceType: row.source_type }),
    ...(row.source_id !== null && { sourceId: row.source_id }),
    metadata: JSON.parse(row.metadata),
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at ?? row.created_at),
  };
}

const documentedTypes = ['text', 'voice', 'dm', 'group'] as const;

/** The same, with the type in the words of the documented API, and always with a description. */
export function showDocumentedChannel(row: ListedChannel): z.output<typeof documentedChannel> {
  const channel = showChannel(row);
  const spelt = channel.type.toLowerCase();
  const type = row.type === 'DM' ? 'dm' : (documentedTypes.find((type) => type === spelt) ?? 'group');
  return { ...channel, description: row.topic ?? '', type };
}

export const showChannelTwice = (row: ListedChannel) => ({ ...showChannel(row), channel: showDocumentedChannel(row) });

export function showServer(row: ServerRow): z.output<typeof serverView> {
  return {
    id: row.id,
    name: row.name,
    ...(row.description !== null && { description: row.description }),
    sourceType: row.source_type,
    ...(row.source_id !== null && { sourceId: row.source_id }),
    metadata: JSON.parse(row.metadata),
    createdAt: toIso(row.created_at),
    updatedAt: toIso(row.updated_at ?? row.created_at),
  };
}

/** The same, with times as the documented API has them, and always with a description. */
export function showDocumentedServer(row: ServerRow): z.output<typeof documentedServer> {
  const { created_at: createdAt, updated_at } = row;
  return { ...showServer(row), description: row.description ?? '', createdAt, updatedAt: updated_at ?? createdAt };
}
