/** What an MCP server's tool gives back, as the outcome of an action: words for the model, small pictures for the room. */
import type { ActionOutcome } from '../action.ts';
import { createOutcome } from '../outcome.ts';

/** Longest picture that goes to the room, in characters of base64; all who are there get it, and it is kept. */
const maxPictureCharacters = 100_000;

/** One part of a result; what there is besides depends on `type`. */
type Part = { readonly type: string; readonly [key: string]: unknown };

/** The outcome of a `tools/call` result. */
export function toOutcome(result: unknown): ActionOutcome {
  const { content, structuredContent, isError, toolResult } = (result ?? {}) as Record<string, unknown>;
  const parts: Part[] = Array.isArray(content) ? content.filter(isPart) : [];
  const attachments: unknown[] = [];
  const words = parts.map((part) => describe(part, attachments));
  // Most servers say the same in words; it is only wanted where they do not.
  const rest = words.length === 0 ? (structuredContent ?? toolResult) : undefined;
  if (rest !== undefined) words.push(JSON.stringify(rest));
  return createOutcome(words.join('\n') || 'Done; the tool said nothing.', attachments, isError === true);
}

const isPart = (part: unknown): part is Part =>
  typeof part === 'object' && part !== null && 'type' in part && typeof part.type === 'string';

function describe(part: Part, attachments: unknown[]): string {
  const { type } = part;
  if (type === 'text') return text(part.text);
  if (type === 'image' || type === 'audio') return describeMedia(part, attachments);
  if (type === 'resource_link') return `[link: ${[text(part.name), text(part.uri)].filter(Boolean).join(' ')}]`;
  if (type !== 'resource') return `[${type}: left out]`;
  const resource = (part.resource ?? {}) as Record<string, unknown>;
  const name = `[resource: ${text(resource.uri)} ${text(resource.mimeType)}`.trimEnd();
  return typeof resource.text === 'string' ? `${name}]\n${resource.text}` : `${name}, left out: not text]`;
}

function describeMedia({ type, data, mimeType }: Part, attachments: unknown[]): string {
  const contentType = text(mimeType);
  const size = text(data).length;
  const isPicture = type === 'image' && /^image\/[\w.+-]{1,60}$/.test(contentType);
  if (!isPicture || size === 0 || size > maxPictureCharacters) {
    const bytes = Math.floor((size * 3) / 4);
    return `[${type} ${contentType}, ${bytes} bytes, left out: ${isPicture ? 'too large' : 'not shown here'}]`;
  }
  attachments.push({ url: `data:${contentType};base64,${text(data)}`, contentType, title: type });
  return `[${type} ${contentType}, attached to the answer]`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
