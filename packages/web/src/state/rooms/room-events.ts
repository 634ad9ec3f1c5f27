/** What rooms tell, put into the state: messages, answers as they are made, and how each question ends. */
import type { Client } from 'elizad-client';
import { app, type Conversation, patchConversation, patchRoom } from '../app-state.ts';
import { seekAgents } from '../known-agents.ts';
import { addEndings, addPage, addSpan } from '../messages/history.ts';
import { toMessage } from '../messages/message.ts';
import { dropPending } from '../messages/pending.ts';
import { omit } from '../store.ts';
import { readName } from '../values/names.ts';
import { markRemoved } from './removed-rooms.ts';
import { forgetRoom, markRead, readLast, withLast } from './rooms.ts';

/** An acknowledgement or a page of the history that was on its way is not older than so many ends or deletions. */
const mostHeard = 200;
const addHeard = (ids: readonly string[], id: string): readonly string[] => [...ids, id].slice(-mostHeard);

const onlyBroken = (streams: Conversation['streams']): Conversation['streams'] =>
  Object.fromEntries(Object.entries(streams).filter(([, { error }]) => error));

export function listenToRooms(client: Client): void {
  client.on('messageBroadcast', (given) => {
    const message = toMessage(given);
    seekAgents(client, [message]);
    patchRoom(message.roomId, (room) => ((room.last?.seq ?? 0) > message.seq ? room : withLast(room, message)));
    onConversation(message.roomId, (now) => ({
      ...now,
      ...addPage(now, [message], [message.seq, message.seq]),
      pending: now.pending.filter(({ clientMessageId }) => clientMessageId !== message.clientMessageId),
      streams: omit(now.streams, message.id),
    }));
    if (message.clientMessageId) dropPending(message.roomId, message.clientMessageId);
    // Who speaks has read what was said before.
    if (message.senderId === app.get().entityId) markRead(message.roomId, message.seq);
  });
  client.on('messageStreamChunk', ({ roomId, messageId, chunk, index, agentId }) => {
    // Also of a room that is not open yet: the beginning comes once, when one enters.
    patchConversation(roomId, (now) => {
      const said = index === 0 ? '' : (now.streams[messageId]?.text ?? '');
      return { ...now, streams: { ...now.streams, [messageId]: { agentId, text: said + chunk } } };
    });
  });
  client.on('messageStreamError', ({ roomId, messageId, agentId, error, partialText }) => {
    onConversation(roomId, (now) => {
      const text = partialText ?? now.streams[messageId]?.text ?? '';
      return { ...now, streams: { ...now.streams, [messageId]: { agentId, text, error } } };
    });
  });
  client.on('messageComplete', ({ roomId, messageId, outcome, turns }) => {
    const failed = turns.find(({ code }) => code);
    const end = { outcome, ...(failed?.code && { code: failed.code }), ...(failed?.hint && { hint: failed.hint }) };
    onConversation(roomId, (now) => {
      const waiting = now.waiting.filter((id) => id !== messageId);
      // What was streamed and never stored ended with the last question; what broke off stays to be read.
      const left = waiting.length > 0 ? now.streams : onlyBroken(now.streams);
      const ended = addHeard(now.ended, messageId);
      return { ...now, waiting, ended, unanswered: addEndings(now, { [messageId]: end }), streams: left };
    });
  });
  client.on('messageDeleted', ({ roomId, messageId }) => {
    onConversation(roomId, (now) => ({
      ...now,
      messages: now.messages.filter(({ id }) => id !== messageId),
      deleted: addHeard(now.deleted, messageId),
    }));
    if (app.get().rooms[roomId]?.last?.id === messageId) readLast(client, roomId).catch(() => {});
  });
  client.on('channelCleared', ({ roomId }) => {
    const clearedTo = app.get().rooms[roomId]?.last?.seq ?? 0;
    patchRoom(roomId, (room) => withLast(room, undefined));
    onConversation(roomId, (now) => ({
      ...now,
      messages: [],
      clearedTo: Math.max(clearedTo, now.messages.at(-1)?.seq ?? 0),
      // Its numbers go on: there is nothing before the next one.
      known: addSpan(now.known, [1, now.messages.at(-1)?.seq ?? 0]),
      streams: {},
      unanswered: {},
    }));
  });
  client.on('channelDeleted', ({ roomId }) => {
    app.set((state) => ({ ...state, deletedRooms: { ...state.deletedRooms, [roomId]: true } }));
    forgetRoom(roomId);
  });
  client.on('userLeft', ({ roomId, userId }) => {
    if (userId === app.get().entityId && markRemoved(roomId)) forgetRoom(roomId);
  });
  client.on('channelUpdated', ({ roomId, updates: { name, type } }) => {
    patchRoom(roomId, (room) => ({ ...room, name: readName(name, room.name), type }));
  });
}

/** Rooms that nobody has looked into keep no messages. */
function onConversation(roomId: string, change: (now: Conversation) => Conversation): void {
  if (app.get().conversations[roomId]) patchConversation(roomId, change);
}
