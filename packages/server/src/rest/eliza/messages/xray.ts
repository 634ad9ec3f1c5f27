/** What came of a message, over HTTP. */
import { ElizadError } from 'elizad-protocol';
import type { xrayRows } from 'elizad-protocol/rest';
import { takeXray } from '../../../agents/runs/xray.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const xrayHandlers: RestHandlers<typeof xrayRows> = {
  'get-message-xray': async ({ messaging, agents }, { room, params: { messageId } }) => {
    const data = await takeXray(messaging, agents.liveStages, room, messageId);
    if (!data) throw new ElizadError('message-not-found', { roomId: room.id });
    return { success: true, data };
  },
};
