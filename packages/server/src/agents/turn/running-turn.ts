/** A turn that runs (stop 6 of the walk), and what all its steps work with. */
import type { Messaging } from '../../messaging/ground/context.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Spoken } from '../../storage/messages/history.ts';
import type { TurnRow } from '../../storage/turns/turns.ts';
import type { ActionContext, Toolbox } from '../actions/action.ts';
import type { Agent, Roster } from '../characters/roster.ts';
import type { ContextSource } from '../memory/memory.ts';
import type { Stage, Trace } from '../runs/trace.ts';
import type { Breaker } from './breaker.ts';
import type { HookDeps } from './hooks.ts';

export type TurnDeps = {
  messaging: Messaging;
  roster: Roster;
  toolbox: Toolbox;
  sources: readonly ContextSource[];
  hooks: HookDeps;
  breaker: Breaker;
  /** What the turns at work have done so far, by their ids. */
  liveStages: Map<string, readonly Stage[]>;
  /** Told after each turn; it waits for nothing. */
  observe(place: { agentId: string; channelId: string }): void;
  logger: Logger;
};

/** The turn that runs: whose it is, what it answers, and when it must stop. */
export type RunningTurn = { agent: Agent; turn: TurnRow; message: Spoken; signal: AbortSignal; trace: Trace };

/** Why a turn is stopped from outside; `handed-back` leaves it to the next start. */
export type StopReason = 'cancelled' | 'timed-out' | 'superseded' | 'handed-back';

/** The turn as actions and hooks are told of it. */
export const describeTurn = ({ agent, turn, message, signal }: Omit<RunningTurn, 'trace'>): ActionContext => ({
  agent: { id: agent.id, name: agent.name },
  channelId: turn.channel_id,
  message: { id: message.id, text: message.text, senderId: message.senderId, senderName: message.senderName },
  signal,
});
