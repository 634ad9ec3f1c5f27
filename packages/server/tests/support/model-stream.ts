/** Reading a model's stream in a test: all of it, with a deadline. */
import { once } from 'node:events';
import type { Model, ModelPart, ModelRequest } from '../../src/agents/models/model.ts';

// Looks like no key, so that only knowing it can keep it out of a detail.
export const key = 'grandmas-kitchen';
export const secret = 'My PIN is 4711 and nobody may ever read it';
export const request: ModelRequest = {
  system: 'You are Ada.',
  messages: [{ role: 'user', text: secret }],
  maxOutputTokens: 50,
};

/** Every part of one stream, within 4 s. */
export async function collect(
  model: Model,
  signal = new AbortController().signal,
  asked = request,
): Promise<ModelPart[]> {
  const parts: ModelPart[] = [];
  const drain = async () => {
    for await (const part of model.stream(asked, signal)) parts.push(part);
    return parts;
  };
  return within(4000, drain(), 'the whole stream');
}

/** What a promise gives, or an error that says what did not come in time. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  const deadline = AbortSignal.timeout(ms);
  const late = once(deadline, 'abort').then(() => Promise.reject(new Error(`${what}: not within ${ms} ms`)));
  return Promise.race([promise, late]) as Promise<T>;
}
