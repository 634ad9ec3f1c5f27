/**
 * The `Model` port: what an agent thinks with. The built-in Eliza and every provider behind the AI SDK implement it;
 * the turn (stop 6 of the walk) is its only caller.
 */
import type { ErrorCode } from 'elizad-protocol';

/** Any JSON, as a tool takes it and gives it back. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A schema of JSON Schema draft 7 for an object. */
export type JsonSchema = { readonly [key: string]: Json };

/**
 * A file for a model that can look at it; one that cannot is told that it was there. Without `data` it is only named. At
 * an address it is fetched by the provider, never by this server.
 */
export type ModelFile = { readonly mediaType: string; readonly data?: Uint8Array | URL; readonly name?: string };

/** Something that the model wants done. `input` is what it wrote, checked by nobody yet. */
export type ModelCall = { readonly id: string; readonly name: string; readonly input: Json };

/** What came of a call, in words for the model. */
export type ModelCallResult = {
  readonly id: string;
  readonly name: string;
  readonly output: string;
  readonly isError: boolean;
};

/** `native` is what the model gave with its `finish`, handed back as it was, to the same model or to another. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string; readonly name?: string; readonly files?: readonly ModelFile[] }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls?: readonly ModelCall[];
      readonly native?: Json;
    }
  | { readonly role: 'tool'; readonly results: readonly ModelCallResult[] };

/** Something that the model may call. Names are letters, digits, `_` and `-`, at most 64. */
export type ModelTool = {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  /** Whether what is written must fit the schema; where nothing is said, as the provider has it. */
  readonly isStrict?: boolean;
};

/** Whether a model may, must not or must call, or which tool it must. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly tool: string };

/** The answer is JSON, of this shape where there is a schema, not words for people. */
export type ModelOutput = {
  readonly name?: string;
  readonly description?: string;
  readonly schema?: JsonSchema;
  /** As of a tool. */
  readonly isStrict?: boolean;
};

export type ModelRequest = {
  /** Who the agent is; a model that has its own script ignores it. */
  readonly system: string;
  /** The conversation, oldest first; the last one is what must be answered, or the results of the calls before it. */
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ModelTool[];
  /** Default `auto`; without tools it says nothing. */
  readonly toolChoice?: ToolChoice;
  readonly output?: ModelOutput;
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
  /** What else tunes a model; one that does not know some of it passes that over. */
  readonly sampling?: {
    readonly topP?: number;
    readonly stopSequences?: readonly string[];
    readonly seed?: number;
    readonly presencePenalty?: number;
    readonly frequencyPenalty?: number;
  };
};

export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'call'; readonly call: ModelCall }
  | {
      readonly type: 'finish';
      readonly reason: 'stop' | 'calls' | 'length' | 'content-filter' | 'other';
      readonly inputTokens?: number;
      readonly outputTokens?: number;
      /** What the provider wants to see again when the calls have been made, such as signed reasoning. */
      readonly native?: Json;
      /** The name of the model that answered, when a fallback took the place of the one that was asked. */
      readonly model?: string;
    }
  | { readonly type: 'failure'; readonly code: ErrorCode; readonly detail?: string; readonly retryAfterMs?: number };

/**
 * Contract: `stream` never throws and its iterator never rejects; a failure is a part. The last part is exactly one
 * `finish` or one `failure`, and nothing follows it. When `signal` aborts, the iterator ends within 100 ms, without a
 * last part, and every socket it opened is closed. It may be called many times at once and keeps no state between
 * calls. `detail` is for the log: the provider's words, never a key and never the text of a message. A `finish` for
 * `calls` comes after at least one `call`. A model that takes neither tools nor `output` answers in words.
 */
export type Model = {
  /** As it is shown to people, for example `eliza-1966` or `openai/gpt-5-mini`. */
  readonly name: string;
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
};
