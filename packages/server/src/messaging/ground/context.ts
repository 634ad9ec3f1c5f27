/** What the parts of this floor are given. */
import { ElizadError, type TurnPolicy } from 'elizad-protocol';
import type { Meters } from '../../observability/meters.ts';
import type { RecentTimes } from '../../observability/recent-times.ts';
import type { FileStore } from '../../storage/disk/file-store.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import type { MessageLog } from '../../storage/journal/message-log.ts';
import type { AgentDirectory } from '../directories/agent-directory.ts';
import type { ChannelDirectory } from '../directories/channel-directory.ts';
import type { Answers } from '../events/answers.ts';
import type { Broadcast } from '../events/broadcast.ts';
import type { RoomFeed } from '../events/room-feed.ts';

/** Made once, in app/open-rooms.ts. */
export type Messaging = {
  database: Engine;
  /** Bytes of what was uploaded. */
  files: FileStore;
  agents: AgentDirectory;
  channels: ChannelDirectory;
  log: MessageLog;
  broadcast: Broadcast;
  /** For who waits in this process, beside the sockets. */
  feed: RoomFeed;
  answers: Answers;
  meters: Meters;
  /** When questions were on disk. */
  storedAt: RecentTimes;
  /** Tells the turn worker that turns of some agents may wait in a channel. */
  wake: (channelId: string, agentIds: readonly string[]) => void;
  /** Ends the turns of some agents that earlier messages of a channel began: a newer one takes their place. */
  supersede: (channelId: string, agentIds: readonly string[], by: { messageId: string }) => void;
  limits: { maxTextLength: number; turnPolicy: TurnPolicy; invitesOnlyAgent: boolean };
};

/** Stops the answers to a message, or all of a channel; returns how many were under way. */
export type CancelTurns = (channelId: string, messageId?: string) => Promise<number>;

/** Throws `text-too-long`; `path`: where the text stands in what was sent. */
export function assertLength({ length }: string, most: number, path = 'text'): void {
  if (length <= most) return;
  const message = `expected at most ${most} characters, got ${length}`;
  throw new ElizadError('text-too-long', { issues: [{ path, message }] });
}
