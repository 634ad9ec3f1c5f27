/** What the parts of the Socket.IO edge are given. */
import type { Limits } from 'elizad-protocol';
import type { TurnWorker } from '../agents/turn-worker.ts';
import type { Messaging } from '../messaging/messages.ts';
import type { Logger } from '../observability/logger.ts';
import type { LogFeed } from './log-feed.ts';
import type { LogPlace } from './log-place.ts';
import type { GatewayServer } from './socket-server.ts';

export type GatewayDeps = {
  readonly io: GatewayServer;
  readonly messaging: Messaging;
  readonly worker: Pick<TurnWorker, 'cancel'>;
  readonly logFeed: LogFeed;
  readonly logger: Logger;
  readonly limits: Limits;
  /** How far the log has been announced. */
  readonly place: LogPlace;
  readonly version: string;
};
