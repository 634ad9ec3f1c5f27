/** What all answers in OpenAI's form have in common, whole or in pieces. */
import type { Message } from 'elizad-protocol';
import type { openaiRows } from 'elizad-protocol/rest';
import { findUsage } from '../../agents/runs/runs.ts';
import type { Draft } from '../../messaging/posts/post-message.ts';
import { describeEnd } from '../http/asking.ts';
import type { RestDeps } from '../http/context.ts';
import type { RestRequest } from '../http/handler.ts';

export type CompletionRequest = RestRequest<(typeof openaiRows)['create-chat-completion']>;

/** Who is asked what; `head` is in every object of the answer, with `created` in seconds. `isPassing`: nothing of it stays. */
export type Answering = {
  agentId: string;
  draft: Draft;
  head: { created: number; model: string };
  isPassing: boolean;
};

export const toCompletionId = (id: string): string => `chatcmpl-${id}`;

/** Which room it is, where one may come back to it. */
export const tellRoom = ({ draft, isPassing }: Answering) => (isPassing ? {} : { room_id: draft.channelId });

/** What it is when an answer is not waited for any longer: one that is not kept is not to be had later. */
export const unended = ({ isPassing }: Answering, signal: AbortSignal) =>
  isPassing ? describeEnd(signal).code : 'answer-pending';

/** What an answer has cost, as the agent's provider counts; zeros where it does not. */
export async function countUsage({ messaging }: RestDeps, answer: Message | undefined) {
  const used = answer && (await findUsage(messaging.database, answer));
  const { inputTokens: prompt_tokens = 0, outputTokens: completion_tokens = 0 } = used ?? {};
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
