/** An answer in OpenAI's form, piece by piece: its chunks, its usage, its last event, and what went wrong on the way. */
import type { ElizadError } from 'elizad-protocol';
import type { StreamEvent } from '../http/event-stream.ts';
import type { countUsage } from './answering.ts';
import { toOpenaiFailure } from './failure.ts';

type Usage = Awaited<ReturnType<typeof countUsage>>;

export const toFailureEvent = (error: ElizadError): StreamEvent => ({ data: toOpenaiFailure(error) });

/** `head` is in each chunk. */
export function createChunks(head: object, hasUsage: boolean) {
  const toChunk = (choices: unknown[], usage: Usage | null = null): StreamEvent => ({
    data: { ...head, object: 'chat.completion.chunk', choices, ...(hasUsage && { usage }) },
  });
  const say = (index: number, delta: object, finish_reason: string | null = null): StreamEvent =>
    toChunk([{ index, delta, logprobs: null, finish_reason }]);
  return {
    say,
    begin: (index: number) => say(index, { role: 'assistant', content: '', refusal: null }),
    end: (usage: Usage): StreamEvent[] => [...(hasUsage ? [toChunk([], usage)] : []), { data: '[DONE]' }],
  };
}
