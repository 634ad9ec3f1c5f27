/**
 * The turn that code of the project runs for. Core keeps no turn that its events and models could name, and many run at
 * once: the turn is found by what was called from where.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type ProjectPart, partsUnderWay } from '../../link.ts';
import { send } from '../line.ts';

export type TurnScope = {
  readonly turnId: string;
  readonly signal: AbortSignal;
  /** Sends a part; resolves when the next one may come. */
  tell(part: ProjectPart): Promise<void>;
  /** Sends a part; resolves when it, and every part before it, was taken. */
  tellAndWait(part: ProjectPart): Promise<void>;
  /** The parent has taken parts. */
  taken(count: number): void;
  cancel(): void;
  /** Nothing more is sent. */
  close(): void;
  readonly isClosed: boolean;
  /** Everything is said and done; what is left is the agent's own thinking about it. */
  readonly whole: PromiseWithResolvers<Outcome>;
  /** Actions that have begun and not ended, by the id of the card. */
  readonly openCards: Map<string, string>;
  hasSaid: boolean;
  hasActed: boolean;
  /** What a model threw last: tells its failures from those of other code. */
  modelError?: unknown;
};

/** What core knows of its own answer. */
export type Outcome = { readonly didRespond?: unknown; readonly responseContent?: unknown };

export const turnScope = new AsyncLocalStorage<TurnScope>();

export function createScope(turnId: string): TurnScope {
  const controller = new AbortController();
  const { signal } = controller;
  let isClosed = false;
  let underWay = 0;
  let waiting: (() => void)[] = [];

  const wake = (): void => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const waitUntil = async (isFree: () => boolean): Promise<void> => {
    while (!isClosed && !signal.aborted && !isFree()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const post = (part: ProjectPart): void => {
    if (isClosed || signal.aborted) return;
    underWay += 1;
    send({ type: 'part', turnId, part });
  };

  return {
    turnId,
    signal,
    openCards: new Map(),
    whole: Promise.withResolvers(),
    get isClosed() {
      return isClosed;
    },
    hasSaid: false,
    hasActed: false,
    async tell(part) {
      await waitUntil(() => underWay < partsUnderWay);
      post(part);
    },
    async tellAndWait(part) {
      await waitUntil(() => underWay < partsUnderWay);
      post(part);
      await waitUntil(() => underWay === 0);
    },
    taken(count) {
      underWay = Math.max(0, underWay - count);
      wake();
    },
    cancel() {
      controller.abort();
      wake();
    },
    close() {
      isClosed = true;
      wake();
    },
  };
}
