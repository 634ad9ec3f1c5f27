/** Channels: made, shown, changed, emptied, gone; their titles. */
import type { channelRows } from 'elizad-protocol/rest';
import type { Principal } from '../../../auth/principal.ts';
import { deleteMessagesOf } from '../../../messaging/posts/delete-message.ts';
import {
  createChannel,
  createChosenChannel,
  getChannelRow,
  updateChannel,
} from '../../../messaging/rooms/channel-life.ts';
import { openDirectChannel } from '../../../messaging/rooms/direct-channel.ts';
import { clearChannel, deleteChannel } from '../../../messaging/rooms/erase-room.ts';
import type { RestHandlers } from '../../http/handler.ts';
import { showChannel, showChannelTwice, showDocumentedChannel } from './room-views.ts';

export const channelHandlers: RestHandlers<typeof channelRows> = {
  'create-channel': async ({ messaging }, { principal, body }) => {
    const participants = body.participants.length > 0 ? body.participants : listSelf(principal);
    const { id } = body;
    const row = await (id === undefined
      ? createChannel(messaging, principal, { ...body, participants })
      : createChosenChannel(messaging, principal, { ...body, id, participants }));
    return { success: true, data: showChannelTwice(row) };
  },
  'create-group-channel': async ({ messaging }, { principal, body }) => ({
    success: true,
    data: showChannelTwice(await createChannel(messaging, principal, { ...body, type: 'GROUP' })),
  }),
  'get-dm-channel': async ({ messaging }, { principal, query }) => {
    const { currentUserId, targetUserId, participantIds, serverId } = query;
    const [one = '', other = ''] = participantIds ?? [currentUserId, targetUserId];
    return {
      success: true,
      data: showChannelTwice(await openDirectChannel(messaging, principal, serverId, [one, other])),
    };
  },
  'get-channel': async ({ messaging }, { room }) => {
    const shown = showChannel(await getChannelRow(messaging, room.id));
    // Clients add somebody by sending this list with one more: without it they would put everybody else out.
    const participantCentralUserIds = [...room.participants.keys()];
    return { success: true, data: { ...shown, metadata: { ...shown.metadata, participantCentralUserIds } } };
  },
  'get-central-channel': async ({ messaging }, { room }) => {
    const channel = showDocumentedChannel(await getChannelRow(messaging, room.id));
    return { success: true, data: { ...channel, channel } };
  },
  'update-channel': async ({ messaging }, { room, body }) => ({
    success: true,
    data: showChannel(await updateChannel(messaging, room, body)),
  }),
  'delete-channel': async ({ messaging, cancelTurns }, { room }) => {
    await deleteChannel(messaging, cancelTurns, room);
    return undefined;
  },
  'delete-central-channel': async ({ messaging, cancelTurns }, { room }) => {
    await deleteChannel(messaging, cancelTurns, room);
    return { success: true };
  },
  'clear-channel': async ({ messaging, cancelTurns }, { room }) => {
    await clearChannel(messaging, cancelTurns, room);
    return undefined;
  },
  'clear-central-channel': async ({ messaging, cancelTurns }, { room }) => ({
    success: true,
    deleted: await clearChannel(messaging, cancelTurns, room),
  }),
  'delete-messages-of': async ({ messaging, cancelTurns }, { principal, room, query }) => ({
    success: true,
    deleted: await deleteMessagesOf(messaging, cancelTurns, principal, room, query.userId),
  }),
  'generate-channel-title': async ({ agents }, { room, body }) => ({
    success: true,
    data: { channelId: room.id, ...(await agents.makeTitle(room, body.agentId)) },
  }),
};

/** Whoever is named is in what they make; the holder of the key is nobody's name. */
const listSelf = ({ entityId, scopes }: Principal): string[] => (scopes.includes('moderate') ? [] : [entityId]);
