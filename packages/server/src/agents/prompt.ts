/** What a model is told: who the agent is, and what was said in the room. */
import type { Character, Message } from 'elizad-protocol';
import type { ModelMessage, ModelRequest } from './models/model.ts';
import type { Agent } from './roster.ts';

const section = (title: string, lines: readonly string[] | undefined): string[] =>
  lines && lines.length > 0 ? [`# ${title}`, ...lines.map((line) => `- ${line}`), ''] : [];

/** The system prompt of a character; an agent has one, made once. */
export function buildSystemPrompt(character: Character): string {
  const { name, system, bio, lore, topics, adjectives, style, messageExamples } = character;
  const examples = (messageExamples ?? [])
    .slice(0, 5)
    .map((example) => example.map((line) => `${line.name}: ${line.content.text}`).join(' / '));
  return [
    system ?? `You are ${name}. You talk with people in a chat room. Answer in character, to the point.`,
    '',
    ...section(`About ${name}`, [bio].flat()),
    ...section('Background', lore),
    ...section('You know about', topics),
    ...section(`${name} is`, adjectives),
    ...section('How you write', [...(style?.all ?? []), ...(style?.chat ?? [])]),
    ...section('Examples of how you talk', examples),
    'Write only what you say, without your name before it.',
  ]
    .join('\n')
    .trim();
}

/**
 * The request for one turn: what was said before the message that must be answered, then that message, last.
 * What people said after it waits for its own turn.
 */
export function buildRequest(
  agent: Agent,
  system: string,
  message: Message,
  recent: readonly Message[],
  isGroup: boolean,
): ModelRequest {
  const before = recent.filter(
    ({ id, seq, senderId }) => id !== message.id && (seq < message.seq || senderId === agent.id),
  );
  const messages = [...before, message].map((one): ModelMessage => {
    if (one.senderId === agent.id) return { role: 'assistant', text: one.text };
    return { role: 'user', text: isGroup ? `${one.senderName}: ${one.text}` : one.text, name: one.senderName };
  });
  const { temperature, maxTokens } = agent.character.settings ?? {};
  return {
    system,
    messages,
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof maxTokens === 'number' && { maxOutputTokens: maxTokens }),
  };
}
