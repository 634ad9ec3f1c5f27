/** A turn that runs (stop 6 of the walk), and what all its steps work with. */
import type { Messaging } from '../messaging/messages.ts';
import type { Logger } from '../observability/logger.ts';
import type { Spoken } from '../storage/history.ts';
import type { TurnRow } from '../storage/turns.ts';
import type { Toolbox } from './actions/action.ts';
import type { Breaker } from './breaker.ts';
import type { ContextSource } from './memory/memory.ts';
import type { Agent, Roster } from './roster.ts';
import type { Trace } from './trace.ts';

export type TurnDeps = {
  messaging: Messaging;
  roster: Roster;
  toolbox: Toolbox;
  sources: readonly ContextSource[];
  breaker: Breaker;
  logger: Logger;
};

/** The turn that runs: whose it is, what it answers, and when it must stop. */
export type RunningTurn = { agent: Agent; turn: TurnRow; message: Spoken; signal: AbortSignal; trace: Trace };

/** Why a turn is stopped from outside; `handed-back` leaves it to the next start. */
export type StopReason = 'cancelled' | 'timed-out' | 'superseded' | 'handed-back';
