/**
 * Stop 5 of the walk: claims queued turns and runs them, a bounded number at once, one at a time for each agent in each
 * room. A turn that a crash left running is queued again at the next start, and given up after three tries.
 */
import { settleOverdue, withdrawQuestions } from '../messaging/approvals.ts';
import { endTurn } from '../messaging/turn-posts.ts';
import { passStop } from '../observability/walk.ts';
import { claimTurns, listOpenTurns, parkTurn, requeueTurns, type TurnRow } from '../storage/turns.ts';
import type { StopReason, TurnDeps } from './running-turn.ts';
import { describeStop } from './think.ts';
import { runTurn } from './turn.ts';

export type TurnWorker = {
  /** Takes up what an earlier process left, and begins. */
  start(): Promise<void>;
  /** Looks for queued turns; cheap, may be called at any time. */
  wake(): void;
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

/**
 * Turns that an agent may have under way for each place that is free: one whose model hangs leaves room for the others,
 * and several of them together do too.
 */
const placesForFree = 3;

/** Timers of Node go no further, in ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Wait before the store is asked again after it failed. */
const retryMs = 1_000;

export function createTurnWorker(deps: TurnDeps, options: { concurrency: number; timeoutMs: number }): TurnWorker {
  const { messaging, logger } = deps;
  const { database, meters } = messaging;
  const running = new Map<string, Running>();
  let isOpen = false;
  let deadlineTimer: NodeJS.Timeout | undefined;
  let claiming: Promise<void> | undefined;
  let isWoken = false;

  function wake(): void {
    isWoken = true;
    if (!isOpen || claiming || running.size >= options.concurrency) return;
    claiming = claim().finally(() => {
      claiming = undefined;
      // A call between the last look and here would otherwise be lost.
      if (isWoken) wake();
    });
  }

  async function claim(): Promise<void> {
    while (isOpen && isWoken && running.size < options.concurrency) {
      isWoken = false;
      try {
        const { most, full } = share();
        const turns = await claimTurns(database.db, most, options.timeoutMs, full);
        for (const turn of turns) begin(turn);
        // There may be more, of which each agent has its share.
        if (turns.length === most) isWoken = true;
      } catch (error) {
        logger.error({ err: error }, 'turns could not be claimed');
        setTimeout(wake, retryMs).unref();
        return;
      }
    }
  }

  /** How many turns may begin together, and the agents of which none may. */
  function share(): { most: number; full: string[] } {
    const free = options.concurrency - running.size;
    if (deps.roster.size < 2) return { most: free, full: [] };
    const counts = new Map<string, number>();
    for (const { turn } of running.values()) counts.set(turn.agent_id, (counts.get(turn.agent_id) ?? 0) + 1);
    const full = [...counts.keys()].filter((id) => (counts.get(id) ?? 0) >= placesForFree * free);
    const largest = Math.max(0, ...[...counts.values()].filter((count) => count < placesForFree * free));
    // With so many more none is beyond its share, even if all are of one agent.
    const most = Math.floor((placesForFree * free - largest) / (placesForFree + 1));
    return { most: Math.max(1, Math.min(free, most)), full };
  }

  function begin(turn: TurnRow): void {
    passStop('agents/turn-worker', turn.message_id);
    meters.turnsStarted += 1;
    meters.turnsUnderWay += 1;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort('timed-out' satisfies StopReason), options.timeoutMs);
    const done = work(turn, controller.signal).finally(() => {
      clearTimeout(timer);
      running.delete(turn.id);
      deps.liveStages.delete(turn.id);
      meters.turnsUnderWay -= 1;
      wake();
    });
    running.set(turn.id, { turn, controller, done });
  }

  async function work(turn: TurnRow, signal: AbortSignal): Promise<void> {
    try {
      if (turn.attempts > mostAttempts) await endTurn(messaging, turn, { outcome: 'failed', code: 'internal' });
      else {
        const left = await runTurn(deps, turn, signal);
        if (left === 'handed-back') await requeueTurns(database.db, [turn.id]);
        if (left === 'waiting') await park(turn);
      }
    } catch (error) {
      // Most likely the disk: the turn could not be written as ended, so it is still owed.
      logger.error({ err: error, agentId: turn.agent_id, messageId: turn.message_id }, 'a turn could not be ended');
      tryLater(turn);
    }
  }

  async function park(turn: TurnRow): Promise<void> {
    await parkTurn(database.db, turn.id);
    watchDeadlines();
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
    await endTurn(messaging, turn, describeStop({ reason }));
    await withdrawQuestions(messaging, turn.id);
  }

  function tryLater(turn: TurnRow): void {
    const requeue = async () => {
      if (!isOpen) return;
      try {
        await requeueTurns(database.db, [turn.id]);
        wake();
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
      isOpen = true;
      wake();
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
