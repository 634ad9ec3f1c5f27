/** The tables as kysely sees them. Times are ms since the epoch; JSON is kept as text. */
import type { Outcome, TurnPolicy } from 'elizad-protocol';
import type { Generated } from 'kysely';
import type {
  ChatSessionsTable,
  FilesTable,
  FileUsesTable,
  JobsTable,
  RoomChangesTable,
  ServerAgentsTable,
  WorldsTable,
} from './tables-rest.ts';

export type ServersTable = {
  id: string;
  name: string;
  created_at: number;
  description: Generated<string | null>;
  source_type: Generated<string>;
  source_id: Generated<string | null>;
  metadata: Generated<string>;
  /** Null where it never changed. */
  updated_at: Generated<number | null>;
};
export type ChannelsTable = {
  id: string;
  server_id: string;
  name: string;
  type: 'DM' | 'GROUP';
  last_seq: Generated<number>;
  created_at: number;
  /** What becomes of a turn when a new message comes; null is the server's default. */
  turn_policy: Generated<TurnPolicy | null>;
  /** Until when no agent answers here; null when it is not frozen. */
  frozen_until: Generated<number | null>;
  /** The type as whoever made it spelt it (`VOICE_DM`, `THREAD`…); null is `type`. */
  declared_type: Generated<string | null>;
  source_type: Generated<string | null>;
  source_id: Generated<string | null>;
  topic: Generated<string | null>;
  /** The world of the agent that it was made for; null where none was named. */
  world_id: Generated<string | null>;
  /** Whatever a client wants kept with it, as it came; JSON. */
  metadata: Generated<string>;
  /** When it, or who is in it, was changed over HTTP; null where never. */
  updated_at: Generated<number | null>;
};
export type ParticipantsTable = {
  channel_id: string;
  entity_id: string;
  kind: 'user' | 'agent';
  name: string | null;
  joined_at: number;
};
export type MessagesTable = {
  /** Place in the order of the whole server, in which everything was announced. */
  position: number;
  id: string;
  channel_id: string;
  seq: number;
  sender_id: string;
  sender_name: string;
  text: string;
  created_at: number;
  source: string;
  thought: string | null;
  actions: string;
  attachments: string;
  metadata: string;
  in_reply_to: string | null;
  client_message_id: string | null;
  /** A digest of channel, sender and `client_message_id`; unique, so that a retry is found. */
  dedupe_key: string | null;
  /** Of a message that wakes nobody: the place of its completion, right behind it. */
  completed_at: number | null;
  updated_at: Generated<number | null>;
  /** What came with it from outside, as it came; JSON. */
  raw_message: Generated<string | null>;
};
export type AgentsTable = {
  id: string;
  name: string;
  /** Without its secrets; JSON. */
  character: string;
  created_at: number;
  updated_at: number;
  /** As they were set over HTTP; JSON, null for one of the character file that was taken away. Those of a file stay in the file. */
  secrets: Generated<string>;
  /** 0 where it was stopped, so that it does not start with the server. */
  is_enabled: Generated<0 | 1>;
  /**
   * Of an agent that was made or changed over HTTP: a digest of the character file that it had then (empty: none). Where
   * the file still has it, what is here counts; else the file. Null for an agent of a file, or built in.
   */
  edit_of: Generated<string | null>;
  /** Of an agent that was deleted: its id stays that of an agent, for rooms where it spoke. */
  deleted_at: Generated<number | null>;
};
/** `waiting`: for the answer of a person; it holds up nobody. */
export type TurnState = 'queued' | 'running' | 'waiting' | 'ended';
export type TurnsTable = {
  /** Place in the queue. */
  position: Generated<number>;
  id: string;
  message_id: string;
  channel_id: string;
  agent_id: string;
  state: TurnState;
  attempts: number;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  outcome: Outcome | null;
  code: string | null;
  /** The message of a person that began it all, and how many messages of agents lie between that one and this turn. */
  root_id: string;
  hops: number;
  /** What a turn with actions has done so far, so that nothing is done twice; JSON. */
  progress: Generated<string | null>;
};
/** What a turn cost and when it did what, never what was said. `stages` is JSON. */
export type TracesTable = {
  turn_id: string;
  agent_id: string;
  channel_id: string;
  message_id: string;
  started_at: number;
  ended_at: number;
  outcome: Outcome;
  model: string;
  input_tokens: number;
  output_tokens: number;
  /** In US dollars; null when no price is known. */
  cost: number | null;
  stages: string;
};

