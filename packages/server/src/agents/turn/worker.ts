/**
 * Stop 5 of the walk: claims queued turns and begins them, a bounded number of each model at once, one at a time for each agent
 * in each room (lanes.ts). A turn that a crash left running is queued again at the next start, and given up after three tries.
 */
import { settleOverdue, withdrawLeftQuestions } from '../../messaging/posts/approvals.ts';
import { createAlarm } from '../../pacing/next-timer.ts';
import { claimTurns, listOpenLanes, listOpenTurns, requeueTurns, type TurnRow } from '../../storage/turns/turns.ts';
import { createTurnLanes, type OpenLane } from './lanes.ts';
import type { TurnDeps } from './turn-deps.ts';
import { createTurnsUnderWay } from './turns-under-way.ts';

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

/** Wait before the store is asked again after it failed. */
const retryMs = 1_000;

/** `concurrency`: turns of one model under way at one time. `timeoutMs`: longest time of one. */
export function createTurnWorker(deps: TurnDeps, options: { concurrency: number; timeoutMs: number }): TurnWorker {
  const { messaging, roster, logger } = deps;
  const { db } = messaging.database;
  const lanes = createTurnLanes({
    places: options.concurrency,
    modelOf: (agentId) => roster.get(agentId)?.modelKey ?? '',
    isShared: () => roster.size > 1,
  });
  /** A question whose time is over gets its default answer. */
  const deadlines = createAlarm(
    () => settleOverdue(messaging),
    (error) => logger.error({ err: error }, 'approval questions could not be checked'),
    retryMs,
  );
  const turns = createTurnsUnderWay(deps, options.timeoutMs, {
    onParked: () => deadlines.setFor(Date.now()),
    onFailed: tryLater,
    onOver: look,
  });
  let isOpen = false;
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
        const claimed = await claimTurns(db, open);
        const byLane = new Map(claimed.map((turn) => [`${turn.channel_id} ${turn.agent_id}`, turn]));
        for (const lane of open) {
          const turn = byLane.get(`${lane.channelId} ${lane.agentId}`);
          if (turn) turns.begin(turn, lane);
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

  function tryLater(turn: TurnRow): void {
    const requeue = async () => {
      if (!isOpen) return;
      try {
        await requeueTurns(db, turn.id);
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
      const left = await requeueTurns(db);
      if (left > 0) logger.info({ turns: left }, 'resuming turns of the last run');
      await withdrawLeftQuestions(messaging);
      for (const lane of await listOpenLanes(db)) lanes.note(lane);
      isOpen = true;
      look();
      deadlines.setFor(Date.now());
    },
    async cancel(channelId, messageId) {
      const open = await listOpenTurns(db, channelId, messageId);
      for (const turn of open) await turns.end(turn, 'cancelled');
      return open.length;
    },
    async supersede(channelId, agentIds, { messageId }) {
      const open = await listOpenTurns(db, channelId);
      for (const turn of open)
        if (agentIds.includes(turn.agent_id) && turn.root_id !== messageId) await turns.end(turn, 'superseded');
    },
    async stop(timeoutMs) {
      isOpen = false;
      const settled = deadlines.stop();
      await claiming;
      await turns.finish(timeoutMs);
      await settled;
    },
  };
}
