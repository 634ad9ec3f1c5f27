/**
 * Comings and goings, as the others in a room hear of them. In a room of thousands each would be told to thousands, and when
 * all of them come at once, that is the square of it: there nobody is told, and who wants to know asks who is there.
 */
import { presenceParticipants, type ServerEvents } from 'elizad-protocol';
import type { Channel } from '../directories/channel.ts';
import type { Broadcast } from '../events/broadcast.ts';

type PresenceEvent = 'participant-joined' | 'participant-left' | 'typing';

/**
 * Tells the others in a room that somebody came, went or types, unless it is too large for that. That somebody was taken out
 * is not told by this: they must know.
 */
export function tellPresence<E extends PresenceEvent>(
  { broadcast }: { readonly broadcast: Broadcast },
  { participants }: Pick<Channel, 'participants'>,
  name: E,
  event: ServerEvents[E],
  exceptSocketId?: string,
): void {
  if (participants.size > presenceParticipants) return;
  const { channelId } = event;
  broadcast(name, event, { channelId, ...(exceptSocketId !== undefined && { exceptSocketId }) });
}
