/** The tables of what the HTTP API keeps beside messages. Times are ms since the epoch; JSON is kept as text. */
import type { Generated } from 'kysely';

/** Which agents belong to a server. */
export type ServerAgentsTable = { server_id: string; agent_id: string; added_at: number };
/**
 * Changes of whole rooms, with their places in the same order as messages. `cleared` and `deleted`: `last_seq` is that of
 * the last message before, and `ends` are the ends of messages that went with it (`RoomEnd`); JSON. Of `updated` only the
 * last one of each room is kept. `removed`: `ends` are the ids of those who were taken out.
 */
export type RoomChangesTable = {
  position: number;
  channel_id: string;
  server_id: string;
  /**
   * `clearing` and `deleting` are told to nobody: marks of a room that is being emptied, with how far that came in `last_seq`.
   * So is `passing`, of a room that is there for one question, and `forgotten`: the place of the last that is gone, of which
   * nothing else is known.
   */
  kind: 'cleared' | 'deleted' | 'updated' | 'removed' | 'clearing' | 'deleting' | 'passing' | 'forgotten';
  last_seq: number;
  ends: string;
};
/** An agent's view of a server, with a name and notes of its own. */
export type WorldsTable = {
  id: string;
  agent_id: string;
  server_id: string;
  name: string;
  source_type: Generated<string | null>;
  source_id: Generated<string | null>;
  metadata: string;
  created_at: number;
};
/** A conversation of one user with one agent that ends when nobody uses it. Not a connection: those are `sessions`. */
export type ChatSessionsTable = {
  /** Also the id of its channel: who joins the session as a room is in it. */
  id: string;
  agent_id: string;
  user_id: string;
  metadata: string;
  /** JSON: how long it lasts, whether it is renewed by use, for how long at most, and when to warn; in minutes. */
  timeout_config: string;
  created_at: number;
  last_activity: number;
  expires_at: number;
  /** When to say that it ends soon; null when that was said. */
  warn_at: number | null;
  renewal_count: Generated<number>;
  /** When it was found to have ended, and its room was told; null while it is open. */
  ended_at: Generated<number | null>;
};
export type JobStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'timeout';
/** One question to one agent, whose answer is waited for. */
export type JobsTable = {
  /** Also the id of its channel, and what its client would call the question: asked twice, it is said once. */
  id: string;
  agent_id: string;
  user_id: string;
  prompt: string;
  metadata: string;
  status: JobStatus;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
  answer_id: string | null;
  /** Why there is none. */
  error: string | null;
};
/** An uploaded file; its bytes are in the data directory under `stored_name`. */
export type FilesTable = {
  id: string;
  owner_kind: 'agent' | 'channel';
  owner_id: string;
  uploaded_by: string | null;
  stored_name: string;
  original_name: string;
  media_type: string;
  /** In bytes. */
  size: number;
  thumbnail: string | null;
  created_at: number;
  /** 1 when the last message that showed it is gone: it goes too. */
  is_let_go: Generated<0 | 1>;
};
/** Which messages show which files. */
export type FileUsesTable = { message_id: string; file_id: string };
/** The last lines of the server's log; those that strangers cause have a table of their own. */
export type LogEntriesTable = {
  position: Generated<number>;
  time: number;
  level: number;
  msg: string;
  agent_id: string | null;
  agent_name: string | null;
};

/** The tables of the log's own file. */
export type LogTables = { log_entries: LogEntriesTable; stranger_log_entries: LogEntriesTable };
