/** Stands in until the channels' own part is merged. */
import type { Principal } from '../auth/principal.ts';
import type { CancelTurns } from './delete-message.ts';
import type { Messaging } from './messages.ts';

export async function deleteChannel(
  _messaging: Messaging,
  _cancelTurns: CancelTurns,
  _principal: Principal,
  _channelId: string,
): Promise<void> {}
