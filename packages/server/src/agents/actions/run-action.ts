/**
 * Makes the `Action` that the turn runs of what a plugin writer defined: input checked, time and output bounded, and
 * whatever is thrown told to the model.
 */
import { z } from 'zod';
import type { Logger } from '../../observability/logger.ts';
import type { JsonSchema } from '../models/model.ts';
import type { Action, ActionContext, ActionOutcome } from './action.ts';
import { toApproval } from './approval.ts';
import type { ActionDefinition } from './define-action.ts';
import { createFailure, createOutcome } from './outcome.ts';

const defaultTimeoutMs = 60_000;

/** How long an action may tidy up after its signal aborted, before it is left behind. */
const graceMs = 500;

/** Most faults of an input that a model is shown. */
const maxFaults = 20;

/** The schema as JSON Schema, for a model: of what goes in, before defaults. Throws for a type that JSON has not. */
export function toJsonSchema(parameters: z.ZodObject): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { target: 'draft-7', io: 'input' });
  // Through text: what zod gives has hidden properties, and a port takes plain JSON.
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** The action behind a definition. Throws for parameters that have no JSON Schema. */
export function toAction(definition: ActionDefinition, logger: Logger): Action {
  const { name, description, approval } = definition;
  const parameters = toJsonSchema(definition.parameters);
  return {
    name,
    description,
    parameters,
    ...(approval && { approval: toApproval(definition, approval === true ? {} : approval) }),
    async run(input, context) {
      try {
        const parsed = await definition.parameters.safeParseAsync(input);
        if (!parsed.success) return createFailure(describeFaults(parsed.error));
        return await runBounded(definition, parsed.data, context, logger);
      } catch (error) {
        // Only a schema's own refinement gets here.
        return tellThrown(error, name, logger);
      }
    },
  };
}

async function runBounded(
  definition: ActionDefinition,
  input: Record<string, unknown>,
  context: ActionContext,
  logger: Logger,
): Promise<ActionOutcome> {
  const { name, timeoutMs = defaultTimeoutMs } = definition;
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new DOMException('The time is over.', 'TimeoutError')), timeoutMs);
  const signal = AbortSignal.any([context.signal, own.signal]);
  const stopped = (): ActionOutcome =>
    createFailure(
      own.signal.aborted
        ? `${name} took longer than ${timeoutMs} ms and was stopped. It is not known what it has done.`
        : `${name} was cancelled. It is not known what it has done.`,
    );
  if (context.signal.aborted) {
    clearTimeout(timer);
    return createFailure(`${name} was cancelled before it began.`);
  }
  const left = waitForEnd(signal).then(stopped);
  // In a `then`, so that a throw before the first await is no different from one after it.
  const done = Promise.resolve()
    .then(() => definition.run(input, { ...context, signal }))
    .then(
      (returned) => toOutcome(returned, name),
      (error: unknown) => (signal.aborted ? stopped() : tellThrown(error, name, logger)),
    )
    .catch((error: unknown) => tellThrown(error, name, logger));
  try {
    return await Promise.race([done, left]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves some time after the signal aborted; what was returned meanwhile still counts. */
function waitForEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => setTimeout(resolve, graceMs), { once: true });
  });
}

/** What an action gave back, as its outcome. An object counts as an answer when all its keys are an answer's. */
function toOutcome(returned: Awaited<ReturnType<ActionDefinition['run']>>, name: string): ActionOutcome {
  if (returned === undefined) return createOutcome(`${name} is done.`);
  if (typeof returned === 'string') return createOutcome(returned);
  if (!isAnswer(returned)) return createOutcome(toText(returned));
  const { text, data, attachments = [] } = returned;
  const parts = [...(text ? [text] : []), ...(data === undefined ? [] : [toText(data)])];
  return createOutcome(parts.length > 0 ? parts.join('\n') : `${name} is done.`, [...attachments]);
}

function isAnswer(value: unknown): value is { text?: string; data?: unknown; attachments?: readonly unknown[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => !['text', 'data', 'attachments'].includes(key))) return false;
  const { text, attachments } = value as Record<string, unknown>;
  const isText = text === undefined || typeof text === 'string';
  return isText && (attachments === undefined || Array.isArray(attachments));
}

/** Throws for what JSON cannot hold, such as a circle or a function. */
function toText(data: unknown): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  if (text === undefined) throw new TypeError(`It returned a ${typeof data}, which is not JSON.`);
  return text;
}

function describeFaults({ issues }: z.ZodError): string {
  const lines = issues
    .slice(0, maxFaults)
    .map(({ path, message }) => `- ${path.join('.') || '(the input)'}: ${message}`);
  const more = issues.length > maxFaults ? [`- and ${issues.length - maxFaults} more`] : [];
  return ['The input does not fit:', ...lines, ...more, 'Mend it and call again.'].join('\n');
}

/** The model is told the message; the log gets where it was thrown, but no message: that may quote the input. */
function tellThrown(error: unknown, name: string, logger: Logger): ActionOutcome {
  const isReal = error instanceof Error;
  const frames = isReal ? String(error.stack ?? '').match(/^ {4}at .*$/gm) : null;
  logger.warn(
    { action: name, error: isReal ? error.name : typeof error, stack: frames?.join('\n') },
    'an action failed',
  );
  const message = isReal ? error.message : typeof error === 'string' ? error : '';
  return createFailure(`${name} failed${message ? `: ${message}` : '.'}`);
}
