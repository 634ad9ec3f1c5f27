/**
 * Tokens that models use. Plugins report them in an event; what they stream, most report only beside the stream, where core
 * does not look.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Runtime } from '../core.ts';
import { send } from '../line.ts';
import { turnScope } from './scope.ts';

type Fields = { readonly [key: string]: unknown };
type Usage = { readonly inputTokens: number; readonly outputTokens: number; readonly model?: string };

/** The call of a model that is under way: whether its plugin has reported it. */
const modelCall = new AsyncLocalStorage<{ isReported: boolean }>();

export function countUsage(runtime: Runtime): void {
  runtime.registerEvent('MODEL_USED', async ({ tokens, type, model }) => {
    const usage = readUsage(tokens, model ?? type);
    const call = modelCall.getStore();
    if (call) call.isReported = true;
    if (usage) await report(runtime, usage);
  });
  const getModel = runtime.getModel.bind(runtime);
  runtime.getModel = (kind) => {
    const handler = getModel(kind);
    if (!handler) return undefined;
    return (forRuntime, params) => {
      const call = { isReported: false };
      return modelCall.run(call, async () => {
        const result = await handler(forRuntime, params);
        const { textStream, usage } = fieldsOf(result);
        // It is known when the stream has ended; one that breaks off rejects, which the stream says as well.
        if (textStream && usage instanceof Promise)
          usage.then(
            (tokens) => (call.isReported ? undefined : report(runtime, readUsage(tokens, kind))),
            () => {},
          );
        return result;
      });
    };
  };
}

async function report(runtime: Runtime, usage: Usage | undefined): Promise<void> {
  if (!usage) return;
  const scope = turnScope.getStore();
  if (scope && !scope.isClosed) await scope.tell({ type: 'usage', ...usage });
  else send({ type: 'usage', usage: { agentId: runtime.agentId, ...usage } });
}

/** The names of the reference's events, and those of the AI SDK's versions. */
function readUsage(tokens: unknown, model: unknown): Usage | undefined {
  const { prompt, completion, input, output, promptTokens, completionTokens, inputTokens, outputTokens } =
    fieldsOf(tokens);
  const used = {
    inputTokens: toCount(prompt ?? input ?? promptTokens ?? inputTokens),
    outputTokens: toCount(completion ?? output ?? completionTokens ?? outputTokens),
  };
  if (used.inputTokens + used.outputTokens === 0) return undefined;
  return { ...used, ...(typeof model === 'string' && { model }) };
}

const toCount = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.round(value) : 0);

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
