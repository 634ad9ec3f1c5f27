/**
 * Stop 5 of the walk: claims queued turns and runs them, a bounded number at once, one at a time for each agent in each
 * room. A turn that a crash left running is queued again at the next start, and given up after three tries.
 */
import { endTurn } from '../messaging/turn-posts.ts';
import { passStop } from '../observability/walk.ts';
import { claimTurns, listOpenTurns, requeueTurns, type TurnRow } from '../storage/turns.ts';
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

/** Wait before the store is asked again after it failed. */
const retryMs = 1_000;

export function createTurnWorker(deps: TurnDeps, options: { concurrency: number; timeoutMs: number }): TurnWorker {
  const { messaging, logger } = deps;
  const { database } = messaging;
  const running = new Map<string, Running>();
  let isOpen = false;
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
        const turns = await claimTurns(database.db, options.concurrency - running.size, options.timeoutMs);
        for (const turn of turns) begin(turn);
      } catch (error) {
        logger.error({ err: error }, 'turns could not be claimed');
        setTimeout(wake, retryMs).unref();
        return;
      }
    }
  }

  function begin(turn: TurnRow): void {
    passStop('agents/turn-worker', turn.message_id);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort('timed-out' satisfies StopReason), options.timeoutMs);
    const done = work(turn, controller.signal).finally(() => {
      clearTimeout(timer);
      running.delete(turn.id);
      wake();
    });
    running.set(turn.id, { turn, controller, done });
  }

  async function work(turn: TurnRow, signal: AbortSignal): Promise<void> {
    try {
      if (turn.attempts > mostAttempts) await endTurn(messaging, turn, { outcome: 'failed', code: 'internal' });
      else if (!(await runTurn(deps, turn, signal))) await requeueTurns(database.db, [turn.id]);
    } catch (error) {
      // Most likely the disk: the turn could not be written as ended, so it is still owed.
      logger.error({ err: error, agentId: turn.agent_id, messageId: turn.message_id }, 'a turn could not be ended');
      tryLater(turn);
    }
  }

  async function stopTurn(turn: TurnRow, reason: 'cancelled' | 'superseded'): Promise<void> {
    const { controller } = running.get(turn.id) ?? {};
    if (controller) controller.abort(reason satisfies StopReason);
    else await endTurn(messaging, turn, describeStop({ reason }));
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
