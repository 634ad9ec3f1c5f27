/** Pages of a room's history as the server gives them: the newest, those round a place, and the place of a day. */
import { app, patchConversation, type Span, type Unanswered } from '../app-state.ts';
import { seekAgents } from '../known-agents.ts';
import { fromHistory, type HistoryMessage } from '../rooms/rooms.ts';
import { client } from '../session.ts';
import { addEndings, addPage, isKnown, withHeard } from './history.ts';

const pageSize = 50;
/** So far beyond what is seen the next pages are asked for. */
const ahead = 30;

/** Being asked for, by room and place: a place is asked for once at a time. */
const underWay = new Set<string>();

export const loadNewest = (roomId: string): Promise<void> => loadPage(roomId);

/** The pages that are missing of what is seen. */
export async function loadAround(roomId: string, [from, to]: Span): Promise<void> {
  const conversation = app.get().conversations[roomId];
  if (!conversation?.isLoaded) return;
  const last = conversation.messages.at(-1)?.seq ?? 0;
  const blocks: number[] = [];
  for (let seq = Math.max(1, from - ahead); seq <= Math.min(last, to + ahead); seq++) {
    if (isKnown(conversation.known, seq)) continue;
    const block = Math.ceil(seq / pageSize);
    blocks.push(block);
    seq = block * pageSize;
  }
  await Promise.all(blocks.map((block) => loadBlock(roomId, block)));
}

async function loadBlock(roomId: string, block: number): Promise<void> {
  const key = `${roomId} ${block}`;
  if (underWay.has(key)) return;
  underWay.add(key);
  try {
    await loadPage(roomId, block * pageSize + 1);
  } finally {
    underWay.delete(key);
  }
}

async function loadPage(roomId: string, before?: number): Promise<void> {
  const { data } = await client().http.call('list-messages', {
    params: { channelId: roomId },
    query: { limit: pageSize, endings: 'true', ...(before && { before: String(before) }) },
  });
  const seqs = data.messages.map(({ seq }) => seq);
  const to = before === undefined ? Math.max(0, ...seqs) : before - 1;
  const from = data.hasMore ? Math.min(...seqs) : 1;
  addHistory(roomId, data.messages, [from, to]);
  addEnded(roomId, data.endings ?? {});
}

function addHistory(roomId: string, listed: readonly HistoryMessage[], span: Span): void {
  const page = listed.map(fromHistory);
  seekAgents(client(), page);
  const stored = new Set(page.map(({ clientMessageId }) => clientMessageId));
  const ids = new Set(page.map(({ id }) => id));
  patchConversation(roomId, (now) => ({
    ...now,
    ...addPage(now, withHeard(now, page), span),
    // Stored while nobody listened.
    pending: now.pending.filter(({ clientMessageId }) => !stored.has(clientMessageId)),
    streams: Object.fromEntries(Object.entries(now.streams).filter(([id]) => !ids.has(id))),
    isLoaded: true,
  }));
}

/** What ended while nobody listened, and what is still being answered. */
function addEnded(roomId: string, endings: Readonly<Record<string, Unanswered | null>>): void {
  patchConversation(roomId, (now) => {
    // What was heard is newer than a page that was on its way.
    const fresh = Object.fromEntries(Object.entries(endings).filter(([id]) => !now.ended.includes(id)));
    const open = Object.keys(fresh).filter((id) => fresh[id] === null);
    return {
      ...now,
      waiting: [...now.waiting.filter((id) => !(id in fresh)), ...open],
      unanswered: addEndings(now, fresh),
    };
  });
}

/** The first `seq` that was said at a time or later, in ms; undefined when nothing was. */
export async function findSeqAt(roomId: string, time: number): Promise<number | undefined> {
  const { data } = await client().http.call('list-messages', {
    params: { channelId: roomId },
    query: { limit: 1, after: String(time - 1) },
  });
  return data.messages.at(-1)?.seq;
}
