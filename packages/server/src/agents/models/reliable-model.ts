/**
 * A model that does not give up at the first failure: it tries again what may pass, and then asks the fallbacks of the
 * character. Only as long as nothing has been said: a half-said answer is never restarted.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Model, ModelPart, ModelRequest } from './model.ts';

export type ReliableModelOptions = {
  readonly name: string;
  /** The first is the one that is wanted, the others take its place in their order; at least one. */
  readonly models: readonly Model[];
  /** Times that each of them is asked, at most. */
  readonly attempts: number;
  readonly log?: { warn(fields: object, message: string): void };
  /** First wait before the same model is asked again, in ms: doubled each time, up to 8 s. Default 500. */
  readonly backoffMs?: number;
};

type Failure = Extract<ModelPart, { type: 'failure' }>;

/** What may be gone a moment later. Not a wrong key or a wrong name, and not what a provider refuses. */
const passing = new Set<Failure['code']>([
  'model-overloaded',
  'model-rate-limited',
  'model-unreachable',
  'model-cut',
  'model-empty',
]);

const longestBackoffMs = 8_000;

/** A provider that asks for more is not waited for: somebody is waiting for the answer. */
const longestWaitMs = 20_000;

/**
 * Makes one model of several. When all have failed, the failure of the first is told: it is the one that whoever runs
 * the server has chosen, and can mend.
 */
export function createReliableModel(options: ReliableModelOptions): Model {
  return { name: options.name, stream: (request, signal) => streamParts(options, request, signal) };
}

async function* streamParts(
  options: ReliableModelOptions,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  const { models, attempts, backoffMs = 500 } = options;
  let first: Failure | undefined;
  for (const [at, model] of models.entries()) {
    const next = models[at + 1]?.name;
    for (let attempt = 1; ; attempt++) {
      let failure: Failure | undefined;
      let isSilent = true;
      for await (const part of model.stream(request, signal)) {
        if (part.type === 'failure' && isSilent) failure = part;
        else yield part.type === 'finish' && at > 0 ? { ...part, model: model.name } : part;
        isSilent = false;
      }
      if (!failure || signal.aborted) return;
      const waitMs = attempt < attempts ? planWait(failure, attempt, backoffMs) : undefined;
      tell(options, failure, { model: model.name, attempt, waitMs, next: waitMs === undefined ? next : model.name });
      if (waitMs === undefined) {
        first ??= failure;
        break;
      }
      if (!(await isWaitedFor(waitMs, signal))) return;
    }
  }
  if (first) yield first;
}

/** How long until the same model is asked again, in ms; nothing where it is not. Providers' own wishes win. */
function planWait({ code, retryAfterMs }: Failure, attempt: number, backoffMs: number): number | undefined {
  if (!passing.has(code) || (retryAfterMs ?? 0) > longestWaitMs) return undefined;
  // Spread, because everybody who was refused together would else come back together.
  if (retryAfterMs) return Math.round(retryAfterMs * (1 + Math.random() / 4));
  return Math.round(Math.min(backoffMs * 2 ** (attempt - 1), longestBackoffMs) * (0.5 + Math.random() / 2));
}

/** False as soon as the signal aborts. */
async function isWaitedFor(ms: number, signal: AbortSignal): Promise<boolean> {
  return wait(ms, true, { signal }).catch(() => false);
}

type Step = { model: string; attempt: number; waitMs: number | undefined; next: string | undefined };

/** One line for each time that something else is tried; the end of it all is told by whoever asked. */
function tell({ name, models, log }: ReliableModelOptions, { code, detail }: Failure, step: Step): void {
  if (step.next === undefined && step.model === models[0]?.name) return;
  const { waitMs = 0, ...fields } = step;
  const retry = step.next === step.model ? 'the model is asked again' : 'another model is asked in its place';
  const message = step.next === undefined ? 'the last fallback failed too' : retry;
  log?.warn({ wanted: name, code, detail, ...fields, waitMs }, message);
}
