/** Rooms whose messages are written straight into the store of a server that does not run: also what it would not take. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import type { Engine } from '../../../server/src/storage/engine/engine.ts';
import { openSqlite } from '../../../server/src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../../server/src/storage/journal/message-log.ts';
import { insertChannel } from '../../../server/src/storage/rooms/channels.ts';
import { makeDir, openTestServer } from '../../../server/tests/support/test-server.ts';

const began = Date.parse('2026-01-01T00:00:00.000Z');
const atOnce = 1_000;

/** Any JSON in place of what a message has. */
export type Written = { [name: string]: unknown; senderId?: string };

/** `by` makes the messages, of the id of the agent that is built in. */
export async function openWrittenRoom(t: TestContext, by: (agentId: string) => readonly Written[]) {
  const { app, roomIds, agentId } = await openWrittenRooms(t, (id) => [by(id)]);
  return { app, roomId: roomIds[0] ?? '', agentId };
}

/** A room for each list of messages. */
export async function openWrittenRooms(t: TestContext, by: (agentId: string) => readonly (readonly Written[])[]) {
  const env = { ELIZAD_DATA: join(makeDir(t), 'data') };
  const first = await openTestServer(t, env);
  const { data } = (await (await fetch(`${first.url}/api/agents`)).json()) as { data: { agents: { id: string }[] } };
  await first.stop();
  const agentId = data.agents[0]?.id ?? '';
  const rooms = by(agentId).map((messages) => ({ roomId: crypto.randomUUID(), messages }));
  const database = await openSqlite(env.ELIZAD_DATA);
  for (const { roomId, messages } of rooms) await write(database, roomId, messages);
  await database.close();
  const app = await openTestServer(t, env);
  return { app, roomIds: rooms.map(({ roomId }) => roomId), agentId };
}

async function write(database: Engine, roomId: string, messages: readonly Written[]): Promise<void> {
  const room = {
    id: roomId,
    server_id: defaultServerId,
    name: 'The museum',
    type: 'GROUP',
    created_at: began,
  } as const;
  await insertChannel(database.db, room, []);
  const log = openMessageLog(database);
  const somebody = crypto.randomUUID();
  for (let from = 0; from < messages.length; from += atOnce)
    await Promise.all(
      messages.slice(from, from + atOnce).map((message, index) =>
        log.write({
          kind: 'post',
          message: {
            id: crypto.randomUUID(),
            channelId: roomId,
            serverId: defaultServerId,
            senderId: somebody,
            senderName: 'Mallory',
            text: '',
            createdAt: began + from + index,
            source: 'client',
            thought: null,
            actions: [],
            attachments: [],
            metadata: {},
            inReplyTo: null,
            clientMessageId: null,
            ...(message as object),
          },
        }),
      ),
    );
}
