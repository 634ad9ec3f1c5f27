/** Quiet in a room: until a time, no agent answers there. What people say is kept. It holds over restarts, and the room is told. */
import { setFrozenUntil } from '../storage/channels.ts';
import type { Messaging } from './messages.ts';
import { postNotice } from './turn-posts.ts';

/** No agent answers in the channel until `until` (ms since the epoch). `why` is a sentence for the people in it. */
export async function freezeChannel(
  messaging: Messaging,
  channelId: string,
  until: number,
  why: string,
): Promise<void> {
  const channel = await messaging.channels.find(channelId);
  if (!channel || channel.frozenUntil === until) return;
  const wasFrozen = (channel.frozenUntil ?? 0) > Date.now();
  channel.frozenUntil = until;
  await setFrozenUntil(messaging.database.db, channelId, until);
  if (!wasFrozen) await postNotice(messaging, channelId, `${why} No agent answers here until ${formatTime(until)}.`);
}

export async function unfreezeChannel(messaging: Messaging, channelId: string): Promise<void> {
  const channel = await messaging.channels.find(channelId);
  if (!channel || channel.frozenUntil === null) return;
  channel.frozenUntil = null;
  await setFrozenUntil(messaging.database.db, channelId, null);
  await postNotice(messaging, channelId, 'The agents of this room answer again.');
}

const formatTime = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
