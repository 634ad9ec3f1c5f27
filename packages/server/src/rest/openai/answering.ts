/** What all answers in OpenAI's form have in common, whole or in pieces. */
import type { Message } from 'elizad-protocol';
import type { openaiRows } from 'elizad-protocol/rest';
import type { Draft } from '../../messaging/messages.ts';
import { findTrace } from '../../storage/traces.ts';
import type { RestDeps } from '../context.ts';
import type { RestRequest } from '../handler.ts';

export type CompletionRequest = RestRequest<(typeof openaiRows)['create-chat-completion']>;

/** Who is asked what; `head` is in every object of the answer, with `created` in seconds. */
export type Answering = { agentId: string; draft: Draft; head: { created: number; model: string } };

export const toCompletionId = (id: string): string => `chatcmpl-${id}`;

/** What an answer has cost, as the agent's provider counts; zeros where it does not. */
export async function countUsage({ messaging }: RestDeps, answer: Message | undefined) {
  // An answer has the id of its turn.
  const trace = answer && (await findTrace(messaging.database.db, answer.id));
  const { input_tokens: prompt_tokens = 0, output_tokens: completion_tokens = 0 } = trace ?? {};
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
