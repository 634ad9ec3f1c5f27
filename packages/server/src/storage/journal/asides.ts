/** What is posted beside the answers: cards of actions, questions for approval, notices. It wakes nobody, and has no end. */
import type { Message } from 'elizad-protocol';
import { setFrozenUntil } from '../rooms/channels.ts';
import type { ApprovalsTable } from '../schema/tables.ts';
import { saveProgress } from '../turns/turns.ts';
import type { CommitGroup, Written } from './commit-group.ts';
import { addMessage, dedupeKey, type NewMessage, type PostedEntry } from './posts.ts';

export type AsideJob = {
  message: NewMessage;
  /** What it asks the people of its room. */
  approval?: Omit<ApprovalsTable, 'id'>;
  /** What the turn that says it has done so far; where it has ended, nothing is written. */
  progress?: { turnId: string; progress: string };
  /** Until when (ms since the epoch) the agents of its room are quiet, as it tells. */
  frozenUntil?: number | null;
};

/** `message` is there also where it is a retry: what the first try stored. */
export async function writeAside(
  group: CommitGroup,
  { message, approval, progress, frozenUntil }: AsideJob,
): Promise<Written<PostedEntry> & { message?: Message }> {
  const { db, rows } = group;
  const key = dedupeKey(message);
  const earlier = key && group.earlier.get(key);
  if (earlier) return { duplicate: true, entries: [], message: earlier };
  if (progress && !(await saveProgress(db, progress.turnId, progress.progress)))
    return { duplicate: true, entries: [] };
  const { entry } = addMessage(group, message, key);
  if (approval) rows.approvals.push({ ...approval, id: message.id });
  if (frozenUntil !== undefined) await setFrozenUntil(db, message.channelId, frozenUntil);
  return { duplicate: false, entries: [entry], message: entry.message };
}
