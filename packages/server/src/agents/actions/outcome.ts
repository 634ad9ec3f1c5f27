/** Outcomes within bounds: what an action, or an MCP server, has to say becomes words that a model can take. */
import { type Attachment, attachment } from 'elizad-protocol';
import type { ActionOutcome } from './action.ts';

/** Most characters of an output; what is beyond is cut off, and the model is told. */
export const maxOutputCharacters = 32_000;

/** Most attachments of one outcome, and most characters of all of them as JSON: they stay in the room for ever. */
const maxAttachments = 10;
const maxAttachmentCharacters = 300_000;

/** An outcome in bounds. Attachments that are none, or too many, or too large are left out, and the model is told. */
export function createOutcome(output: string, attachments: readonly unknown[] = [], isError = false): ActionOutcome {
  const kept: Attachment[] = [];
  let characters = 0;
  for (const candidate of attachments) {
    const parsed = attachment.safeParse(candidate);
    if (!parsed.success || kept.length === maxAttachments) continue;
    const size = JSON.stringify(parsed.data).length;
    if (characters + size > maxAttachmentCharacters) continue;
    characters += size;
    kept.push(parsed.data);
  }
  const missing = attachments.length - kept.length;
  const note =
    missing > 0 ? `\n[${missing} of ${attachments.length} attachments are left out: not valid, or too much]` : '';
  return { isError, output: cut(output, maxOutputCharacters) + note, attachments: kept };
}

/** An outcome that tells a model what went wrong. */
export const createFailure = (output: string): ActionOutcome => createOutcome(output, [], true);

/** At most `most` characters, and whole ones; when it is cut, it says so. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  return `${text
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .toWellFormed()}\n[cut off: ${most} of ${text.length} characters]`;
}
