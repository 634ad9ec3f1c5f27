/** A turn that runs (stop 6 of the walk). */
import type { Channel } from '../../messaging/directories/channel.ts';
import type { Spoken } from '../../storage/messages/history.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { ActionContext } from '../actions/action.ts';
import type { Agent } from '../characters/roster.ts';
import type { Trace } from '../runs/trace.ts';
import type { Verdict, Work } from './turn-progress.ts';

/** The turn that runs: whose it is, what it answers, what it has done so far, and when it must stop. */
export type RunningTurn = {
  agent: Agent;
  turn: TurnRow;
  /** Undefined where the room was deleted meanwhile. */
  channel: Channel | undefined;
  message: Spoken;
  /** What was said in the room, oldest first. */
  recent: readonly Spoken[];
  work: Work;
  signal: AbortSignal;
  trace: Trace;
};

/** Why a turn is stopped from outside; `handed-back` leaves it to the next start. */
export type StopReason = 'cancelled' | 'timed-out' | 'superseded' | 'handed-back';

/** The turn as actions and hooks are told of it. */
export const describeTurn = ({
  agent,
  turn,
  message,
  signal,
}: Pick<RunningTurn, 'agent' | 'turn' | 'message' | 'signal'>): ActionContext => ({
  agent: { id: agent.id, name: agent.name },
  channelId: turn.channel_id,
  message: { id: message.id, text: message.text, senderId: message.senderId, senderName: message.senderName },
  signal,
});

/** How a turn ended that was stopped from outside. */
export function describeStop({ reason }: Pick<AbortSignal, 'reason'>): Verdict {
  if (reason === 'timed-out') return { outcome: 'timed-out', code: 'turn-timed-out' };
  if (reason === 'superseded') return { outcome: 'superseded', code: 'turn-superseded' };
  return { outcome: 'cancelled', code: 'turn-cancelled' };
}
