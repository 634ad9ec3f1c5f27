/** What the host hears of a runtime while it works: actions, tokens, and models. Each is of the turn it was called in. */
import type { Core, Runtime } from '../core.ts';
import { log, send } from '../line.ts';
import { readActions } from './content.ts';
import { type TurnScope, turnScope } from './scope.ts';

/** Talk, not deeds: they have no card, and a turn with nothing else may run again. */
const talk = new Set(['REPLY', 'IGNORE', 'NONE']);

const maxOutput = 4_000;

type Payload = { readonly [key: string]: unknown };

export function hookRuntime(core: Core, runtime: Runtime): void {
  runtime.registerEvent('ACTION_STARTED', async (payload) => {
    const scope = turnScope.getStore();
    if (scope) await beginAction(scope, fieldsOf(payload.content));
  });
  runtime.registerEvent('ACTION_COMPLETED', async (payload) => {
    const scope = turnScope.getStore();
    if (scope) await endAction(scope, fieldsOf(payload.content));
  });
  runtime.registerEvent('MODEL_USED', async (payload) => {
    const usage = readUsage(payload);
    const scope = turnScope.getStore();
    if (usage === undefined) return;
    if (scope && !scope.isClosed) await scope.tell({ type: 'usage', ...usage });
    else send({ type: 'usage', usage: { agentId: runtime.agentId, ...usage } });
  });
  hookModels(core, runtime);
  hookEvaluation(runtime);
}

async function beginAction(scope: TurnScope, content: Payload): Promise<void> {
  // Whoever cancelled does not want what has not begun.
  scope.signal.throwIfAborted();
  const [action = ''] = readActions(content.actions);
  const id = String(content.actionId ?? '');
  if (talk.has(action.toUpperCase()) || id === '') return;
  scope.openCards.set(id, action);
  scope.hasActed = true;
  // The parent knows of the action before it does anything: a turn that dies in it must not run again.
  await scope.tellAndWait({ type: 'card', id, action, status: 'executing' });
  scope.signal.throwIfAborted();
}

async function endAction(scope: TurnScope, content: Payload): Promise<void> {
  const id = String(content.actionId ?? '');
  const action = scope.openCards.get(id);
  if (action === undefined) return;
  scope.openCards.delete(id);
  const status = content.actionStatus === 'failed' ? 'failed' : 'completed';
  await scope.tell({ type: 'card', id, action, status, output: readOutput(content) });
}

function readOutput({ text, actionResult }: Payload): string {
  const { text: said, error } = fieldsOf(actionResult);
  const words = [said, text, error instanceof Error ? error.message : error].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return String(words ?? '').slice(0, maxOutput);
}

function readUsage({ tokens, type, model }: Payload) {
  const { prompt, completion, input, output } = fieldsOf(tokens);
  const inputTokens = toCount(prompt ?? input);
  const outputTokens = toCount(completion ?? output);
  if (inputTokens + outputTokens === 0) return undefined;
  const name = typeof model === 'string' ? model : typeof type === 'string' ? type : undefined;
  return { inputTokens, outputTokens, ...(name !== undefined && { model: name }) };
}

const toCount = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.round(value) : 0);

const fieldsOf = (value: unknown): Payload => (typeof value === 'object' && value !== null ? (value as Payload) : {});

/** A cancelled turn calls no model any more, and one that streams stops: core takes a signal there, but has no way to give it. */
function hookModels(core: Core, runtime: Runtime): void {
  const useModel = runtime.useModel.bind(runtime);
  runtime.useModel = async (model, ...rest) => {
    const scope = turnScope.getStore();
    if (!scope) return useModel(model, ...rest);
    scope.signal.throwIfAborted();
    const streaming = core.getStreamingContext?.();
    if (streaming && streaming.abortSignal === undefined) streaming.abortSignal = scope.signal;
    try {
      const result = await useModel(model, ...rest);
      scope.signal.throwIfAborted();
      return result;
    } catch (error) {
      scope.modelError = error;
      throw error;
    }
  };
}

/** Core evaluates when everything is said and done, mostly with a model of its own: nobody must wait for that. */
function hookEvaluation(runtime: Runtime): void {
  const evaluate = runtime.evaluate.bind(runtime);
  runtime.evaluate = (message, state, didRespond, callback, responses) => {
    const scope = turnScope.getStore();
    // An action may evaluate something too, in the middle of the turn.
    if (scope && scope.openCards.size === 0) {
      const responseContent = Array.isArray(responses) && responses.length > 0;
      scope.whole.resolve({ didRespond, responseContent });
    }
    return evaluate(message, state, didRespond, callback, responses);
  };
}

/** An action that threw gets no event. */
export async function settleCards(scope: TurnScope): Promise<void> {
  for (const [id, action] of scope.openCards)
    await scope.tell({ type: 'card', id, action, status: 'failed', output: 'it failed' });
  if (scope.openCards.size > 0) log('debug', `${scope.openCards.size} actions did not end`);
  scope.openCards.clear();
}
