/**
 * An agent's models, asked without a room and without a turn, for programs that lead the conversation themselves. Nothing
 * is kept. Of each model as many are under way as turns may be; some more wait for a place.
 */
import { ElizadError } from 'elizad-protocol';
import type { Logger } from '../observability/logger.ts';
import type { Agent } from './characters/roster.ts';
import type { ModelPart, ModelRequest } from './models/model.ts';
import { streamParts } from './models/stream-parts.ts';

/** A part of one of several answers. */
export type DirectPart = { readonly index: number; readonly part: ModelPart };

export type DirectAnswers = {
  /**
   * Asks the agent's model so many times, side by side. Ends early, without all their last parts, when `signal` aborts.
   * Throws `too-many-answers` at once.
   */
  ask(agent: Agent, request: ModelRequest, count: number, signal: AbortSignal): AsyncGenerator<DirectPart>;
  /**
   * Does something else, within bounds of its own for each `place`: what hangs there holds up nothing at another. Rejects
   * with `too-many-answers`, or the signal's reason.
   */
  run<T>(place: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing is under way, or after so long. */
  drain(timeoutMs: number): Promise<void>;
};

/** How many may wait for a place of a model. */
const mostWaiting = 100;

export function createDirectAnswers(logger: Logger, concurrency: number): DirectAnswers {
  const all = new Map<string, Places>();
  const placesAt = (key: string): Places => {
    const places = all.get(key) ?? createPlaces(concurrency, () => all.delete(key));
    all.set(key, places);
    return places;
  };

  async function* ask(agent: Agent, request: ModelRequest, count: number, signal: AbortSignal) {
    const hangUp = new AbortController();
    const whole = AbortSignal.any([signal, hangUp.signal]);
    const parts: DirectPart[] = [];
    let open = count;
    let wakeUp = () => {};
    const places = placesAt(agent.modelKey);
    const answer = async (index: number) => {
      const leave = await places.take(whole);
      if (leave) {
        for await (const part of streamParts(agent.model, request, whole)) {
          parts.push({ index, part });
          wakeUp();
        }
        leave();
      }
      open -= 1;
      wakeUp();
    };
    for (let index = 0; index < count; index++) void answer(index);
    try {
      for (;;) {
        const next = parts.shift();
        if (next) {
          tell(agent, next.part);
          yield next;
        } else if (open === 0) return;
        else
          await new Promise<void>((resolve) => {
            wakeUp = resolve;
          });
      }
    } finally {
      hangUp.abort();
    }
  }

  function tell({ id: agentId, name: agentName }: Agent, part: ModelPart): void {
    if (part.type === 'failure') {
      const { code, detail, retryAfterMs } = part;
      logger.warn({ agentId, agentName, code, detail, retryAfterMs }, 'the model failed');
    }
    if (part.type === 'finish') {
      const { inputTokens, outputTokens } = part;
      logger.debug({ agentId, agentName, inputTokens, outputTokens }, 'answered a program');
    }
  }

  return {
    ask(agent, request, count, signal) {
      placesAt(agent.modelKey).assertRoom(count);
      return ask(agent, request, count, signal);
    },
    async run(place, signal, work) {
      const places = placesAt(`aside ${place}`);
      places.assertRoom(1);
      const leave = await places.take(signal);
      if (!leave) throw signal.reason;
      return work().finally(leave);
    },
    async drain(timeoutMs) {
      await Promise.all([...all.values()].map((places) => places.drain(timeoutMs)));
    },
  };
}

type Places = ReturnType<typeof createPlaces>;

/** `onEmpty` is called when nobody has a place. */
function createPlaces(most: number, onEmpty: () => void) {
  const waiting = new Set<() => void>();
  let taken = 0;
  let onIdle = () => {};

  function leave(): void {
    taken -= 1;
    const [first] = waiting;
    if (first) first();
    else if (taken === 0) {
      onIdle();
      onEmpty();
    }
  }

  return {
    /** Throws `too-many-answers` where so many more can neither begin nor wait. */
    assertRoom(count: number): void {
      if (taken + waiting.size + count > most + mostWaiting)
        throw new ElizadError('too-many-answers', { retryAfterMs: 1_000 });
    },
    async drain(timeoutMs: number): Promise<void> {
      if (taken === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      onIdle = resolve;
      await promise;
      clearTimeout(timer);
    },
    /** Gives what ends the use of a place; nothing where the signal aborts before there is one. */
    take(signal: AbortSignal): Promise<(() => void) | undefined> {
      return new Promise((resolve) => {
        const settle = (given: (() => void) | undefined) => {
          waiting.delete(enter);
          signal.removeEventListener('abort', giveUp);
          resolve(given);
        };
        const enter = () => {
          taken += 1;
          settle(leave);
        };
        const giveUp = () => {
          settle(undefined);
          if (taken === 0 && waiting.size === 0) onEmpty();
        };
        if (signal.aborted) giveUp();
        else if (taken < most) enter();
        else {
          waiting.add(enter);
          signal.addEventListener('abort', giveUp);
        }
      });
    },
  };
}
