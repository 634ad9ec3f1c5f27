/**
 * What a plugin writer writes: an action with a zod schema for its input, from which the types of `run` come.
 * run-action.ts makes the `Action` of it that the turn runs.
 */
import type { Attachment } from 'elizad-protocol';
import type { z } from 'zod';
import type { Json } from '../models/model.ts';
import type { ActionContext } from './action.ts';

/** An answer with parts: words for the model, data for it (whatever JSON can hold), and files for the room. */
export type ActionAnswer = {
  readonly text?: string;
  readonly data?: unknown;
  readonly attachments?: readonly Attachment[];
};

/** What `run` may give back; nothing at all tells the model that it is done. */
export type ActionReturn = Json | ActionAnswer | undefined;

/** A method's type, so that one list may hold actions of different inputs. */
type Ask<Input> = { ask(input: Input): string }['ask'];

/** How a person is asked before the action runs. */
export type ApprovalDefinition<Input> = {
  /** What the person reads; without it, the name of the action and its input. */
  readonly question?: string | Ask<Input>;
  /** How long the answer may take, in ms; an hour without it. */
  readonly timeoutMs?: number;
  /** What silence means; `deny` without it. */
  readonly otherwise?: 'approve' | 'deny';
};

export type ActionDefinition<Parameters extends z.ZodObject = z.ZodObject> = {
  /** Letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  /** For the model: what it does, and when to use it. */
  readonly description: string;
  /** `z.object({ … })`; `.describe()` of its fields is shown to the model. */
  readonly parameters: Parameters;
  /** Whether a person must agree before each run. */
  readonly approval?: boolean | ApprovalDefinition<z.output<Parameters>>;
  /** Longest time of one run, in ms; 60,000 without it. */
  readonly timeoutMs?: number;
  /** May throw: the error's message is told to the model. Should stop when `context.signal` aborts. */
  run(
    input: z.output<Parameters>,
    context: ActionContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return has this type, and it is welcome.
  ): ActionReturn | void | Promise<ActionReturn | void>;
};

/** Gives back what it gets; it is here for the types. Nothing is registered: an action works where a config lists it. */
export function defineAction<Parameters extends z.ZodObject>(
  definition: ActionDefinition<Parameters>,
): ActionDefinition<Parameters> {
  return definition;
}
