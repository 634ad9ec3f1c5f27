/**
 * The `Hook` port: a plugin that is asked before a turn begins (stop 6 of the walk) and told how it ended. Whatever a hook
 * does, the turn goes on: one that throws or is slow is logged and passed over.
 */
import type { Outcome } from 'elizad-protocol';
import type { Logger } from '../../observability/logger.ts';
import type { ActionContext } from '../actions/action.ts';

/** The turn that a hook is asked about; `signal` aborts when nobody waits for the hook any more. */
export type HookedTurn = ActionContext;

/** How a turn ended, and what the agent said: empty when it said nothing. */
export type EndedTurn = HookedTurn & { readonly outcome: Outcome; readonly text: string };

/** The turn shall not begin. `reason` is for the log. */
export type Veto = { readonly skip: true; readonly reason?: string };

/**
 * Contract: both may throw, and both have five seconds. Hooks are asked in the order of the config, one after the other,
 * until one vetoes; all are told of the end, at once, also of a turn that was vetoed. A turn that is begun again after a
 * crash is asked about again. So `beforeTurn` is no lock: when it fails, the turn begins.
 */
export type Hook = {
  // biome-ignore-start lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing.
  beforeTurn?(turn: HookedTurn): Veto | undefined | void | Promise<Veto | undefined | void>;
  afterTurn?(turn: EndedTurn): void | Promise<void>;
  // biome-ignore-end lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing.
};

/** A hook with the name of its plugin, for the log. */
export type NamedHook = { readonly plugin: string; readonly hook: Hook };

export type HookDeps = { readonly hooks: readonly NamedHook[]; readonly logger: Logger; readonly timeoutMs?: number };

/** What the hooks say to a turn; a veto names its plugin. */
export type Permission =
  | { readonly skip: false }
  | { readonly skip: true; readonly plugin: string; readonly reason?: string };

const hookTimeoutMs = 5_000;
const maxReasonCharacters = 500;

/** Asks the hooks whether the turn may begin. Never rejects; ends as soon as the turn's own signal aborts. */
export async function runBeforeTurn(deps: HookDeps, turn: HookedTurn): Promise<Permission> {
  for (const { plugin, hook } of deps.hooks) {
    if (!hook.beforeTurn || turn.signal.aborted) continue;
    const answer = await runHook(deps, plugin, turn.signal, (signal) => hook.beforeTurn?.({ ...turn, signal }));
    if (!isVeto(answer)) continue;
    const reason = typeof answer.reason === 'string' ? answer.reason.slice(0, maxReasonCharacters) : undefined;
    return { skip: true, plugin, ...(reason && { reason }) };
  }
  return { skip: false };
}

/** Tells the hooks how the turn ended. Never rejects; resolves when all have seen it, or after five seconds. */
export async function runAfterTurn(deps: HookDeps, turn: EndedTurn): Promise<void> {
  // Not with the turn's own signal: that is aborted for the very turns that hooks want to hear of.
  const { signal } = new AbortController();
  await Promise.all(
    deps.hooks.map(({ plugin, hook }) =>
      hook.afterTurn ? runHook(deps, plugin, signal, (own) => hook.afterTurn?.({ ...turn, signal: own })) : undefined,
    ),
  );
}

async function runHook(
  { logger, timeoutMs = hookTimeoutMs }: HookDeps,
  plugin: string,
  turnSignal: AbortSignal,
  run: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  const own = new AbortController();
  const signal = AbortSignal.any([turnSignal, own.signal]);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    timer = setTimeout(() => {
      logger.warn({ plugin, timeoutMs }, 'a hook took too long and was skipped');
      own.abort(new DOMException('The time is over.', 'TimeoutError'));
    }, timeoutMs);
  });
  const done = Promise.resolve()
    .then(() => run(signal))
    .catch((error: unknown) => {
      // No message: it may quote what was said.
      const frames = error instanceof Error ? String(error.stack ?? '').match(/^ {4}at .*$/gm) : null;
      const name = error instanceof Error ? error.name : typeof error;
      if (!signal.aborted) logger.warn({ plugin, error: name, stack: frames?.join('\n') }, 'a hook failed');
      return undefined;
    });
  try {
    return await Promise.race([done, over]);
  } finally {
    clearTimeout(timer);
  }
}

const isVeto = (answer: unknown): answer is Veto =>
  typeof answer === 'object' && answer !== null && 'skip' in answer && answer.skip === true;
