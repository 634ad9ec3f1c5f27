/** What an agent says, as a part of a turn: only what has the right type and a bounded size leaves the host. */
import type { ProjectAttachment } from '../../link.ts';
import type { Content } from '../core.ts';

const maxText = 1_000_000;
const maxWords = 10_000;
const maxAttachments = 50;
const maxActions = 100;

type Said = {
  readonly text: string;
  readonly thought: string | null;
  readonly actions: readonly string[];
  readonly attachments: readonly ProjectAttachment[];
};

export function readContent({ text, thought, actions, attachments }: Content): Said {
  return {
    text: typeof text === 'string' ? text.slice(0, maxText) : '',
    thought: typeof thought === 'string' && thought !== '' ? thought.slice(0, maxWords) : null,
    actions: readActions(actions),
    attachments: (Array.isArray(attachments) ? attachments.slice(0, maxAttachments) : []).flatMap(readAttachment),
  };
}

export const readActions = (actions: unknown): string[] =>
  (Array.isArray(actions) ? actions : [])
    .filter((action) => typeof action === 'string')
    .slice(0, maxActions)
    .map((action) => action.slice(0, 200));

/** The reference posts neither an IGNORE nor an empty text; a picture without words is said here. */
export const isSaid = ({ text, actions, attachments }: Said): boolean =>
  !actions.includes('IGNORE') && (text.trim() !== '' || attachments.length > 0);

function readAttachment(value: unknown, index: number): ProjectAttachment[] {
  if (typeof value !== 'object' || value === null) return [];
  const { id, url, title, description, text, contentType } = value as Record<string, unknown>;
  if (typeof url !== 'string' || url === '' || url.length > maxText) return [];
  const optional = { title, description, text, contentType };
  const texts = Object.entries(optional).flatMap(([name, words]) =>
    typeof words === 'string' && words !== '' ? [[name, words.slice(0, maxWords)]] : [],
  );
  return [
    { id: typeof id === 'string' && id !== '' ? id : `attachment-${index + 1}`, url, ...Object.fromEntries(texts) },
  ];
}
