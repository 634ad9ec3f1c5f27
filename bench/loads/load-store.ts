/** A load on the storage alone, a process of its own: the function that reads the last messages of a room. */

import type { Engine } from '../../packages/server/src/storage/engine/engine.ts';
import { openSqlite } from '../../packages/server/src/storage/engine/sqlite/sqlite.ts';
import { listLastMessages } from '../../packages/server/src/storage/messages/history.ts';
import { percentile } from '../measure.ts';
import { serveCommands } from '../processes.ts';
import { listRoomIds } from './fill-store.ts';

const limit = 50;
let database: Engine | undefined;
let roomIds: string[] = [];

export type StoreCommands = typeof commands;

const commands = { open, close, listLast };
serveCommands(commands);

async function open({ dataDir, count }: { dataDir: string; count: number }): Promise<void> {
  database = await openSqlite(dataDir);
  roomIds = listRoomIds(count);
}

async function close(): Promise<void> {
  await database?.close();
}

/** Reads rooms at random for so long; resolves with the times in ms. */
async function listLast({ seconds }: { seconds: number }): Promise<{ p50: number; p99: number }> {
  const { db } = database as Engine;
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const roomId = roomIds[Math.floor(Math.random() * roomIds.length)] as string;
    const began = performance.now();
    const messages = await listLastMessages(db, roomId, limit);
    times.push(performance.now() - began);
    if (messages.length === 0) throw new Error(`room ${roomId} is empty`);
  }
  times.sort((a, b) => a - b);
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}
