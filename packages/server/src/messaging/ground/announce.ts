/** Entries of the server's log are told live: after their commit, in its order, each event with its place. */
import type { EntryReader } from '../../storage/journal/entry.ts';
import type { LogEntry } from '../../storage/journal/kinds.ts';
import type { Channel } from '../directories/channel.ts';
import type { Audience } from '../events/broadcast.ts';
import { everybody, toEvents } from '../events/entry-events.ts';
import type { Messaging } from './context.ts';

type Announcing = Pick<Messaging, 'broadcast' | 'meters'>;

/**
 * `channel` is where messages were said, if any were; the socket `originId` said them, and gets its own copies. `as`: the entries
 * are about somebody, and the room hears what that one hears.
 */
type Announcement = { channel?: Pick<Channel, 'lastSeq'>; originId?: string | undefined; as?: string };

/** Tells rooms what was written, as the log hands it over when it is committed: nothing of a duplicate. */
export function announceEntries(
  messaging: Announcing,
  entries: readonly LogEntry[],
  { channel, originId, as }: Announcement = {},
): void {
  for (const entry of entries) {
    const { channelId } = entry;
    if (entry.kind !== 'posted') {
      tell(messaging, entry, { channelId }, { ...everybody, as });
      continue;
    }
    const { seq, senderId } = entry.message;
    messaging.meters.messages += 1;
    if (channel) channel.lastSeq = seq;
    tell(messaging, entry, { channelId, exceptSocketId: originId }, everybody);
    if (originId !== undefined) tell(messaging, entry, { socketId: originId }, { ...everybody, as: senderId });
  }
}

function tell({ broadcast }: Announcing, entry: LogEntry, audience: Audience, reader: EntryReader): void {
  const events = toEvents(entry, reader);
  const last = events.length - 1;
  for (const [index, { name, payload }] of events.entries())
    broadcast(name, payload, audience, index === last ? { position: entry.position } : undefined);
}
