/**
 * Stop 5 of the walk: claims queued turns and runs them, a bounded number of each model at once, one at a time for each agent
 * in each room (turn-lanes.ts). A turn that a crash left running is queued again at the next start, and given up after three tries.
 */

import { endTurn } from '../../messaging/posts/agent-posts.ts';
import { settleOverdue, withdrawLeftQuestions, withdrawQuestions } from '../../messaging/posts/approvals.ts';
import { passStop } from '../../observability/walk.ts';
import {
  claimTurns,
  handBackTurn,
  listOpenLanes,
  listOpenTurns,
  parkTurn,
  requeueTurns,
  type TurnRow,
} from '../../storage/turns/turns.ts';
import { settleCards } from './action-card.ts';
import { describeStop } from './ask-model.ts';
import { createTurnLanes, type OpenLane } from './lanes.ts';
import type { StopReason, TurnDeps } from './running-turn.ts';
import { type Leaving, runTurn } from './turn.ts';
import { readWork, type Verdict } from './turn-progress.ts';

export type TurnWorker = {
  /** Takes up what an earlier process left, and begins. */
  start(): Promise<void>;
  /** Turns of some agents may wait in a channel; cheap, may be called at any time. */
  wake(channelId: string, agentIds: readonly string[]): void;
  /** Ends the open turns of a channel, or of one message in it; returns how many. */
  cancel(channelId: string, messageId?: string): Promise<number>;
  /** Ends the open turns of some agents in a channel, but for those that a message began. */
  supersede(channelId: string, agentIds: readonly string[], by: { messageId: string }): Promise<void>;
  /** Lets running turns end within `timeoutMs`, then hands back the rest to the next start. */
  stop(timeoutMs: number): Promise<void>;
};

type Running = { turn: TurnRow; controller: AbortController; done: Promise<void> };

/** Times that a turn is begun, at most: a turn that takes the process down must not do so for ever. */
const mostAttempts = 3;

/** Timers of Node go no further, in ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Wait before the store is asked again after it failed. */
const retryMs = 1_000;

