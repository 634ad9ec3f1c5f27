/** What a model is asked in one turn: what was said in the room, by whom, and what must be answered. */
import type { Spoken } from '../../../storage/messages/history.ts';
import type { Agent } from '../../characters/roster.ts';
import type { ModelMessage, ModelRequest } from '../../models/model.ts';
import type { RunningTurn } from '../running-turn.ts';
import type { Context } from './context.ts';

/** Characters of what was said in the room that a model sees at most: about 16,000 tokens. */
const mostCharacters = 64_000;

/** The request for one turn: who the agent is, what it knows, and the conversation up to what must be answered. */
export function buildRequest(
  { agent, message }: RunningTurn,
  { recent, notes, files }: Context,
  isGroup: boolean,
): ModelRequest {
  const { temperature, maxTokens } = agent.character.settings ?? {};
  const known = notes.map(({ heading, lines }) => [`# ${heading}`, ...lines.map((line) => `- ${line}`)].join('\n'));
  const now = `It is ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  return {
    system: [agent.systemPrompt, ...known, now].join('\n\n'),
    messages: toMessages(agent, message, { recent, files }, isGroup),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof maxTokens === 'number' && { maxOutputTokens: maxTokens }),
  };
}

/**
 * What was said before the message that must be answered, then that message, last; the oldest is left out where it would
 * be too much. What people said after it waits for its own turn.
 */
export function toMessages(
  agent: Pick<Agent, 'id'>,
  message: Spoken,
  { recent, files }: Pick<Context, 'recent' | 'files'>,
  isGroup: boolean,
): ModelMessage[] {
  const before = recent.filter(
    ({ id, seq, senderId }) => id !== message.id && (seq < message.seq || senderId === agent.id),
  );
  let characters = message.text.length;
  const first =
    before.findLastIndex(({ text }) => {
      characters += text.length;
      return characters > mostCharacters;
    }) + 1;
  return [...before.slice(first), message].map((one): ModelMessage => {
    if (one.senderId === agent.id) return { role: 'assistant', text: one.text };
    const own = files.get(one.id);
    const text = isGroup ? `${one.senderName}: ${one.text}` : one.text;
    return { role: 'user', text, name: one.senderName, ...(own && { files: own }) };
  });
}
