/** An answer of a turn in OpenAI's form, piece by piece. */
import type { FastifyReply } from 'fastify';
import { readAnswer } from '../../messaging/asking/ask-agent.ts';
import { askAndStream } from '../http/asking.ts';
import type { RestDeps } from '../http/context.ts';
import { type Answering, type CompletionRequest, countUsage, tellRoom, toCompletionId, unended } from './answering.ts';
import { createChunks, toFailureEvent } from './chunks.ts';

export function streamCompletion(
  deps: RestDeps,
  { principal, body }: CompletionRequest,
  reply: FastifyReply,
  answering: Answering,
): Promise<FastifyReply> {
  const { agentId, draft, head } = answering;
  return askAndStream(deps, principal, draft, reply, (message) => {
    const id = toCompletionId(message.id);
    const chunks = createChunks({ ...head, id, ...tellRoom(answering) }, body.stream_options?.include_usage === true);
    let hasSaid = false;
    return {
      agentId,
      begin: () => [chunks.begin(0)],
      say({ chunk, index }) {
        // A second answer of the agent is another paragraph.
        const content = index === 0 && hasSaid ? `\n\n${chunk}` : chunk;
        hasSaid = true;
        return chunks.say(0, { content });
      },
      async *end(answers, completion, signal) {
        const { last } = readAnswer(agentId, answers, completion, unended(answering, signal));
        yield chunks.say(0, {}, 'stop');
        yield* chunks.end(await countUsage(deps, last));
      },
      toFailure: toFailureEvent,
    };
  });
}
