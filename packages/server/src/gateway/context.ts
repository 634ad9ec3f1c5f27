/** What the parts of the Socket.IO edge are given. */
import type { Limits } from 'elizad-protocol';
import type { TurnWorker } from '../agents/turn/worker.ts';
import type { Told } from '../messaging/events/log-position.ts';
import type { Messaging } from '../messaging/ground/context.ts';
import type { Logger } from '../observability/logger.ts';
import type { Unread } from '../pacing/unread.ts';
import type { LogFeed } from './log-feed.ts';
import type { Sessions } from './resume/socket-sessions.ts';
import type { CheckSendRate } from './send-rate.ts';
import type { GatewayServer } from './socket-data.ts';
import type { WireDoctor } from './wire-doctor/wire-doctor.ts';

export type GatewayDeps = {
  readonly io: GatewayServer;
  readonly messaging: Messaging;
  readonly worker: Pick<TurnWorker, 'cancel'>;
  readonly sessions: Sessions;
  readonly logFeed: LogFeed;
  readonly doctor: WireDoctor;
  readonly logger: Logger;
  readonly checkSendRate: CheckSendRate;
  readonly limits: Limits;
  /** How far sockets have been told. */
  readonly told: Told;
  /** What all leave unread. */
  readonly unread: Unread;
  readonly version: string;
};
