/** What a model is asked in one turn: what was said in the room, by whom, and what must be answered. */
import type { Spoken } from '../storage/history.ts';
import type { ModelMessage, ModelRequest } from './models/model.ts';
import type { Agent } from './roster.ts';

/**
 * The request for one turn: what was said before the message that must be answered, then that message, last.
 * What people said after it waits for its own turn.
 */
export function buildRequest(agent: Agent, message: Spoken, recent: readonly Spoken[], isGroup: boolean): ModelRequest {
  const before = recent.filter(
    ({ id, seq, senderId }) => id !== message.id && (seq < message.seq || senderId === agent.id),
  );
  const messages = [...before, message].map((one): ModelMessage => {
    if (one.senderId === agent.id) return { role: 'assistant', text: one.text };
    return { role: 'user', text: isGroup ? `${one.senderName}: ${one.text}` : one.text, name: one.senderName };
  });
  const { temperature, maxTokens } = agent.character.settings ?? {};
  return {
    system: agent.systemPrompt,
    messages,
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof maxTokens === 'number' && { maxOutputTokens: maxTokens }),
  };
}
