/** How a message ended, from how its turns did. */
import {
  type ErrorCode,
  errorTable,
  type Message,
  type Outcome,
  type ServerEvents,
  type TurnEnd,
} from 'elizad-protocol';
import type { EndedTurn } from './turn-endings.ts';

/** From the best to the worst: a message was answered when one agent answered it. */
const outcomeRank: readonly Outcome[] = [
  'answered',
  'ignored',
  'superseded',
  'cancelled',
  'timed-out',
  'failed',
  'no-agent',
];

/** The one `message-completed` of a message; without turns there was no agent to answer. */
export function describeCompletion(
  { id, channelId, serverId }: Pick<Message, 'id' | 'channelId' | 'serverId'>,
  ended: readonly EndedTurn[],
): ServerEvents['message-completed'] {
  const turns = ended.map(describeTurn);
  const outcome = outcomeRank.find((rank) => turns.some((turn) => turn.outcome === rank)) ?? 'no-agent';
  return { channelId, serverId, messageId: id, outcome, turns };
}

function describeTurn({ agent_id, outcome, code }: EndedTurn): TurnEnd {
  const end = { agentId: agent_id, outcome: outcome ?? 'failed' };
  return code === null ? end : { ...end, code, hint: errorTable[code as ErrorCode]?.hint };
}
