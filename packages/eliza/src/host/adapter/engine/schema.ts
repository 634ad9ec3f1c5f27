/**
 * The tables, as steps from one `user_version` to the next. Rows are deleted with what they belong to as plugin-sql does it.
 * No table refers to `agents`: other agents of a project have files of their own. Times are ms since the epoch. Each index
 * makes a turn slower: what is seldom looked for has none.
 */

/** What `deleteAgent` deletes, in an order that no reference forbids. */
export const tablesOfAgents = [
  'memories',
  'components',
  'participants',
  'relationships',
  'rooms',
  'worlds',
  'entities',
  'tasks',
  'cache',
] as const;

const first = `
CREATE TABLE agents (
  id TEXT PRIMARY KEY, enabled INTEGER NOT NULL, server_id TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  name TEXT NOT NULL, username TEXT, system TEXT, bio TEXT,
  message_examples TEXT NOT NULL, post_examples TEXT NOT NULL, topics TEXT NOT NULL, adjectives TEXT NOT NULL,
  knowledge TEXT NOT NULL, plugins TEXT NOT NULL, settings TEXT NOT NULL, style TEXT NOT NULL
) STRICT;

CREATE TABLE entities (
  id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, created_at INTEGER NOT NULL, names TEXT NOT NULL, metadata TEXT NOT NULL
) STRICT;

CREATE TABLE worlds (
  id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, name TEXT NOT NULL, metadata TEXT, message_server_id TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE rooms (
  id TEXT PRIMARY KEY, agent_id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, message_server_id TEXT,
  world_id TEXT, name TEXT, metadata TEXT, channel_id TEXT, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX rooms_by_world ON rooms (world_id);

CREATE TABLE participants (
  id TEXT PRIMARY KEY, entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
  room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, agent_id TEXT NOT NULL, room_state TEXT,
  created_at INTEGER NOT NULL, UNIQUE (room_id, entity_id)
) STRICT;
CREATE INDEX participants_by_entity ON participants (entity_id);

CREATE TABLE components (
  id TEXT PRIMARY KEY, entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE, agent_id TEXT NOT NULL,
  room_id TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, world_id TEXT REFERENCES worlds ON DELETE CASCADE,
  source_entity_id TEXT REFERENCES entities ON DELETE CASCADE, type TEXT NOT NULL, data TEXT, created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX components_by_entity ON components (entity_id, type);
CREATE INDEX components_by_room ON components (room_id);
CREATE INDEX components_by_world ON components (world_id);
CREATE INDEX components_by_source ON components (source_entity_id);

CREATE TABLE relationships (
  id TEXT PRIMARY KEY, source_entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE,
  target_entity_id TEXT NOT NULL REFERENCES entities ON DELETE CASCADE, agent_id TEXT NOT NULL, tags TEXT, metadata TEXT,
  created_at INTEGER NOT NULL, UNIQUE (source_entity_id, target_entity_id, agent_id)
) STRICT;
CREATE INDEX relationships_by_target ON relationships (target_entity_id);

CREATE TABLE memories (
  row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, created_at INTEGER NOT NULL,
  content TEXT NOT NULL, entity_id TEXT REFERENCES entities ON DELETE CASCADE, agent_id TEXT NOT NULL,
  room_id TEXT REFERENCES rooms ON DELETE CASCADE, world_id TEXT, is_unique INTEGER NOT NULL, metadata TEXT NOT NULL,
  CHECK (metadata ->> '$.type' IS NOT 'fragment'
    OR (json_type(metadata, '$.documentId') IS NOT NULL AND json_type(metadata, '$.position') IS NOT NULL)),
  CHECK (metadata ->> '$.type' IS NOT 'document' OR json_type(metadata, '$.timestamp') IS NOT NULL)
) STRICT;
CREATE INDEX memories_by_time ON memories (type, created_at, id);
CREATE INDEX memories_by_room ON memories (room_id, type, created_at, id);
CREATE INDEX memories_by_document ON memories (lower(metadata ->> '$.documentId'))
  WHERE lower(metadata ->> '$.documentId') IS NOT NULL;

CREATE TABLE embeddings (
  memory INTEGER NOT NULL REFERENCES memories ON DELETE CASCADE, dimension INTEGER NOT NULL, vector BLOB NOT NULL,
  UNIQUE (memory, dimension)
) STRICT;

CREATE TABLE cache (
  key TEXT NOT NULL, agent_id TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (key, agent_id)
) STRICT;

CREATE TABLE tasks (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, room_id TEXT, world_id TEXT, agent_id TEXT NOT NULL,
  tags TEXT, metadata TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tasks_by_name ON tasks (name);

CREATE TABLE logs (
  row INTEGER PRIMARY KEY AUTOINCREMENT, created_at INTEGER NOT NULL, entity_id TEXT NOT NULL, room_id TEXT NOT NULL,
  type TEXT NOT NULL, run_id TEXT, body TEXT NOT NULL
) STRICT;
CREATE INDEX logs_by_run ON logs (run_id) WHERE run_id IS NOT NULL;
CREATE TRIGGER logs_of_rooms AFTER DELETE ON rooms BEGIN DELETE FROM logs WHERE room_id = OLD.id; END;
CREATE TRIGGER logs_of_entities AFTER DELETE ON entities BEGIN DELETE FROM logs WHERE entity_id = OLD.id; END;

CREATE TABLE users (
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, username TEXT NOT NULL, password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_login_at INTEGER
) STRICT;
CREATE INDEX users_by_username ON users (username);
`;

/** Step n leads from version n to n + 1. One that was released is never changed. */
export const steps: readonly string[] = [first];