/** A question of an agent to the people of a room; `id` is that of the message which asks. */
export type ApprovalsTable = {
  id: string;
  turn_id: string;
  call_id: string;
  channel_id: string;
  deadline: number;
  otherwise: 'approve' | 'deny';
  /** Null while it is open. */
  approved: number | null;
  /** Who answered; null when the time was over. */
  answered_by: string | null;
};

/** Changes of messages, with their places in the same order as messages. */
export type EditsTable = { position: number; channel_id: string; message_id: string };
/** The ends of the turns of a message, with their places in the same order as messages. */
export type CompletionsTable = { position: number; channel_id: string; message_id: string };
/** Messages that were deleted, with the place of the deletion in that order, and how and where they had ended. */
export type DeletionsTable = {
  position: number;
  channel_id: string;
  message_id: string;
  completed_at: number | null;
  turns: string;
};
/** What an agent keeps: a fact of one room, with the message it was learned from, or a part of its knowledge. */
export type MemoriesTable = {
  row: Generated<number>;
  id: string;
  agent_id: string;
  kind: 'fact' | 'knowledge';
  channel_id: string | null;
  message_id: string | null;
  /** Where knowledge comes from: a path below the folder of the character. */
  source: string | null;
  text: string;
  /** Of a fact: a digest of its words, unique for agent and room, so that the same is kept once. */
  digest: string | null;
  created_at: number;
  /** 32-bit floats of length 1, as the machine keeps them, and the name of the model that made them. */
  embedding: Uint8Array | null;
  embedding_model: string | null;
};
/** Up to which message an agent has looked for facts in a room. */
export type MemoryProgressTable = { agent_id: string; channel_id: string; last_seq: number };
/** What was read for an agent, with a digest of the content, so that it is read anew only when it changed. */
export type KnowledgeSourcesTable = { agent_id: string; source: string; digest: string };
/** A socket as it was when it last entered or left a room, so that it can come back after anything. */
export type SessionsTable = { pid_digest: string; sid: string; data: string; touched_at: number };
/** A room that it was in; `agents`: JSON, whose log lines it heard by it. */
export type SessionRoomsTable = {
  pid_digest: string;
  channel_id: string;
  joined_as: string;
  heard_after: number;
  agents: string | null;
};

/** Who was taken out of which room, and where; `room_changes` has them as entries of the log. */
export type RemovalsTable = { channel_id: string; entity_id: string; position: number };

export type Tables = {
  servers: ServersTable;
  channels: ChannelsTable;
  participants: ParticipantsTable;
  messages: MessagesTable;
  agents: AgentsTable;
  turns: TurnsTable;
  completions: CompletionsTable;
  edits: EditsTable;
  approvals: ApprovalsTable;
  traces: TracesTable;
  sessions: SessionsTable;
  session_rooms: SessionRoomsTable;
  deletions: DeletionsTable;
  memories: MemoriesTable;
  memory_progress: MemoryProgressTable;
  knowledge_sources: KnowledgeSourcesTable;
  room_changes: RoomChangesTable;
  removals: RemovalsTable;
  server_agents: ServerAgentsTable;
  worlds: WorldsTable;
  chat_sessions: ChatSessionsTable;
  jobs: JobsTable;
  files: FilesTable;
  file_uses: FileUsesTable;
};
