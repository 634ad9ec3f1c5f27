/** The turns that run now (stop 5 of the walk): each gets a deadline, may be stopped, and leaves its lane when it is over. */
import { endTurn } from '../../messaging/posts/agent-posts.ts';
import { withdrawQuestions } from '../../messaging/posts/approvals.ts';
import { passStop } from '../../observability/walk.ts';
import { handBackTurn, parkTurn, type TurnRow } from '../../storage/turns/turns.ts';
import { settleCards } from './action-card.ts';
import type { OpenLane } from './lanes.ts';
import { describeStop, type StopReason } from './running-turn.ts';
import { type Leaving, runTurn } from './turn.ts';
import type { TurnDeps } from './turn-deps.ts';
import { readWork, type Verdict } from './turn-progress.ts';

export type TurnsUnderWay = {
  begin(turn: TurnRow, lane: OpenLane): void;
  /** Ends an open turn, whether it runs or waits. */
  end(turn: TurnRow, reason: 'cancelled' | 'superseded'): Promise<void>;
  /** Lets running turns end within `timeoutMs`, then hands back the rest to the next start. */
  finish(timeoutMs: number): Promise<void>;
};

export type TurnEvents = {
  /** The turn waits for the answers to its questions. */
  onParked(): void;
  /** The turn could not be written as ended. */
  onFailed(turn: TurnRow): void;
  /** The lane of a turn is free again. */
  onOver(): void;
};

type Running = { controller: AbortController; done: Promise<void> };

/** Times that a turn is begun, at most: a turn that takes the process down must not do so for ever. */
const mostAttempts = 3;

/** `timeoutMs`: longest time of one turn. */
export function createTurnsUnderWay(deps: TurnDeps, timeoutMs: number, events: TurnEvents): TurnsUnderWay {
  const { logger } = deps;
  const { database, meters } = deps.messaging;
  const running = new Map<string, Running>();

  async function work(turn: TurnRow, signal: AbortSignal): Promise<Leaving | undefined> {
    try {
      if (turn.attempts > mostAttempts) {
        await endAside(deps, turn, { outcome: 'failed', code: 'answer-failed' });
        return 'ended';
      }
      const left = await runTurn(deps, turn, signal);
      if (left === 'handed-back') await handBackTurn(database.db, turn.id);
      if (left === 'waiting') {
        await parkTurn(database.db, turn.id);
        events.onParked();
      }
      return left;
    } catch (error) {
      // Most likely the disk: the turn could not be written as ended, so it is still owed.
      logger.error({ err: error, agentId: turn.agent_id, messageId: turn.message_id }, 'a turn could not be ended');
      events.onFailed(turn);
      return undefined;
    }
  }

  return {
    begin(turn, lane) {
      passStop('agents/turn-worker', turn.message_id);
      meters.turnsStarted += 1;
      meters.turnsUnderWay += 1;
      const controller = new AbortController();
      const { signal } = controller;
      const timer = setTimeout(() => controller.abort('timed-out' satisfies StopReason), timeoutMs);
      const done = work(turn, signal)
        .then((left) => {
          clearTimeout(timer);
          running.delete(turn.id);
          // Somebody stopped it while it was put aside: from here on nobody would.
          if (left === 'waiting' && isStopped(signal)) return endAside(deps, turn, describeStop(signal));
        })
        .catch((error) => logger.error({ err: error, messageId: turn.message_id }, 'a waiting turn could not be ended'))
        .finally(() => {
          deps.liveStages.delete(turn.id);
          meters.turnsUnderWay -= 1;
          lane.leave(true);
          events.onOver();
        });
      running.set(turn.id, { controller, done });
    },
    async end(turn, reason) {
      const { controller } = running.get(turn.id) ?? {};
      if (controller) return controller.abort(reason satisfies StopReason);
      await endAside(deps, turn, describeStop({ reason }));
    },
    async finish(withinMs) {
      const all = Promise.all([...running.values()].map(({ done }) => done));
      const deadline = setTimeout(() => {
        for (const { controller } of running.values()) controller.abort('handed-back' satisfies StopReason);
      }, withinMs);
      await all;
      clearTimeout(deadline);
    },
  };
}

const isStopped = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && (reason === 'cancelled' || reason === 'superseded');

/** Ends a turn that does not run, with what it has shown and asked. */
async function endAside({ messaging }: TurnDeps, turn: TurnRow, verdict: Verdict): Promise<void> {
  await settleCards(messaging, readWork(turn));
  await endTurn(messaging, turn, verdict);
  await withdrawQuestions(messaging, turn.id);
}
