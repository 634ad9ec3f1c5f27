/** What came as a message, made into one: whatever stands in it, those who draw it may trust its types. */
import type { Attachment } from 'elizad-client';
import type { RoomMessage } from '../app-state.ts';
import { isMoment } from '../values/moment.ts';
import { readName } from '../values/names.ts';

type Given = { readonly [name in keyof RoomMessage]?: unknown };

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readText = (value: unknown): string => (typeof value === 'string' ? value : '');
const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const readRecord = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});

export function toMessage(message: RoomMessage): RoomMessage {
  const given: Given = message;
  const { clientMessageId, updatedAt, rawMessage, ...rest } = message;
  return {
    ...rest,
    senderName: readName(given.senderName, 'Somebody'),
    text: readText(given.text),
    createdAt: isMoment(given.createdAt) ? given.createdAt : 0,
    source: readText(given.source),
    thought: readText(given.thought) || null,
    actions: readList(given.actions).filter((one) => typeof one === 'string'),
    attachments: listAttachments(given.attachments),
    metadata: readRecord(given.metadata),
    ...(typeof clientMessageId === 'string' && { clientMessageId }),
    ...(isMoment(updatedAt) && { updatedAt }),
    ...(isRecord(rawMessage) && { rawMessage }),
  };
}

/** Those that have an address or a name; of the rest that is shown what is a text. */
export const listAttachments = (value: unknown): Attachment[] =>
  readList(value).flatMap((one): Attachment[] => {
    if (!isRecord(one)) return [];
    const { id, url, title, contentType, ...rest } = one;
    if ([url, title, rest.name].every((given) => typeof given !== 'string')) return [];
    return [
      {
        ...(rest as Attachment),
        ...(typeof url === 'string' && { url }),
        ...(typeof id === 'string' && { id }),
        ...(typeof title === 'string' && { title: readName(title, 'Attachment') }),
        ...(typeof contentType === 'string' && { contentType: contentType.slice(0, 100) }),
      },
    ];
  });
