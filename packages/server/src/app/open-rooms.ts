/** The rooms: everything that is posted goes through this `messaging`, and leaves through its `broadcast`. */
import { join } from 'node:path';
import type { Projects } from '../agents/projects/projects.ts';
import type { TurnWorker } from '../agents/turn/worker.ts';
import type { Settings } from '../config.ts';
import { createAgentDirectory } from '../messaging/directories/agent-directory.ts';
import { openChannelDirectory } from '../messaging/directories/channel-directory.ts';
import { createAnswers } from '../messaging/events/answers.ts';
import type { Broadcast } from '../messaging/events/broadcast.ts';
import { createRoomFeed } from '../messaging/events/room-feed.ts';
import type { Messaging } from '../messaging/ground/context.ts';
import { createMeters } from '../observability/meters.ts';
import { createRecentTimes } from '../observability/recent-times.ts';
import { openDiskFiles } from '../storage/disk/file-store.ts';
import { openMessageLog } from '../storage/journal/message-log.ts';
import type { Store } from './open-store.ts';

/** What stands above the rooms and is called from them; each is set as soon as it is open. */
export type Above = { broadcast?: Broadcast; worker?: TurnWorker; hear?: Projects['hear'] };

export type Rooms = { messaging: Messaging; above: Above };

export function openRooms(settings: Settings, { database, logger }: Store): Rooms {
  const above: Above = {};
  const feed = createRoomFeed();
  const broadcast: Broadcast = (...event) => {
    above.broadcast?.(...event);
    above.hear?.(event[0], event[1]);
    feed.tell(...event);
  };
  const meters = createMeters();
  const messaging: Messaging = {
    database,
    files: openDiskFiles(join(settings.dataDir, 'files')),
    agents: createAgentDirectory(),
    channels: openChannelDirectory(database),
    log: openMessageLog(
      database,
      (outcome) => {
        meters.turnsEnded[outcome] += 1;
      },
      { inRoom: settings.maxRoomTurns, inAll: settings.maxOpenTurns },
    ),
    broadcast,
    feed,
    answers: createAnswers(broadcast),
    meters,
    storedAt: createRecentTimes(),
    wake: (...lanes) => above.worker?.wake(...lanes),
    supersede: (...event) => {
      above.worker?.supersede(...event).catch((err) => logger.error({ err }, 'earlier turns could not be superseded'));
    },
    limits: settings,
  };
  return { messaging, above };
}
