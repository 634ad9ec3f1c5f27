/** Uses of models that wait for their result. */
import type { FromHost, Json } from '../link.ts';
import type { Send } from './running-turn.ts';

export type ModelUse = { readonly agentId: string; readonly model: string; readonly params: Json };

export type ModelUses = {
  begin(host: Send, use: ModelUse, signal: AbortSignal): Promise<Json>;
  take(message: Extract<FromHost, { type: 'used' }>): void;
  failAll(reason: string): void;
};

export function createModelUses(): ModelUses {
  const waiting = new Map<number, { resolve(result: Json): void; reject(error: Error): void }>();
  let last = 0;

  return {
    begin(host, use, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Json>();
      last += 1;
      const id = last;
      const abort = () => {
        waiting.delete(id);
        reject(new Error('it was cancelled'));
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.set(id, { resolve, reject });
      host({ type: 'use-model', id, ...use });
      return promise.finally(() => signal.removeEventListener('abort', abort));
    },
    take({ id, result, error }) {
      const use = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) use?.resolve(result ?? null);
      else use?.reject(new Error(error));
    },
    failAll(reason) {
      for (const use of waiting.values()) use.reject(new Error(reason));
      waiting.clear();
    },
  };
}
