/** What the whole client knows. Values are never changed in place; maps are plain objects by id. */
import type { Attachment, WireOutPayload } from 'elizad-client';
import { readKeptRecord } from './kept.ts';
import { createStore } from './store.ts';

/** A message as the server sends it to the room. */
export type RoomMessage = WireOutPayload<'messageBroadcast'>;
export type Agent = WireOutPayload<'world-state'>['agents'][string];

export type Room = {
  id: string;
  name: string;
  /** As whoever made it spelt it; DM and GROUP are the usual ones. */
  type: string;
  createdAt: number;
  last?: RoomMessage;
  /** The last `seq` that was on the screen; undefined of a room that I am not in, whose messages do not wait for me. */
  readSeq?: number;
};

/** Said by me, and not yet back from the server. */
export type Pending = {
  clientMessageId: string;
  text: string;
  attachments?: readonly Attachment[];
  createdAt: number;
  state: 'sending' | 'failed';
  error?: string;
};

/** How what was asked ended without an answer. */
export type Unanswered = { outcome: string; code?: string; hint?: string };

/** From one `seq` to another, both in it. */
export type Span = readonly [from: number, to: number];

export type Stream = { agentId: string; text: string; error?: string };

export type Conversation = {
  /** Those that are loaded, in the order of the room. Between them there may be holes that are not. */
  messages: readonly RoomMessage[];
  /** Where nothing is missing: what is in a span and not in `messages` was deleted. Ascending, apart from each other. */
  known: readonly Span[];
  pending: readonly Pending[];
  /** Answers under way by the id that their message will have. */
  streams: Readonly<Record<string, Stream>>;
  /** By the id of the question. */
  unanswered: Readonly<Record<string, Unanswered>>;
  /** The ids of questions whose end has not come. */
  waiting: readonly string[];
  /** The last ones whose end was heard: whatever says that they are open was written before. */
  ended: readonly string[];
  /** The last messages that were heard to be deleted, by id, and up to which `seq` all were. */
  deleted: readonly string[];
  clearedTo: number;
  isLoaded: boolean;
  /** The message that is being edited, and what it shall say. */
  editing?: { id: string; text: string };
};

export type Toast = { id: number; text: string; hint?: string };

export type AppState = {
  connection: 'connecting' | 'online' | 'offline' | 'refused';
  /** Why the server does not let us in; until it does. */
  refusal?: { text: string; hint?: string } | undefined;
  entityId?: string;
  version?: string;
  /** What the server takes. */
  limits?: WireOutPayload<'connection_established'>['limits'];
  agents: readonly Agent[];
  areAgentsLoaded: boolean;
  rooms: Readonly<Record<string, Room>>;
  areRoomsLoaded: boolean;
  /** Rooms that were deleted while the page was open. */
  deletedRooms: Readonly<Record<string, true>>;
  /** Rooms that I was taken out of, and have not gone into again. */
  removedRooms: Readonly<Record<string, true>>;
  conversations: Readonly<Record<string, Conversation>>;
  toasts: readonly Toast[];
};

export const emptyConversation: Conversation = {
  messages: [],
  known: [],
  pending: [],
  streams: {},
  unanswered: {},
  waiting: [],
  ended: [],
  deleted: [],
  clearedTo: 0,
  isLoaded: false,
};

export const app = createStore<AppState>({
  connection: 'connecting',
  agents: [],
  areAgentsLoaded: false,
  rooms: {},
  areRoomsLoaded: false,
  deletedRooms: {},
  removedRooms: readKeptRecord('removed', (value): value is true => value === true),
  conversations: {},
  toasts: [],
});

export const patch = (part: Partial<AppState>): void => app.set((state) => ({ ...state, ...part }));

export function patchConversation(roomId: string, change: (now: Conversation) => Conversation): void {
  app.set((state) => {
    const now = state.conversations[roomId] ?? emptyConversation;
    return { ...state, conversations: { ...state.conversations, [roomId]: change(now) } };
  });
}

export function patchRoom(roomId: string, change: (now: Room) => Room): void {
  app.set((state) => {
    const now = state.rooms[roomId];
    return now ? { ...state, rooms: { ...state.rooms, [roomId]: change(now) } } : state;
  });
}
