/**
 * When an agent looks for facts: in the background, after enough new messages or a while of silence. One look at a time
 * for each agent in each room, a few on the whole server, and ever rarer ones with a model that fails.
 */
import type { Logger } from '../../observability/logger.ts';
import type { Place } from '../../storage/memory/memories.ts';
import type { Model } from '../models/model.ts';
import { createFactPauses, type PauseLengths } from './fact-pauses.ts';
import { canRemember, extractFacts, type FactDeps, listNew, passOver } from './facts.ts';

export type FactScheduleDeps = FactDeps & {
  readonly logger: Logger;
  /** What an agent thinks with; nothing where it shall not remember. */
  readonly modelOf: (agentId: string) => Model | undefined;
  /** New facts were kept. */
  readonly onKept: (agentId: string) => void;
};

/** `messages`: so many new ones are looked at at once. `quietMs`: fewer are, after so long a silence. */
export type Pace = PauseLengths & { messages: number; quietMs: number };

export const usualPace: Pace = { messages: 8, quietMs: 30_000, firstPauseMs: 60_000, longestPauseMs: 3_600_000 };

export type FactSchedule = {
  /** Something was said in a room. Never throws. */
  observe(place: Place): void;
  /** Aborts what runs; resolves when nothing does. */
  stop(): Promise<void>;
};

/** Looks under way on the whole server; rooms that are watched at one time, each for as long as it is due. */
const concurrency = 2;
const mostWatched = 10_000;

/** Tries of messages that the model answers with something unusable. */
const mostTries = 3;

type Watch = Place & {
  timer?: NodeJS.Timeout;
  state: 'idle' | 'waiting' | 'running';
  isAskedAgain: boolean;
  tries: number;
};

export function createFactSchedule(deps: FactScheduleDeps, pace: Pace): FactSchedule {
  const { modelOf, logger } = deps;
  const stopping = new AbortController();
  const watches = new Map<string, Watch>();
  const queue: Watch[] = [];
  const running = new Set<Promise<void>>();
  const pauses = createFactPauses(pace);

  const findModel = (agentId: string): Model | undefined => {
    const model = modelOf(agentId);
    return model && canRemember(model) ? model : undefined;
  };

  function lookIn(watch: Watch, ms: number): void {
    clearTimeout(watch.timer);
    watch.timer = setTimeout(() => enqueue(watch), ms).unref();
  }

  function enqueue(watch: Watch): void {
    clearTimeout(watch.timer);
    watch.timer = undefined;
    if (stopping.signal.aborted) return;
    if (watch.state === 'running') watch.isAskedAgain = true;
    if (watch.state !== 'idle') return;
    const wait = pauses.measureLeft(watch.agentId);
    if (wait > 0) {
      lookIn(watch, wait);
      return;
    }
    watch.state = 'waiting';
    queue.push(watch);
    begin();
  }

  function begin(): void {
    while (running.size < concurrency) {
      const watch = queue.shift();
      if (!watch) return;
      watch.state = 'running';
      const done = look(watch)
        .catch((err) => {
          if (stopping.signal.aborted) return;
          logger.error({ err, agentId: watch.agentId, channelId: watch.channelId }, 'facts could not be stored');
          watch.state = 'idle';
          lookIn(watch, pace.firstPauseMs);
        })
        .finally(() => {
          running.delete(done);
          begin();
        });
      running.add(done);
    }
  }

  async function look(watch: Watch): Promise<void> {
    const { agentId, channelId } = watch;
    const model = findModel(agentId);
    watch.isAskedAgain = false;
    const result = model ? await extractFacts(deps, model, { agentId, channelId }, stopping.signal) : undefined;
    watch.state = 'idle';
    if (result?.state === 'failed') {
      const ms = Math.max(pauses.lengthen(agentId), Math.min(result.retryAfterMs, pace.longestPauseMs));
      logger.warn({ agentId, channelId, code: result.code, pauseMs: ms }, 'the model found no facts');
      if (result.unusableUpTo !== undefined && ++watch.tries >= mostTries) {
        watch.tries = 0;
        await passOver(deps, { agentId, channelId }, result.unusableUpTo);
      }
      lookIn(watch, ms);
      return;
    }
    pauses.end(agentId);
    watch.tries = 0;
    deps.onKept(agentId);
    if (result?.state === 'more') enqueue(watch);
    else if (watch.isAskedAgain) {
      if (!watch.timer) lookIn(watch, pace.quietMs);
      await consider(watch);
    } else if (!watch.timer) watches.delete(keyOf(watch));
  }

  async function consider(watch: Watch): Promise<void> {
    const unseen = await listNew(deps, watch);
    if (unseen.length >= pace.messages && unseen.some(({ isOfPerson }) => isOfPerson)) enqueue(watch);
  }

  return {
    observe({ agentId, channelId }) {
      if (stopping.signal.aborted || !findModel(agentId)) return;
      const key = keyOf({ agentId, channelId });
      const known = watches.get(key);
      // The next thing that is said there is another chance.
      if (!known && watches.size >= mostWatched) return;
      const watch: Watch = known ?? { agentId, channelId, state: 'idle', isAskedAgain: false, tries: 0 };
      watches.set(key, watch);
      if (watch.state === 'running') watch.isAskedAgain = true;
      lookIn(watch, pace.quietMs);
      consider(watch).catch((err) => logger.error({ err, agentId, channelId }, 'the search for facts failed'));
    },
    async stop() {
      stopping.abort();
      for (const { timer } of watches.values()) clearTimeout(timer);
      queue.length = 0;
      await Promise.all(running);
    },
  };
}

const keyOf = ({ agentId, channelId }: Place): string => `${agentId} ${channelId}`;
