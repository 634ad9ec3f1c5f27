/** One agent is asked, for callers that name it: it takes part in the room, and it is the one who answers. */
import { ElizadError, type ErrorCode, errorTable, type Message, type ServerEvents } from 'elizad-protocol';
import type { Principal } from '../../auth/principal.ts';
import type { Messaging } from '../ground/context.ts';
import type { Draft } from '../posts/post-message.ts';
import { joinChannel } from '../rooms/membership.ts';

/**
 * Makes an agent a participant, and the room where it is not there; returns what must be said to ask it.
 * Throws as `joinChannel` does.
 */
export async function addressAgent(
  messaging: Messaging,
  principal: Principal,
  agentId: string,
  draft: Draft,
): Promise<Draft> {
  const { channelId, entityId, name, serverId, channelType } = draft;
  await joinChannel(messaging, principal, {
    channelId,
    agentId,
    ...(entityId !== undefined && { entityId }),
    ...(name !== undefined && { name }),
    ...(serverId !== undefined && { serverId }),
    ...(channelType !== undefined && { channelType }),
  });
  return { ...draft, askedAgents: [agentId] };
}

/**
 * What one agent said, all of it. Empty where it chose to say nothing.
 * Throws why it did not, and `unended` without a completion: the caller stopped waiting.
 */
export function readAnswer(
  agentId: string,
  answers: readonly Message[],
  completion: ServerEvents['message-completed'] | undefined,
  unended: ErrorCode = 'answer-pending',
): { text: string; last: Message | undefined } {
  if (!completion) throw new ElizadError(unended);
  const said = answers.filter(({ senderId }) => senderId === agentId);
  const failed = completion.turns.find((turn) => turn.agentId === agentId && turn.code !== undefined);
  if (completion.outcome !== 'answered' && failed) throw new ElizadError(toCode(failed.code));
  return { text: said.map(({ text }) => text).join('\n\n'), last: said.at(-1) };
}

const toCode = (code: string | undefined): ErrorCode =>
  code !== undefined && code in errorTable ? (code as ErrorCode) : 'internal';
