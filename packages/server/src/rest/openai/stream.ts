/** An answer of a turn in OpenAI's form, piece by piece. */
import type { FastifyReply } from 'fastify';
import { readAnswer } from '../../messaging/asking/ask-agent.ts';
import { streamExchange } from '../../messaging/asking/ask-and-follow.ts';
import { createAnswerCursor } from '../http/answer-cursor.ts';
import type { RestDeps } from '../http/context.ts';
import { waitFor } from '../http/event-stream.ts';
import { type Answering, type CompletionRequest, countUsage, tellRoom, toCompletionId, unended } from './answering.ts';
import { openChunks } from './chunks.ts';

/** What is wrong with the request is answered as ever; from its commit on it is told in the stream. */
export async function streamCompletion(
  deps: RestDeps,
  { principal, body }: CompletionRequest,
  reply: FastifyReply,
  answering: Answering,
): Promise<FastifyReply> {
  const { agentId, draft, head } = answering;
  const stop = new AbortController();
  const signal = waitFor(deps, stop.signal);
  const events = streamExchange(deps.messaging, principal, draft, signal);
  const first = await events.next();
  const id = toCompletionId(!first.done && first.value.kind === 'posted' ? first.value.message.id : '');
  const hasUsage = body.stream_options?.include_usage === true;
  const chunks = openChunks(deps, reply, { ...head, id, ...tellRoom(answering) }, hasUsage);
  chunks.onGone(() => stop.abort());
  const cursor = createAnswerCursor(undefined);
  let hasSaid = false;
  const tell = (chunk: ReturnType<typeof cursor.take>) => {
    if (!chunk) return;
    // A second answer of the agent is another paragraph.
    chunks.say(0, { content: chunk.index === 0 && hasSaid ? `\n\n${chunk.chunk}` : chunk.chunk });
    hasSaid = true;
  };
  return chunks.finish(async () => {
    chunks.say(0, { role: 'assistant', content: '', refusal: null });
    for await (const event of events) {
      if (event.kind === 'said' && event.agentId === agentId)
        tell(cursor.take(event.answerId, event.text, event.isAnew));
      else if (event.kind === 'answered' && event.message.senderId === agentId)
        tell(cursor.finish(event.message.id, event.message.text));
      else if (event.kind === 'ended') {
        const { last } = readAnswer(agentId, event.answers, event.completion, unended(answering, signal));
        chunks.say(0, {}, 'stop');
        return countUsage(deps, last);
      }
    }
    return countUsage(deps, undefined);
  });
}
