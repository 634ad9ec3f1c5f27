/** What the steps of a turn work with. */
import type { Messaging } from '../../messaging/ground/context.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Roster } from '../characters/roster.ts';
import type { Stage } from '../runs/trace.ts';
import type { Breaker } from './breaker.ts';
import type { HookDeps } from './hooks.ts';
import type { Runner } from './runner.ts';

export type TurnDeps = {
  messaging: Messaging;
  roster: Roster;
  /** What makes the answers of an agent. */
  runnerOf(agentId: string): Runner;
  hooks: HookDeps;
  breaker: Breaker;
  /** What the turns at work have done so far, by their ids. */
  liveStages: Map<string, readonly Stage[]>;
  /** Told after each turn; it waits for nothing. */
  observe(place: { agentId: string; channelId: string }): void;
  logger: Logger;
};
