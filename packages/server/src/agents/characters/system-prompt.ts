/** Who an agent is, in words for a model: its character as a system prompt. */
import type { Character } from 'elizad-protocol';

const section = (title: string, lines: readonly string[] | undefined): string[] =>
  lines && lines.length > 0 ? [`# ${title}`, ...lines.map((line) => `- ${line}`), ''] : [];

/** The system prompt of a character. */
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
