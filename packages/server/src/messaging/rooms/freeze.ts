/** Quiet in a room: until a time, no agent answers there. What people say is kept. It holds over restarts, and the room is told. */
import { setFrozenUntil } from '../../storage/rooms/channels.ts';
import type { Messaging } from '../ground/context.ts';
import { postNotice } from '../posts/agent-posts.ts';

/** No agent answers in the channel until `until` (ms since the epoch). `why` is a sentence for the people in it. */
export async function freezeChannel(
  messaging: Messaging,
  channelId: string,
  until: number,
  why: string,
): Promise<void> {
  const channel = await messaging.channels.find(channelId);
  if (!channel || channel.frozenUntil === until) return;
  const before = channel.frozenUntil;
  // At once: another turn may ask while this is written.
  channel.frozenUntil = until;
  const text = `${why} No agent answers here until ${formatTime(until)}.`;
  try {
    if ((before ?? 0) > Date.now()) await setFrozenUntil(messaging.database.db, channelId, until);
    else await postNotice(messaging, channelId, text, { frozenUntil: until });
  } catch (error) {
    channel.frozenUntil = before;
    throw error;
  }
}

export async function unfreezeChannel(messaging: Messaging, channelId: string): Promise<void> {
  const channel = await messaging.channels.find(channelId);
  if (!channel || channel.frozenUntil === null) return;
  await postNotice(messaging, channelId, 'The agents of this room answer again.', { frozenUntil: null });
  channel.frozenUntil = null;
}

const formatTime = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
