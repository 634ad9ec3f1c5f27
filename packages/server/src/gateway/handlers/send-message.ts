/** Stop 2 of the walk: something is said. The sender hears the room from here on, whether it joined or not. */
import { postMessage } from '../../messaging/posts/post-message.ts';
import { passStop } from '../../observability/walk.ts';
import { adoptIdentity } from '../identity.ts';
import { checkLoop } from '../loop-guard.ts';
import { assertRoomLeft, enterRoom } from '../rooms.ts';
import type { Handler } from './handler.ts';

export const sendMessage: Handler<'send-message'> = async (deps, socket, intent, { isEnvelope, hasAck, at }) => {
  passStop('gateway/handlers/send-message', intent.clientMessageId);
  assertRoomLeft(deps, socket, intent.channelId);
  await adoptIdentity(deps, socket, intent.entityId);
  const isUnasked = !hasAck && intent.clientMessageId === undefined;
  const told = isUnasked ? await checkLoop(deps.messaging, socket, intent, at) : undefined;
  let hasEntered = false;
  const enter = () => {
    if (intent.channelId in socket.data.joined) return;
    hasEntered = true;
    enterRoom(deps, socket, intent.channelId, intent.entityId ?? socket.data.principal.entityId);
  };
  const { committed } = await postMessage(deps.messaging, socket.data.principal, {
    ...intent,
    expectsAgent: isEnvelope,
    origin: { socketId: socket.id, enter },
  });
  // What is acknowledged holds after a kill: the message, and that its sender hears the room.
  const saved = hasEntered || deps.sessions.isUnsaved(socket) ? deps.sessions.save(socket) : undefined;
  saved?.catch((err) => deps.logger.error({ err }, 'a socket session could not be saved'));
  const stored = committed.then(async ({ message }) => {
    told?.();
    await saved?.catch(() => {});
    return message;
  });
  const later = stored.then(({ id, seq, createdAt }) => ({
    channelId: intent.channelId,
    messageId: id,
    clientMessageId: intent.clientMessageId ?? null,
    seq,
    createdAt,
  }));
  return { later };
};
