/**
 * The `Runner` port: what makes the answer of a turn that may begin (stop 6 of the walk). The built-in one asks the agent's
 * model (thinking/thinking.ts). Queue, timeout, cancel, breaker, budgets, trace and end are the turn's, whoever runs it.
 */
import type { Attachment } from 'elizad-protocol';
import type { RunningTurn } from './running-turn.ts';
import type { Verdict } from './turn-progress.ts';

/** What comes of a turn while it runs. */
export type Part =
  /** A piece of the text that is being said. */
  | { readonly type: 'chunk'; readonly text: string }
  /**
   * A whole message: what was streamed before it was its beginning. The last one is the answer of the turn; an earlier one
   * is a message of its own as soon as another one begins.
   */
  | {
      readonly type: 'said';
      readonly text: string;
      readonly thought: string | null;
      readonly actions: readonly string[];
      readonly attachments: readonly Attachment[];
    }
  | { readonly type: 'thought'; readonly text: string }
  /** An action begins, by the id of its call. */
  | { readonly type: 'card'; readonly id: string; readonly action: string; readonly status: 'executing' }
  /** An action has ended; `output` is its result in words. */
  | {
      readonly type: 'card';
      readonly id: string;
      readonly action: string;
      readonly status: 'completed' | 'failed';
      readonly output: string;
      readonly attachments?: readonly Attachment[];
    }
  /** Tokens that a model took and gave. `model` where it is another one than the agent's own. */
  | {
      readonly type: 'usage';
      readonly inputTokens?: number | undefined;
      readonly outputTokens?: number | undefined;
      readonly model?: string | undefined;
    }
  /** The people of the room are asked whether an action may run; the turn is left as `waiting`. */
  | {
      readonly type: 'question';
      readonly callId: string;
      readonly action: string;
      readonly question: string;
      readonly timeoutMs: number;
      readonly otherwise: 'approve' | 'deny';
    };

/**
 * Takes a part. False: no more is heard. The turn has ended, or, after a `chunk` or a `said`, the answer is too long. A card is on
 * disk when its promise resolves.
 */
export type Tell = (part: Part) => boolean | Promise<boolean>;

/**
 * Contract: `run` ends within a second after `of.signal` aborts, and never rejects because of a model, an action or a project. Parts
 * are told one at a time, in their order. A turn that a crash broke off is run again with what was saved of its work.
 */
export type Runner = {
  run(of: RunningTurn, tell: Tell): Promise<Verdict | 'waiting'>;
};
