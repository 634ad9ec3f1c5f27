/** Somebody wants quiet: no agent answers in a room for a while, or they may again. */
import { ElizadError } from 'elizad-protocol';
import { assertScope } from '../../auth/permissions.ts';
import { freezeChannel as freeze, unfreezeChannel } from '../../messaging/rooms/freeze.ts';
import type { Handler } from './handler.ts';

/** The server says it: only what can be nothing but a name is said by it. */
const toSignature = (name: string | null): string =>
  name !== null && /^[\p{L}\p{N}][\p{L}\p{M}\p{N} '’-]{0,39}$/u.test(name) ? name : 'Somebody';

export const freezeChannel: Handler<'freeze-channel'> = async (
  { messaging, worker },
  { data: { principal } },
  { channelId, seconds },
) => {
  assertScope(principal, 'chat');
  const channel = await messaging.channels.find(channelId);
  if (!channel) throw new ElizadError('channel-not-found');
  const person = channel.participants.get(principal.entityId);
  if (!person) throw new ElizadError('not-a-participant');
  if (seconds === 0) {
    await unfreezeChannel(messaging, channelId);
    return { result: { channelId, frozenUntil: null } };
  }
  const until = Date.now() + seconds * 1_000;
  await freeze(messaging, channelId, until, `${toSignature(person.name)} asks for quiet.`);
  await worker.cancel(channelId);
  return { result: { channelId, frozenUntil: until } };
};
