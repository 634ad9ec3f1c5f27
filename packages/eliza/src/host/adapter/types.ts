/**
 * What the adapter takes and gives, as @elizaos/core has it: its objects by their shape, since this package depends on
 * nothing. What a project gives is wider than the types of core say: a time may be a date, and what is optional may be null.
 */

export type Id = string;
export type Fields = { [key: string]: unknown };
export type Time = number | string | Date;

export type Agent = {
  id?: Id;
  enabled?: boolean;
  createdAt?: Time;
  updatedAt?: Time;
  name?: string;
  username?: string | null;
  system?: string | null;
  bio?: unknown;
  messageExamples?: unknown;
  postExamples?: unknown;
  topics?: unknown;
  adjectives?: unknown;
  knowledge?: unknown;
  plugins?: unknown;
  settings?: Fields | null;
  style?: unknown;
};

export type Component = {
  id: Id;
  entityId: Id;
  agentId: Id;
  roomId: Id;
  worldId?: Id | null;
  sourceEntityId?: Id | null;
  type: string;
  createdAt?: Time;
  data?: unknown;
};

export type Entity = {
  id?: Id;
  names: unknown;
  metadata?: unknown;
  agentId: Id;
  createdAt?: Time;
  components?: Component[] | undefined;
};

export type Memory = {
  id?: Id;
  entityId: Id;
  agentId?: Id;
  createdAt?: Time;
  content: unknown;
  embedding?: number[] | undefined;
  roomId: Id;
  worldId?: Id | null;
  unique?: boolean;
  metadata?: unknown;
};

/** A memory as it is given back. `type` is the name of its table. */
export type KeptMemory = {
  id: Id;
  type?: string;
  createdAt: number;
  content: unknown;
  entityId: Id;
  agentId: Id;
  roomId: Id;
  worldId?: Id | null;
  unique: boolean;
  metadata: unknown;
  embedding?: number[] | undefined;
  similarity?: number;
};

export type MemoryFilter = {
  tableName: string;
  count?: number;
  offset?: number;
  unique?: boolean;
  start?: number;
  end?: number;
  agentId?: Id;
  roomId?: Id;
  worldId?: Id;
  /** Not a filter: see `getMemories`. */
  entityId?: Id;
};

export type Search = {
  tableName: string;
  match_threshold?: number;
  count?: number;
  unique?: boolean;
  roomId?: Id;
  worldId?: Id | null;
  entityId?: Id;
};

export type World = {
  id?: Id;
  name?: string | null;
  agentId: Id;
  messageServerId?: Id | null;
  metadata?: unknown;
  createdAt?: Time;
};

export type Room = {
  id?: Id;
  name?: string | null;
  agentId?: Id;
  source: string;
  type: string;
  channelId?: string | null;
  messageServerId?: Id | null;
  worldId?: Id | null;
  metadata?: unknown;
  createdAt?: Time;
};

/** A room as it is given back; `serverId` is what `messageServerId` was called before. */
export type KeptRoom = Omit<Room, 'createdAt'> & { id: Id; serverId: Id | null; createdAt?: Date };

export type ParticipantState = 'FOLLOWED' | 'MUTED' | null;

export type Relationship = {
  id: Id;
  sourceEntityId: Id;
  targetEntityId: Id;
  agentId: Id;
  tags: string[];
  metadata: unknown;
  createdAt?: string;
};

export type Task = {
  id?: Id;
  name: string;
  description?: string | null;
  roomId?: Id | null;
  worldId?: Id | null;
  entityId?: Id;
  tags?: string[] | null;
  metadata?: unknown;
  updatedAt?: Time;
};

export type Log = { id: Id; createdAt: Date; entityId: Id; roomId: Id; type: string; body: unknown };

export type RunStatus = 'started' | 'completed' | 'timeout' | 'error';

export type Run = {
  runId: string;
  status: RunStatus;
  startedAt: number | null;
  endedAt: number | null;
  durationMs: number | null;
  messageId?: Id | undefined;
  roomId?: Id | undefined;
  entityId?: Id | undefined;
  metadata: Fields;
  counts: { actions: number; modelCalls: number; errors: number; evaluators: number };
};

export type User = {
  id: Id;
  email: string;
  username: string;
  passwordHash: string;
  createdAt?: Time;
  updatedAt?: Time;
  lastLoginAt?: Time | null;
};
