/** An answer in OpenAI's form, piece by piece. */
import { ElizadError } from 'elizad-protocol';
import type { FastifyReply } from 'fastify';
import { readAnswer } from '../../messaging/ask-agent.ts';
import { streamExchange } from '../../messaging/exchange-stream.ts';
import type { RestDeps } from '../context.ts';
import { openEventStream } from '../event-stream.ts';
import { createAnswerCursor } from '../messages/answer-cursor.ts';
import { waitFor } from '../messages/send.ts';
import { type Answering, type CompletionRequest, countUsage, toCompletionId } from './answering.ts';
import { toOpenaiFailure } from './failure.ts';

/** What is wrong with the request is answered as ever; from its commit on it is told in the stream. */
export async function streamCompletion(
  deps: RestDeps,
  { principal, body }: CompletionRequest,
  reply: FastifyReply,
  { agentId, draft, head }: Answering,
): Promise<FastifyReply> {
  const stop = new AbortController();
  const events = streamExchange(deps.messaging, principal, draft, waitFor(deps, stop.signal));
  const first = await events.next();
  const stream = openEventStream(deps, reply);
  stream.signal.addEventListener('abort', () => stop.abort());
  if (stream.signal.aborted) stop.abort();
  const id = toCompletionId(!first.done && first.value.kind === 'posted' ? first.value.message.id : '');
  const hasUsage = body.stream_options?.include_usage === true;
  const send = (choices: unknown[], usage: unknown = null) =>
    stream.send({
      data: {
        id,
        object: 'chat.completion.chunk',
        ...head,
        choices,
        ...(hasUsage && { usage }),
        room_id: draft.channelId,
      },
    });
  const say = (delta: object, finish_reason: 'stop' | null = null) =>
    send([{ index: 0, delta, logprobs: null, finish_reason }]);
  const cursor = createAnswerCursor(undefined);
  let hasSaid = false;
  const tell = (chunk: ReturnType<typeof cursor.take>) => {
    if (!chunk) return;
    // A second answer of the agent is another paragraph.
    say({ content: chunk.index === 0 && hasSaid ? `\n\n${chunk.chunk}` : chunk.chunk });
    hasSaid = true;
  };
  say({ role: 'assistant', content: '', refusal: null });
  try {
    for await (const event of events) {
      if (event.kind === 'said' && event.agentId === agentId)
        tell(cursor.take(event.answerId, event.text, event.isAnew));
      else if (event.kind === 'answered' && event.message.senderId === agentId)
        tell(cursor.finish(event.message.id, event.message.text));
      else if (event.kind === 'ended') {
        const { last } = readAnswer(agentId, event.answers, event.completion);
        say({}, 'stop');
        if (hasUsage) send([], await countUsage(deps, last));
        stream.send({ data: '[DONE]' });
      }
    }
  } catch (error) {
    if (!(error instanceof ElizadError)) deps.logger.error({ err: error }, 'a stream broke off');
    stream.send({ data: toOpenaiFailure(error instanceof ElizadError ? error : new ElizadError('internal')) });
  }
  stream.end();
  return reply;
}
