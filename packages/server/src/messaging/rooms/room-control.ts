/** What people do in a room beside talking: they stop answers, ask for quiet, and show that they type. */
import { ElizadError } from 'elizad-protocol';
import { chooseSpeaker } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import type { Room } from '../ground/access.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { tellPresence } from '../ground/presence.ts';
import { freezeChannel, unfreezeChannel } from './freeze.ts';

/** Stops the answers to one message, or all of the room; each turn still ends, as `cancelled`. Returns how many there were. */
export const cancelAnswers = (
  cancelTurns: CancelTurns,
  room: Room<'write'>,
  messageId: string | undefined,
): Promise<number> => cancelTurns(room.id, messageId);

/**
 * No agent answers for some seconds, and answers under way stop; with 0 they may answer again. The room hears who asked.
 * Resolves with the time in ms since the epoch until which it holds. Throws `not-a-participant`.
 */
export async function askForQuiet(
  messaging: Messaging,
  cancelTurns: CancelTurns,
  room: Room<'write'>,
  principal: Principal,
  seconds: number,
): Promise<number | null> {
  const person = room.participants.get(principal.entityId);
  if (!person) throw new ElizadError('not-a-participant');
  if (seconds === 0) {
    await unfreezeChannel(messaging, room.id);
    return null;
  }
  const until = Date.now() + seconds * 1_000;
  await freezeChannel(messaging, room.id, until, `${toSignature(person.name)} asks for quiet.`);
  await cancelTurns(room.id);
  return until;
}

/** The server says it: only what can be nothing but a name is said by it. */
const toSignature = (name: string | null): string =>
  name !== null && /^[\p{L}\p{N}][\p{L}\p{M}\p{N} '’-]{0,39}$/u.test(name) ? name : 'Somebody';

/** Shows the others that somebody types, or no longer does. Throws `speaking-as-agent`, `reserved-voice`. */
export function showTyping(
  messaging: Messaging,
  room: Room<'write'>,
  principal: Principal,
  { isTyping, entityId }: { isTyping: boolean; entityId?: string | undefined },
  exceptSocketId?: string,
): void {
  const id = chooseSpeaker(principal, entityId, messaging.agents);
  tellPresence(messaging, room, 'typing', { channelId: room.id, isTyping, entityId: id }, exceptSocketId);
}
