/** A server whose store has a room with many messages, written straight into it: over the socket it would take minutes. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openSqlite } from '../../../server/src/storage/engine/sqlite/sqlite.ts';
import { openMessageLog } from '../../../server/src/storage/journal/message-log.ts';
import { insertChannel } from '../../../server/src/storage/rooms/channels.ts';
import { makeDir, openTestServer } from '../../../server/tests/support/test-server.ts';

const serverId = '00000000-0000-0000-0000-000000000000';
const began = Date.parse('2026-01-01T00:00:00.000Z');
/** Between two messages: a hundred thousand of them take some seventy days. */
const everyMs = 60_000;
const atOnce = 2_000;

const bodies = [
  '',
  ' It is a short one.',
  ' This one is longer, as they are when somebody explains what went wrong, in which order, and what was tried.',
  ' With **marks**, `code` and a [link](/docs).',
  '\n\n- one\n- two\n- three',
];

/** The text of the `n`-th message, from 1. */
export const noteOf = (n: number): string => `note ${n}.${n % 7 === 0 ? bodies[n % bodies.length] : ''}`;

export async function writeLongRoom(dataDir: string, count: number): Promise<{ roomId: string }> {
  const roomId = crypto.randomUUID();
  const database = await openSqlite(dataDir);
  await insertChannel(
    database.db,
    { id: roomId, server_id: serverId, name: 'The archive', type: 'GROUP', created_at: began },
    [],
  );
  const log = openMessageLog(database);
  const senders = ['Ada', 'Grace', 'Alan'].map((senderName) => ({ senderId: crypto.randomUUID(), senderName }));
  const rest = { channelId: roomId, serverId, source: 'test', thought: null, inReplyTo: null, clientMessageId: null };
  for (let from = 1; from <= count; from += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, count - from + 1) }, (_, index) => from + index);
    await Promise.all(
      numbers.map((n) => {
        const said = { text: noteOf(n), createdAt: began + n * everyMs, actions: [], attachments: [], metadata: {} };
        const sender = senders[Math.floor(n / 3) % senders.length] as (typeof senders)[number];
        return log.write({ kind: 'post', message: { ...rest, ...said, ...sender, id: crypto.randomUUID() } });
      }),
    );
  }
  await database.close();
  return { roomId };
}

export async function openLongRoom(t: TestContext, count: number, env: Record<string, string> = {}) {
  const dataDir = join(makeDir(t), 'data');
  const { roomId } = await writeLongRoom(dataDir, count);
  const app = await openTestServer(t, { ELIZAD_DATA: dataDir, ...env });
  return { app, roomId, timeOf: (n: number) => began + n * everyMs };
}
