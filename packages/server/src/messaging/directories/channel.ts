/** A channel as it is kept in memory: the same object for everybody who works with it. */
import { ElizadError, mostParticipants, type TurnPolicy } from 'elizad-protocol';
import type { ParticipantRow } from '../../storage/rooms/channels.ts';
import type { Participant, Roll } from './roll.ts';

export type Channel = {
  readonly id: string;
  readonly serverId: string;
  name: string;
  readonly type: 'DM' | 'GROUP';
  readonly createdAt: number;
  /** What becomes of a turn when a new message comes; the server's default where it is null. */
  readonly turnPolicy: TurnPolicy | null;
  /** No agent answers here before this time. */
  frozenUntil: number | null;
  /** `seq` of the last message that was committed; changes before that message is broadcast. */
  lastSeq: number;
  /** The time of the last message, in ms since the epoch; 0 where there is none. */
  lastAt: number;
  /** The mark of what an agent said last, since the start. */
  lastAnswer?: number;
  readonly participants: Roll;
};

/** Throws `too-many-participants` where a channel has no place for so many more. */
export function assertPlace({ id, participants }: Channel, more: number, arriving = 0): void {
  if (more > 0 && participants.size + arriving + more > mostParticipants)
    throw new ElizadError('too-many-participants', { roomId: id });
}

/** As they are stored; all come at the same time. */
export function toParticipantRows(channelId: string, participants: readonly Participant[]): ParticipantRow[] {
  const joined_at = Date.now();
  return participants.map(({ id, kind, name }) => ({ channel_id: channelId, entity_id: id, kind, name, joined_at }));
}
