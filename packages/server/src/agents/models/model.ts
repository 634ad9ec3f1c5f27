/**
 * The `Model` port: what an agent thinks with. The built-in Eliza and every provider behind the AI SDK implement it;
 * the turn (stop 6 of the walk) is its only caller.
 */
import type { ErrorCode } from 'elizad-protocol';

export type ModelMessage = { readonly role: 'user' | 'assistant'; readonly text: string; readonly name?: string };

export type ModelRequest = {
  /** Who the agent is; a model that has its own script ignores it. */
  readonly system: string;
  /** The conversation, oldest first; the last one is what must be answered. */
  readonly messages: readonly ModelMessage[];
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
};

export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'length' | 'content-filter' | 'other';
      readonly inputTokens?: number;
      readonly outputTokens?: number;
    }
  | { readonly type: 'failure'; readonly code: ErrorCode; readonly detail?: string; readonly retryAfterMs?: number };

/**
 * Contract: `stream` never throws and its iterator never rejects; a failure is a part. The last part is exactly one
 * `finish` or one `failure`, and nothing follows it. When `signal` aborts, the iterator ends within 100 ms, without a
 * last part, and every socket it opened is closed. It may be called many times at once and keeps no state between
 * calls. `detail` is for the log: the provider's words, never a key and never the text of a message.
 */
export type Model = {
  /** As it is shown to people, for example `eliza-1966` or `openai/gpt-5-mini`. */
  readonly name: string;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
};
