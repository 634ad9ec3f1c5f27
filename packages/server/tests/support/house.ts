/** The rooms and the agents of a server, without its edges. No worker takes up turns until the test starts it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { loadCharacters } from '../../src/agents/characters/characters.ts';
import { loadConfigFile } from '../../src/agents/config/file.ts';
import { openCompany } from '../../src/app/open-company.ts';
import { openRooms } from '../../src/app/open-rooms.ts';
import { openStore } from '../../src/app/open-store.ts';
import { readSettings } from '../../src/config.ts';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';

/** `dir` is where a config file is looked for. */
export async function openHouse(t: TestContext, dir: string, env: Record<string, string>) {
  const settings = readSettings({ env });
  const logStream = createLogStream();
  const logger = await openLogger({ level: 'silent', pretty: false, stream: logStream });
  const store = await openStore(settings, { logger, logStream }, () => {});
  const rooms = openRooms(settings, store);
  const warn = (text: string) => assert.fail(text);
  const { agents } = await openCompany(settings, store, rooms, {
    characters: await loadCharacters(settings.characters, settings.dataDir, warn),
    config: await loadConfigFile({ path: settings.config, directory: dir, warn }),
    serverUrl: () => undefined,
  });
  t.after(async () => {
    await agents.stop(0);
    await rooms.messaging.log.drain();
    await store.keptLog.stop();
    await store.database.close();
  });
  return { settings, logger, store, rooms, messaging: rooms.messaging, agents };
}
