/** What is being written in each room, kept in this browser until it is said; and what shall go with its last file, whatever room is open then. */
import { keep, readKept } from '../kept.ts';
import { createStore } from '../store.ts';
import { say } from './outbox.ts';
import { noUploads, takeAttachments, type Upload, uploads } from './uploads.ts';

/** `isDue`: asked to be sent, and waiting for its files. */
export type Draft = { text: string; isDue: boolean };

/** Why what was asked to be sent is not. */
export type Hold = 'uploading' | 'faulty';

/** By room, of those that were written in since the page was loaded. */
export const drafts = createStore<Readonly<Record<string, Draft>>>({});

const keptName = (roomId: string): string => `draft-${roomId}`;

export const readDraft = (roomId: string): Draft =>
  drafts.get()[roomId] ?? { text: readKept(keptName(roomId)) ?? '', isDue: false };

export function writeDraft(roomId: string, text: string): void {
  put(roomId, { text, isDue: false });
  keep(keptName(roomId), text || undefined);
}

/** At once, or with its last file. */
export function sendDraft(roomId: string): void {
  const { text } = readDraft(roomId);
  const isDue = !isNothing(roomId, text);
  if (!isDue || findHold(readFiles(roomId))) {
    put(roomId, { text, isDue });
    return;
  }
  writeDraft(roomId, '');
  say(roomId, text, takeAttachments(roomId));
}

export const isNothing = (roomId: string, text: string): boolean =>
  text.trim() === '' && readFiles(roomId).every(({ state }) => state === 'refused');

export function findHold(files: readonly Upload[]): Hold | undefined {
  if (files.some(({ state }) => state === 'failed' || state === 'refused')) return 'faulty';
  return files.some(({ state }) => state === 'waiting' || state === 'sending') ? 'uploading' : undefined;
}

const readFiles = (roomId: string): readonly Upload[] => uploads.get()[roomId] ?? noUploads;

function put(roomId: string, draft: Draft): void {
  drafts.set((state) => ({ ...state, [roomId]: draft }));
}

uploads.subscribe(() => {
  for (const [roomId, { isDue }] of Object.entries(drafts.get()))
    if (isDue && !findHold(readFiles(roomId))) sendDraft(roomId);
});
