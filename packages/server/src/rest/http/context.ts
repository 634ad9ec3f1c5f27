/** What every handler of the HTTP edge works with; app/ makes it once. */
import type { RefusedConnection, SocketView } from 'elizad-protocol';
import type { Agents } from '../../agents/agents.ts';
import type { CheckKey } from '../../auth/key-guard.ts';
import type { RefuseCaller } from '../../auth/refused-callers.ts';
import type { Settings } from '../../config.ts';
import type { Told } from '../../messaging/events/log-position.ts';
import type { CancelTurns, Messaging } from '../../messaging/ground/context.ts';
import type { Jobs } from '../../messaging/jobs/jobs.ts';
import type { ChatSessions } from '../../messaging/sessions/chat-sessions.ts';
import type { KeptLog } from '../../observability/kept-log.ts';
import type { LogStream } from '../../observability/log-stream.ts';
import type { Logger } from '../../observability/logger.ts';
import type { MeterRing } from '../../observability/meter-ring.ts';

export type RestDeps = {
  settings: Settings;
  checkKey: CheckKey;
  /** Notes whose page or name is not allowed. */
  refuseCaller: RefuseCaller;
  version: string;
  logger: Logger;
  logStream: LogStream;
  messaging: Messaging;
  /** How far the order of the server was told. */
  told: Told;
  agents: Agents;
  cancelTurns: CancelTurns;
  /** Fires when the server stops, after the turns: whoever still waits or listens is let go. */
  stopping: AbortSignal;
  chatSessions: ChatSessions;
  jobs: Jobs;
  keptLog: KeptLog;
  meterRing: MeterRing;
  /** The connected sockets, as the wire doctor sees them. */
  listSockets: () => Promise<{ sockets: SocketView[]; total: number; refused: RefusedConnection[] }>;
  /** The ids of those whose sockets hear a channel now. */
  listPresent: (channelId: string) => Set<string>;
  /** Stops the whole server gracefully; returns at once. */
  stop: () => void;
  /** What is not ready yet, or any more; empty when all is. */
  listUnready: () => string[];
};
