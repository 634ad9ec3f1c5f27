/** A store with a room in it, for tests of what agents remember: messages by the message log, as everywhere. */
import type { TestContext } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../src/storage/journal/message-log.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { upsertAgent } from '../../src/storage/turns/agents.ts';
import { makeMessage } from '../storage/contract/fixture.ts';
import { makeDir } from './test-server.ts';

export type MemoryStore = Awaited<ReturnType<typeof openMemoryStore>>;

/** `lines` is everything that was logged, as one text. */
export async function openMemoryStore(t: TestContext, dataDir = makeDir(t)) {
  let database = await openSqlite(dataDir);
  let log = openMessageLog(database);
  t.after(() => database.close().catch(() => {}));
  const lines: string[] = [];
  const out = { write: (line: string) => void lines.push(line) };
  const logger = await openLogger({ level: 'debug', pretty: false, stream: createLogStream(), out });
  const agentId = crypto.randomUUID();
  await upsertAgent(database.db, { id: agentId, name: 'Cleo', character: '{}' });
  const makeRoom = async () => {
    const id = crypto.randomUUID();
    await insertChannel(
      database.db,
      { id, server_id: defaultServerId, name: 'Room', type: 'GROUP', created_at: Date.now() },
      [],
    );
    return id;
  };
  const ada = crypto.randomUUID();
  return {
    agentId,
    logger,
    makeRoom,
    lines: () => lines.join(''),
    get database() {
      return database;
    },
    /** Says something in a room, as Ada or as the agent; resolves with the message. */
    async say(channelId: string, text: string, senderId = ada) {
      const { message } = await log.write({
        kind: 'post',
        message: makeMessage(channelId, {
          senderId,
          senderName: senderId === agentId ? 'Cleo' : 'Ada',
          text,
          createdAt: Date.now(),
        }),
      });
      return message;
    },
    erase: (channelId: string, messageId: string) => log.write({ kind: 'deletion', channelId, messageId }),
    /** Closes the store and opens it anew, as a restart does. */
    async reopen() {
      await log.drain();
      await database.close();
      database = await openSqlite(dataDir);
      log = openMessageLog(database);
    },
  };
}
