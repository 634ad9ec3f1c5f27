/**
 * What was said and not yet stored by the server, kept in this browser: a reload in a bad moment loses nothing. Other tabs
 * keep theirs in the same place, so each change is one of a single message.
 */
import type { Pending } from '../app-state.ts';
import { keep, readKeptRecord } from '../kept.ts';
import { isMoment } from '../values/moment.ts';
import { isRecord, listAttachments } from './message.ts';

export type PendingByRoom = Record<string, readonly Pending[]>;

export const readPending = (): PendingByRoom =>
  Object.fromEntries(
    Object.entries(readKeptRecord('pending', Array.isArray)).map(([roomId, kept]) => [roomId, kept.flatMap(toPending)]),
  );

function toPending(kept: unknown): Pending[] {
  if (!isRecord(kept)) return [];
  const { clientMessageId, text, attachments, createdAt, state, error } = kept;
  if (typeof clientMessageId !== 'string' || typeof text !== 'string') return [];
  return [
    {
      clientMessageId,
      text,
      attachments: listAttachments(attachments),
      createdAt: isMoment(createdAt) ? createdAt : Date.now(),
      state: state === 'failed' ? 'failed' : 'sending',
      ...(typeof error === 'string' && { error }),
    },
  ];
}

/** As it is now: sending, or failed and why. */
export function keepPending(roomId: string, pending: Pending): void {
  change(roomId, (kept) => {
    const place = kept.findIndex(({ clientMessageId }) => clientMessageId === pending.clientMessageId);
    return place < 0 ? [...kept, pending] : kept.with(place, pending);
  });
}

/** It is stored, or given up. */
export function dropPending(roomId: string, id: string): void {
  change(roomId, (kept) => kept.filter(({ clientMessageId }) => clientMessageId !== id));
}

function change(roomId: string, how: (kept: readonly Pending[]) => readonly Pending[]): void {
  const { [roomId]: kept = [], ...others } = readPending();
  const now = how(kept);
  const all = now.length > 0 ? { ...others, [roomId]: now } : others;
  keep('pending', Object.keys(all).length > 0 ? JSON.stringify(all) : undefined);
}
