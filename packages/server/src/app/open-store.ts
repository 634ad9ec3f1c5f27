/** The store, and the part of the log that is kept in it. */
import type { Settings } from '../config.ts';
import { startTelling } from '../messaging/events/log-position.ts';
import { openSocketSessions } from '../messaging/sessions/socket-sessions.ts';
import type { LogStream } from '../observability/log-stream.ts';
import type { Logger } from '../observability/logger.ts';
import { openStrangerLog } from '../observability/stranger-log.ts';
import { describeOpenDir } from '../storage/disk/data-dir.ts';
import type { Engine } from '../storage/engine/engine.ts';
import { describeTrouble } from '../storage/engine/sqlite/disk-guard.ts';
import { openSqlite } from '../storage/engine/sqlite/sqlite.ts';
import { getLastPosition } from '../storage/journal/log-entries.ts';
import { openKeptLog } from '../storage/kept/server-log-lines.ts';

/** How long a server that has lost its store still refuses requests, in ms. */
const answerMs = 200;

export type Store = Awaited<ReturnType<typeof openStore>>;

/** `onLost` is called when the store was deleted, moved or replaced. Throws `StoreError`. */
export async function openStore(
  settings: Settings,
  { logger, logStream }: { logger: Logger; logStream: LogStream },
  onLost: () => void,
) {
  let isLost = false;
  const database = await openSqlite(settings.dataDir, (trouble) => {
    logger[trouble === 'synced-again' ? 'warn' : 'fatal'](describeTrouble(trouble, settings.dataDir));
    if (trouble !== 'lost') return;
    isLost = true;
    // Clients that wait for an answer get it first.
    setTimeout(onLost, answerMs);
  });
  const told = startTelling(await findEnd(database));
  const openDir = describeOpenDir(settings.dataDir);
  if (openDir !== undefined) logger.warn(openDir);
  return {
    logStream,
    logger,
    strangers: openStrangerLog(logger),
    database,
    told,
    sockets: openSocketSessions(database),
    keptLog: openKeptLog(database, logStream, settings.logKept),
    isLost: () => isLost,
  };
}

/** The end of the log. Closes a store that cannot be read. */
async function findEnd(database: Engine): Promise<number> {
  try {
    return await getLastPosition(database.db);
  } catch (error) {
    await database.close();
    throw error;
  }
}
