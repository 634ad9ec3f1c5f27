/** What I say, on its way: shown at once, kept in this browser, stored by the server in the order in which I said it. */
import { type Attachment, type Client, newId } from 'elizad-client';
import { app, type Pending, patchConversation, type RoomMessage } from '../app-state.ts';
import { isRemovedFrom } from '../rooms/removed-rooms.ts';
import { client } from '../session.ts';
import { describeError } from '../toasts.ts';
import { loadAround } from './history-pages.ts';
import { dropPending, keepPending, readPending } from './pending.ts';

export function say(roomId: string, text: string, attachments: readonly Attachment[] = []): void {
  const pending: Pending = { clientMessageId: newId(), text, attachments, createdAt: Date.now(), state: 'sending' };
  patchConversation(roomId, (now) => ({ ...now, pending: [...now.pending, pending] }));
  keepPending(roomId, pending);
  deliver(roomId, pending);
}

/** The same message again: the server stores it once. */
export function sayAgain(roomId: string, pending: Pending): void {
  const { error: _, ...again } = pending;
  deliver(roomId, change(roomId, { ...again, state: 'sending' }));
}

/** Asks the same once more, as a new message. */
export const askAgain = ({ roomId, text, attachments }: RoomMessage): void => say(roomId, text, attachments);

export function discardPending(roomId: string, { clientMessageId }: Pending): void {
  takeOut(roomId, clientMessageId);
}

/** What this browser has kept and not sent, of this page or another: shown in its room, and sent in its order. */
export function sendKept(): void {
  for (const [roomId, kept] of Object.entries(readPending())) {
    if (isRemovedFrom(roomId)) continue;
    const shown = new Set(app.get().conversations[roomId]?.pending.map(({ clientMessageId }) => clientMessageId));
    const fresh = kept.filter(({ clientMessageId }) => !shown.has(clientMessageId));
    if (fresh.length > 0) patchConversation(roomId, (now) => ({ ...now, pending: [...fresh, ...now.pending] }));
    for (const pending of kept) if (pending.state === 'sending') deliver(roomId, pending);
  }
}

/** Of one connection: the ids that are on their way, and by room the last of them, which the next one waits for. */
type Outbox = { client: Client; ids: Set<string>; tails: Map<string, Promise<void>> };

let outbox: Outbox | undefined;

function deliver(roomId: string, pending: Pending): void {
  const opened = client();
  if (outbox?.client !== opened) outbox = { client: opened, ids: new Set(), tails: new Map() };
  const { ids, tails } = outbox;
  const id = pending.clientMessageId;
  if (ids.has(id)) return;
  ids.add(id);
  // One at a time: what is sent again after a lost connection would come behind what was said after it.
  const sent = (tails.get(roomId) ?? Promise.resolve()).then(() => send(opened, roomId, pending));
  tails.set(
    roomId,
    sent.finally(() => ids.delete(id)),
  );
}

async function send(opened: Client, roomId: string, pending: Pending): Promise<void> {
  const { clientMessageId, text, attachments = [] } = pending;
  try {
    const message = { roomId, text, attachments: [...attachments], messageId: clientMessageId };
    const { messageId, seq } = await opened.send(message);
    await settle(roomId, { clientMessageId, messageId, seq });
  } catch (error) {
    // The next connection takes it on.
    if (client() !== opened) return;
    const { text: why, hint } = describeError(error);
    change(roomId, { ...pending, state: 'failed', error: [why, hint].filter(Boolean).join(' ') });
  }
}

type Stored = { clientMessageId: string; messageId: string; seq: number };

async function settle(roomId: string, { clientMessageId, messageId, seq }: Stored): Promise<void> {
  const isUnheard = app.get().conversations[roomId]?.pending.some((one) => one.clientMessageId === clientMessageId);
  if (isUnheard) {
    // It was stored before this page was there, and is told to nobody again: its page says how it ended, too.
    await loadAround(roomId, [seq, seq]).catch(() => {});
    takeOut(roomId, clientMessageId);
    return;
  }
  dropPending(roomId, clientMessageId);
  patchConversation(roomId, (now) => {
    const isKnown = now.ended.includes(messageId) || messageId in now.unanswered || now.waiting.includes(messageId);
    return isKnown || now.messages.some(({ inReplyTo }) => inReplyTo === messageId)
      ? now
      : { ...now, waiting: [...now.waiting, messageId] };
  });
}

function change(roomId: string, pending: Pending): Pending {
  const { clientMessageId } = pending;
  patchConversation(roomId, (now) => ({
    ...now,
    pending: now.pending.map((one) => (one.clientMessageId === clientMessageId ? pending : one)),
  }));
  keepPending(roomId, pending);
  return pending;
}

function takeOut(roomId: string, id: string): void {
  patchConversation(roomId, (now) => ({
    ...now,
    pending: now.pending.filter(({ clientMessageId }) => clientMessageId !== id),
  }));
  dropPending(roomId, id);
}