/** `concurrency`: turns of one model under way at one time. `timeoutMs`: longest time of one. */
export function createTurnWorker(deps: TurnDeps, options: { concurrency: number; timeoutMs: number }): TurnWorker {
  const { messaging, roster, logger } = deps;
  const { database, meters } = messaging;
  const lanes = createTurnLanes({
    places: options.concurrency,
    modelOf: (agentId) => roster.get(agentId)?.modelKey ?? '',
    isShared: () => roster.size > 1,
  });
  const running = new Map<string, Running>();
  let isOpen = false;
  let deadlineTimer: NodeJS.Timeout | undefined;
  let claiming: Promise<void> | undefined;
  let isWoken = false;

  function wake(channelId: string, agentIds: readonly string[]): void {
    for (const agentId of agentIds) lanes.note({ channelId, agentId });
    look();
  }

  function look(): void {
    isWoken = true;
    if (!isOpen || claiming) return;
    claiming = claim().finally(() => {
      claiming = undefined;
      // A call between the last look and here would otherwise be lost.
      if (isWoken) look();
    });
  }

  async function claim(): Promise<void> {
    while (isOpen && isWoken) {
      isWoken = false;
      const open = [...takeAll()];
      if (open.length === 0) return;
      try {
        const turns = await claimTurns(database.db, open);
        const byLane = new Map(turns.map((turn) => [`${turn.channel_id} ${turn.agent_id}`, turn]));
        for (const lane of open) {
          const turn = byLane.get(`${lane.channelId} ${lane.agentId}`);
          if (turn) begin(turn, lane);
          else lane.leave(false);
        }
        // Those that were empty have left their places.
        isWoken = true;
      } catch (error) {
        logger.error({ err: error }, 'turns could not be claimed');
        for (const lane of open) lane.leave(true);
        setTimeout(look, retryMs).unref();
        return;
      }
    }
  }

  function* takeAll(): Generator<OpenLane> {
    for (let lane = lanes.take(); lane; lane = lanes.take()) yield lane;
  }

  function begin(turn: TurnRow, lane: OpenLane): void {
    passStop('agents/turn-worker', turn.message_id);
    meters.turnsStarted += 1;
    meters.turnsUnderWay += 1;
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort('timed-out' satisfies StopReason), options.timeoutMs);
    const done = work(turn, signal)
      .then((left) => {
        clearTimeout(timer);
        running.delete(turn.id);
        // Somebody stopped it while it was put aside: from here on nobody would.
        if (left === 'waiting' && isStopped(signal)) return endAside(turn, describeStop(signal));
      })
      .catch((error) =>
        logger.error({ err: error, messageId: turn.message_id }, 'a turn that waits could not be ended'),
      )
      .finally(() => {
        deps.liveStages.delete(turn.id);
        meters.turnsUnderWay -= 1;
        lane.leave(true);
        look();
      });
    running.set(turn.id, { turn, controller, done });
  }

  const isStopped = ({ aborted, reason }: AbortSignal): boolean =>
    aborted && (reason === 'cancelled' || reason === 'superseded');

  async function work(turn: TurnRow, signal: AbortSignal): Promise<Leaving | undefined> {
    try {
      if (turn.attempts > mostAttempts) {
        await endAside(turn, { outcome: 'failed', code: 'answer-failed' });
        return 'ended';
      }
      const left = await runTurn(deps, turn, signal);
      if (left === 'handed-back') await handBackTurn(database.db, turn.id);
      if (left === 'waiting') {
        await parkTurn(database.db, turn.id);
        watchDeadlines();
      }
      return left;
    } catch (error) {
      // Most likely the disk: the turn could not be written as ended, so it is still owed.
      logger.error({ err: error, agentId: turn.agent_id, messageId: turn.message_id }, 'a turn could not be ended');
      tryLater(turn);
      return undefined;
    }
  }

  /** Ends a turn that does not run, with what it has shown and asked. */
  async function endAside(turn: TurnRow, verdict: Verdict): Promise<void> {
    await settleCards(messaging, readWork(turn));
    await endTurn(messaging, turn, verdict);
    await withdrawQuestions(messaging, turn.id);
  }

  /** A question whose time is over gets its default answer: now, and again at the next deadline. */
  function watchDeadlines(): void {
    clearTimeout(deadlineTimer);
    if (!isOpen) return;
    settleOverdue(messaging).then(
      (next) => {
        if (next === undefined || !isOpen) return;
        clearTimeout(deadlineTimer);
        deadlineTimer = setTimeout(watchDeadlines, Math.min(Math.max(next - Date.now(), 0), longestTimerMs)).unref();
      },
      (error) => {
        logger.error({ err: error }, 'questions could not be looked at');
        deadlineTimer = setTimeout(watchDeadlines, retryMs).unref();
      },
    );
  }

  async function stopTurn(turn: TurnRow, reason: 'cancelled' | 'superseded'): Promise<void> {
    const { controller } = running.get(turn.id) ?? {};
    if (controller) return controller.abort(reason satisfies StopReason);
    await endAside(turn, describeStop({ reason }));
  }

  function tryLater(turn: TurnRow): void {
    const requeue = async () => {
      if (!isOpen) return;
      try {
        await requeueTurns(database.db, turn.id);
        wake(turn.channel_id, [turn.agent_id]);
      } catch {
        tryLater(turn);
      }
    };
    setTimeout(() => void requeue(), retryMs).unref();
  }

  return {
    wake,
    async start() {
      const left = await requeueTurns(database.db);
      if (left > 0) logger.info({ turns: left }, 'turns of the last run are taken up again');
      await withdrawLeftQuestions(messaging);
      for (const lane of await listOpenLanes(database.db)) lanes.note(lane);
      isOpen = true;
      look();
      watchDeadlines();
    },
    async cancel(channelId, messageId) {
      const open = await listOpenTurns(database.db, channelId, messageId);
      for (const turn of open) await stopTurn(turn, 'cancelled');
      return open.length;
    },
    async supersede(channelId, agentIds, { messageId }) {
      const open = await listOpenTurns(database.db, channelId);
      for (const turn of open)
        if (agentIds.includes(turn.agent_id) && turn.root_id !== messageId) await stopTurn(turn, 'superseded');
    },
    async stop(timeoutMs) {
      isOpen = false;
      clearTimeout(deadlineTimer);
      await claiming;
      const all = Promise.all([...running.values()].map(({ done }) => done));
      const deadline = setTimeout(() => {
        for (const { controller } of running.values()) controller.abort('handed-back' satisfies StopReason);
      }, timeoutMs);
      await all;
      clearTimeout(deadline);
    },
  };
}
