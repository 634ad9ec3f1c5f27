/** What is done in a conversation beside saying something: it is opened; what was said is changed, taken back, answered, stopped. */
import { app, patchConversation, type RoomMessage } from '../app-state.ts';
import { enterRoom, markRead } from '../rooms/rooms.ts';
import { client } from '../session.ts';
import { showError } from '../toasts.ts';
import { loadNewest } from './history-pages.ts';

/** Its last messages; what comes after is heard. */
export async function openConversation(roomId: string): Promise<void> {
  // From here on the room's events are kept, so that nothing falls between them and the page below.
  patchConversation(roomId, (now) => ({ ...now }));
  await enterRoom(client(), roomId);
  await loadNewest(roomId);
}

export function stopAnswer(roomId: string): void {
  client().cancel(roomId).catch(showError);
}

export function beginEdit({ roomId, id, text }: RoomMessage): void {
  patchConversation(roomId, (now) => ({ ...now, editing: { id, text } }));
}

export function changeEdit(roomId: string, text: string): void {
  patchConversation(roomId, (now) => (now.editing ? { ...now, editing: { ...now.editing, text } } : now));
}

export function endEdit(roomId: string): void {
  patchConversation(roomId, ({ editing: _, ...now }) => now);
}

/** The last thing that I said, for the arrow up. */
export function editLast(roomId: string): void {
  const { conversations, entityId } = app.get();
  const mine = conversations[roomId]?.messages.findLast(({ senderId }) => senderId === entityId);
  if (mine) beginEdit(mine);
}

/** Resolves when it is stored; the room hears it as the message anew. */
export async function edit({ id, roomId }: RoomMessage, text: string): Promise<void> {
  await client().http.call('edit-message', { params: { messageId: id }, body: { content: text } });
  endEdit(roomId);
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
