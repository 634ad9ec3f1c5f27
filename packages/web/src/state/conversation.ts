/** What is done in a conversation: it is opened, something is said in it, changed, taken back, answered, stopped. */
import type { Attachment } from 'elizad-client';
import { app, type Pending, patchConversation, type RoomMessage } from './app-state.ts';
import { loadNewest } from './history-pages.ts';
import { newId } from './kept.ts';
import { readPending, writePending } from './pending.ts';
import { enterRoom, markRead } from './rooms.ts';
import { client } from './session.ts';
import { describeError, showError } from './toasts.ts';

/** Its last messages; what comes after is heard. */
export async function openConversation(roomId: string): Promise<void> {
  // From here on the room's events are kept, so that nothing falls between them and the page below.
  patchConversation(roomId, (now) => ({ ...now }));
  await enterRoom(client(), roomId);
  await loadNewest(roomId);
}

export function say(roomId: string, text: string, attachments: readonly Attachment[] = []): void {
  const pending: Pending = { clientMessageId: newId(), text, attachments, createdAt: Date.now(), state: 'sending' };
  patchConversation(roomId, (now) => ({ ...now, pending: [...now.pending, pending] }));
  writePending();
  void deliver(roomId, pending);
}

/** The same message again: the server stores it once. */
export function sayAgain(roomId: string, pending: Pending): void {
  changePending(roomId, pending.clientMessageId, { state: 'sending' });
  void deliver(roomId, pending);
}

export function discardPending(roomId: string, { clientMessageId }: Pending): void {
  patchConversation(roomId, (now) => ({
    ...now,
    pending: now.pending.filter((one) => one.clientMessageId !== clientMessageId),
  }));
  writePending();
}

/** What was not sent when the page was closed is sent now, in its order. */
export async function sendKept(): Promise<void> {
  for (const [roomId, kept] of Object.entries(readPending())) {
    const there = new Set(app.get().conversations[roomId]?.pending.map(({ clientMessageId }) => clientMessageId));
    const fresh = kept.filter(({ clientMessageId }) => !there.has(clientMessageId));
    if (fresh.length === 0) continue;
    patchConversation(roomId, (now) => ({ ...now, pending: [...fresh, ...now.pending] }));
    await enterRoom(client(), roomId);
    for (const pending of fresh) if (pending.state === 'sending') void deliver(roomId, pending);
  }
}

async function deliver(roomId: string, { clientMessageId, text, attachments = [] }: Pending): Promise<void> {
  try {
    const message = { roomId, text, attachments: [...attachments], messageId: clientMessageId };
    const { messageId } = await client().send(message);
    patchConversation(roomId, (now) => {
      const isEnded = Boolean(now.unanswered[messageId]) || now.waiting.includes(messageId);
      return isEnded || now.messages.some(({ inReplyTo }) => inReplyTo === messageId)
        ? now
        : { ...now, waiting: [...now.waiting, messageId] };
    });
    writePending();
  } catch (error) {
    const { text: why, hint } = describeError(error);
    changePending(roomId, clientMessageId, { state: 'failed', error: [why, hint].filter(Boolean).join(' ') });
  }
}

function changePending(roomId: string, id: string, change: Partial<Pending>): void {
  patchConversation(roomId, (now) => ({
    ...now,
    pending: now.pending.map((one) => (one.clientMessageId === id ? { ...one, ...change } : one)),
  }));
  writePending();
}

export function stopAnswer(roomId: string): void {
  client().cancel(roomId).catch(showError);
}

/** Asks the same once more, as a new message. */
export const askAgain = ({ roomId, text, attachments }: RoomMessage): void => say(roomId, text, attachments);

export function beginEdit(roomId: string, messageId: string | undefined): void {
  patchConversation(roomId, ({ editing: _, ...now }) => (messageId ? { ...now, editing: messageId } : now));
}

/** The last thing that I said, for the arrow up. */
export function editLast(roomId: string): void {
  const { conversations, entityId } = app.get();
  const mine = conversations[roomId]?.messages.findLast(({ senderId }) => senderId === entityId);
  if (mine) beginEdit(roomId, mine.id);
}

/** Resolves when it is stored; the room hears it as the message anew. */
export async function edit({ id, roomId }: RoomMessage, text: string): Promise<void> {
  await client().http.call('edit-message', { params: { messageId: id }, body: { content: text } });
  beginEdit(roomId, undefined);
}

export async function remove({ id, roomId }: RoomMessage): Promise<void> {
  await client().http.call('delete-message', { params: { channelId: roomId, messageId: id } });
}

/** Answers an agent that asks before it acts. */
export const approve = ({ id, roomId }: RoomMessage, isApproved: boolean): Promise<void> =>
  client().approve(roomId, id, isApproved);

/** Everything that is loaded at the end was seen. */
export function markSeen(roomId: string): void {
  const last = app.get().conversations[roomId]?.messages.at(-1);
  if (last && document.visibilityState === 'visible') markRead(roomId, last.seq);
}

/** A group with me and these agents in it. */
export async function makeRoom(name: string, agentIds: readonly string[]): Promise<string> {
  const participants = [app.get().entityId ?? '', ...agentIds];
  const { data } = await client().http.call('create-channel', { body: { name, type: 'GROUP', participants } });
  await enterRoom(client(), data.id);
  return data.id;
}

/** The DM with an agent: always the same room. */
export async function openDm(agentId: string): Promise<string> {
  const { entityId = '' } = app.get();
  const { data } = await client().http.call('get-dm-channel', {
    query: { currentUserId: entityId, targetUserId: agentId },
  });
  await enterRoom(client(), data.id);
  return data.id;
}
