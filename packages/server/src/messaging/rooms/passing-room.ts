/**
 * Rooms that are there for one question. What happens in one is as in any other; then it is gone with all that was in it, and
 * where the server did not come to that, the next start does.
 */
import { defaultServerId } from 'elizad-protocol';
import type { Logger } from '../../observability/logger.ts';
import type { CancelTurns, Messaging } from '../ground/context.ts';
import { forgetChannel } from './erase-room.ts';

type Deps = { messaging: Messaging; cancelTurns: CancelTurns; logger: Logger };

/** Does something in a room of this id, which `use` makes. Throws what `use` throws. */
export async function usePassingRoom<T>(
  { messaging, cancelTurns, logger }: Deps,
  channelId: string,
  use: () => Promise<T>,
): Promise<T> {
  await messaging.log.write({ kind: 'passing-room', channelId, serverId: defaultServerId });
  try {
    return await use();
  } finally {
    // The answer is there: it does not fail with this.
    await forgetChannel(messaging, cancelTurns, channelId).catch((err) =>
      logger.error({ err, channelId }, 'a temporary room could not be deleted; the next start deletes it'),
    );
  }
}
