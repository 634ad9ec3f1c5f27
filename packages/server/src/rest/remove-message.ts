/** `DELETE` of a message, in both spellings of its address. */
import { ElizadError, uuid } from 'elizad-protocol';
import { z } from 'zod';
import { createOperator, createPrincipal } from '../auth/principal.ts';
import { deleteMessage } from '../messaging/delete-message.ts';
import { authorize, type RouteHandler } from './route-handler.ts';

const asked = z.object({ channelId: uuid, messageId: uuid, entityId: uuid.optional() });

/** Answers `{success: true}` when the message is gone. Throws `invalid-payload` for ids that are none, and what `deleteMessage` throws. */
export const removeMessage: RouteHandler = async (deps, request) => {
  const credential = authorize(deps, request);
  const given = { ...(request.params as object), entityId: request.headers['x-entity-id'] };
  const parsed = asked.safeParse(given);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    throw new ElizadError('invalid-payload', { issues });
  }
  const { channelId, messageId, entityId } = parsed.data;
  const principal = entityId ? createPrincipal(entityId, undefined, credential) : createOperator(credential);
  await deleteMessage(deps.getMessaging(), deps.cancelTurns, principal, channelId, messageId);
  return { success: true };
};
