/** What a request in OpenAI's form asks: the last message of a user, and what was said before it. */
import { type Attachment, ElizadError } from 'elizad-protocol';
import type { CompletionRequest } from './answering.ts';

export type ChatMessage = CompletionRequest['body']['messages'][number];
type Part = Extract<NonNullable<ChatMessage['content']>, readonly unknown[]>[number];

/** One message of a conversation that was led elsewhere. */
export type Earlier = { role: 'system' | 'user' | 'assistant'; text: string };

/** Of what was said before, the last ones: as many messages and characters as an agent looks at anyway. */
const mostEarlier = 50;
const mostCharacters = 64_000;

/** Throws `invalid-payload` where the last message of a user is empty. */
export function readQuestion(messages: readonly ChatMessage[]): {
  text: string;
  attachments: Attachment[];
  conversation: Earlier[];
} {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const parts = toParts(messages[last]?.content);
  const text = toText(parts);
  const attachments = parts.flatMap(toAttachments);
  if (text.trim() === '' && attachments.length === 0)
    throw new ElizadError('invalid-payload', {
      issues: [{ path: `messages.${last}.content`, message: 'expected some text, or at least one other part' }],
    });
  return { text, attachments, conversation: listEarlier(messages.slice(0, Math.max(last, 0))) };
}

function listEarlier(messages: readonly ChatMessage[]): Earlier[] {
  const said = messages.flatMap(({ role, content }): Earlier[] => {
    const text = toText(toParts(content));
    if (text.trim() === '' || role === 'tool') return [];
    return [{ role: role === 'user' || role === 'assistant' ? role : 'system', text }];
  });
  // What the program demands of the agent is not left out for what was only said.
  const demands = said.filter(({ role }) => role === 'system').slice(-mostEarlier / 2);
  const rest = said.filter(({ role }) => role !== 'system').slice(-mostEarlier / 2);
  let characters = demands.reduce((sum, { text }) => sum + text.length, 0);
  const first =
    rest.findLastIndex(({ text }) => {
      characters += text.length;
      return characters > mostCharacters;
    }) + 1;
  return [...demands.map(({ text, role }) => ({ role, text: text.slice(0, mostCharacters) })), ...rest.slice(first)];
}

export const toParts = (content: ChatMessage['content'] | undefined): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);

export const toText = (parts: readonly Part[]): string =>
  parts
    .flatMap((part) => (part.type === 'text' ? [part.text] : part.type === 'refusal' ? [part.refusal] : []))
    .join('\n');

export function toAttachments(part: Part): Attachment[] {
  if (part.type === 'image_url') return [{ url: part.image_url.url, contentType: 'image' }];
  if (part.type === 'input_audio') {
    const { format, data } = part.input_audio;
    return [{ url: `data:audio/${format};base64,${data}`, contentType: 'audio' }];
  }
  if (part.type === 'file') {
    const { file_data: url, filename } = part.file;
    return [{ url, contentType: 'document', ...(filename !== undefined && { title: filename }) }];
  }
  return [];
}
