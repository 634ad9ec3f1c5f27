/** The parts of a model's answer, whatever the model does. */
import type { Model, ModelPart, ModelRequest } from './model.ts';
import { listenForAbort } from './until-aborted.ts';

/** The model's parts, until the signal aborts: a model that does not stop is left behind, one that throws has failed. */
export async function* streamParts(
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  const iterator = model.stream(request, signal)[Symbol.asyncIterator]();
  const untilAborted = listenForAbort(signal);
  try {
    for (;;) {
      const next = await untilAborted.wait(iterator.next());
      if (next === 'aborted' || next.done) return;
      yield next.value;
    }
  } catch (error) {
    yield { type: 'failure', code: 'answer-failed', detail: (error as Error).name };
  } finally {
    untilAborted.stop();
    // Not awaited: a model that hangs must not hold the turn.
    iterator.return?.().catch(() => {});
  }
}
