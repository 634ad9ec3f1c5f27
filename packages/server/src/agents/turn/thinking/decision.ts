/** Whether an agent that nobody has called wants to answer: in a group with several agents, its model is asked, briefly. */
import { z } from 'zod';
import type { Channel } from '../../../messaging/directories/channel.ts';
import { isCalled } from '../../../messaging/posts/address.ts';
import type { Spoken } from '../../../storage/messages/history.ts';
import type { TurnRow } from '../../../storage/turns/turns.ts';
import type { Agent } from '../../characters/roster.ts';
import { readJsonAnswer } from '../../models/json-answer.ts';
import type { JsonSchema } from '../../models/model.ts';
import { streamParts } from '../../models/stream-parts.ts';
import type { RunningTurn } from '../running-turn.ts';
import type { Context } from './context.ts';
import { toMessages } from './prompt.ts';

const decision = z.object({ answer: z.boolean() });
const output = { name: 'decision', schema: z.toJSONSchema(decision) as JsonSchema };

/** The last messages that a decision is made from, and the most tokens that it may take. */
const readMessages = 10;
const maxOutputTokens = 200;

/** Whether the model is asked first: by rule, or where there are other agents who may answer as well. */
export function mustDecide(agent: Agent, channel: Channel | undefined, turn: TurnRow, message: Spoken): boolean {
  if (channel?.type !== 'GROUP' || turn.hops > 0 || !agent.canAct) return false;
  if (agent.rule !== undefined && agent.rule !== 'decide') return false;
  const agents = [...channel.participants.agents];
  return (agent.rule === 'decide' || agents.length > 1) && !isCalled(agent, message);
}

/** Asks the model. One that fails, or gives no such answer, answers: silence would be taken for a fault. */
export async function wantsToAnswer(
  { agent, message, signal, trace }: RunningTurn,
  { recent }: Context,
): Promise<boolean> {
  const request = {
    system: `${agent.systemPrompt}\n\nYou are in a group. Decide whether ${agent.name} should answer the last message: yes when it is about something that ${agent.name} knows or cares for, or is said to everybody; no when it is meant for somebody else, or needs no answer.`,
    messages: toMessages(agent, message, { recent: recent.slice(-readMessages), files: new Map() }, true),
    output,
    maxOutputTokens,
  };
  let text = '';
  for await (const part of streamParts(agent.model, request, signal)) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'finish') trace.addUsage(part);
  }
  const wants = readDecision(text);
  trace.mark('decided', { answer: wants });
  return wants;
}

function readDecision(text: string): boolean {
  const { success, data } = decision.safeParse(readJsonAnswer(text));
  return !success || data.answer;
}
