/** Somebody wants quiet: no agent answers in a room for a while, or they may again. */
import { askForQuiet } from '../../messaging/rooms/room-control.ts';
import type { Handler } from './handler.ts';

export const freezeChannel: Handler<'freeze-channel'> = async (
  { messaging, worker },
  { data: { principal } },
  { seconds },
  _manner,
  room,
) => {
  const frozenUntil = await askForQuiet(messaging, worker.cancel, room, principal, seconds);
  return { result: { channelId: room.id, frozenUntil } };
};
