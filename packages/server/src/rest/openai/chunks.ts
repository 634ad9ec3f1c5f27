/** An answer in OpenAI's form, piece by piece: its chunks, its usage, and what went wrong on the way. */
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply } from 'fastify';
import type { RestDeps } from '../http/context.ts';
import { openEventStream } from '../http/event-stream.ts';
import type { countUsage } from './answering.ts';
import { toOpenaiFailure } from './failure.ts';

type Usage = Awaited<ReturnType<typeof countUsage>>;

/** Opens the stream; `head` is in each chunk. */
export function openChunks(deps: RestDeps, reply: FastifyReply, head: object, hasUsage: boolean) {
  const toLast = (error: ElizadError) => ({ data: toOpenaiFailure(error) });
  const stream = openEventStream(deps, reply, toLast);
  const send = (choices: unknown[], usage: Usage | null = null) =>
    stream.send({ data: { ...head, object: 'chat.completion.chunk', choices, ...(hasUsage && { usage }) } });
  return {
    say: (index: number, delta: object, finish_reason: string | null = null) =>
      send([{ index, delta, logprobs: null, finish_reason }]),
    /** Called once the reader has gone. */
    onGone(leave: () => void): void {
      if (stream.signal.aborted) leave();
      else stream.signal.addEventListener('abort', leave);
    },
    /** Lets `tell` say all of it, and ends the stream; what it throws is told in the stream. */
    async finish(tell: () => Promise<Usage>): Promise<FastifyReply> {
      try {
        const usage = await tell();
        if (hasUsage) send([], usage);
        stream.send({ data: '[DONE]' });
      } catch (error) {
        if (!(error instanceof ElizadError)) deps.logger.error({ err: error }, 'a stream broke off');
        stream.send(toLast(error instanceof ElizadError ? error : new ElizadError('internal')));
      }
      stream.end();
      return reply;
    },
  };
}
