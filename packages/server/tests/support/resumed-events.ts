/**
 * What a reader hears on a resume, computed from what one of the same person has heard live. All differences between the
 * two that the protocol knows are here, each with its reason; there are no others.
 */
import type { Payload } from './stock-client.ts';

export type Heard = { event: string; payload: Payload };

/**
 * Events of entries of the server's log. All others are of the moment and are not kept: own acknowledgements, pieces of answers,
 * typing, who comes and goes, log lines.
 */
const keptEvents = new Set([
  'messageBroadcast',
  'controlMessage',
  'messageComplete',
  'messageDeleted',
  'message_deleted',
  'channelCleared',
  'channel_cleared',
  'channelDeleted',
  'channelUpdated',
  'userLeft',
]);

/** What a reader has heard of entries of the log. */
export function listKept(heard: readonly Heard[], roomId: string, entityId: string): Heard[] {
  return heard.flatMap(({ event, payload }) => {
    if (!keptEvents.has(event) || payload?.roomId !== roomId) return [];
    // The input is held as long as an answer is under way: a state, not something that happened. It ends with the answer, and that is kept.
    if (event === 'controlMessage' && payload.action === 'disable_input') return [];
    // Who else was taken out is presence: the room's update says who is in it.
    if (event === 'userLeft' && payload.userId !== entityId) return [];
    // The id that a sender gave its message is for its own socket, and on a resume for all of that sender.
    const { clientMessageId: _own, ...rest } = payload;
    return [{ event, payload: rest }];
  });
}

const isClear = ({ event }: Heard) => ['channelCleared', 'channelDeleted'].includes(event);

/** `live` is what was heard of entries since the reader was cut off. */
export function toResumed(live: readonly Heard[]): Heard[] {
  return takeEndsAlong(showMessagesAsTheyAre(keepLastUpdate(live)));
}

/**
 * Of updates of a room the last one is kept: it says how the room is. That one is not for a reader whom it takes out, and there
 * is nothing to say of a room that is gone.
 */
function keepLastUpdate(live: readonly Heard[]): Heard[] {
  const isOut = live.some(({ event }) => event === 'userLeft' || event === 'channelDeleted');
  const last = isOut ? undefined : live.findLast(({ event }) => event === 'channelUpdated');
  return live.filter((one) => one.event !== 'channelUpdated' || one === last);
}

/** A message is read as it is now, so its changes are in it, and one that is gone does not come. */
function showMessagesAsTheyAre(live: readonly Heard[]): Heard[] {
  const posted = new Set<string>();
  return live.flatMap((one, index) => {
    if (one.event !== 'messageBroadcast') return [one];
    const { id, updatedAt } = one.payload;
    const later = live.slice(index + 1);
    if (later.some((other) => isClear(other) || (other.event === 'messageDeleted' && other.payload.messageId === id)))
      return [];
    if (updatedAt === undefined) posted.add(id);
    else if (posted.has(id)) return [];
    const now = later.findLast((other) => other.event === 'messageBroadcast' && other.payload.id === id);
    return [now ?? one];
  });
}

/** The end of a message that is gone comes right before the deletion that took it: its own entry went with the message. */
function takeEndsAlong(live: readonly Heard[]): Heard[] {
  const resumed: Heard[] = [];
  for (const one of live) {
    const { event, payload } = one;
    const isTaken = (end: Heard, index: number) => {
      const [{ payload: of } = end] = end.event === 'controlMessage' ? resumed.slice(index + 1) : [end];
      return isClear(one) ? !goneBefore(resumed, index, of.messageId) : of.messageId === payload.messageId;
    };
    const isEnd = ({ event }: Heard) => event === 'messageComplete' || event === 'controlMessage';
    if (event === 'messageDeleted' || isClear(one)) {
      const taken = resumed.filter((other, index) => isEnd(other) && isTaken(other, index));
      resumed.splice(0, resumed.length, ...resumed.filter((other) => !taken.includes(other)), ...taken);
    }
    resumed.push(one);
  }
  return resumed;
}

/** Whether a message had been deleted by itself when the room was emptied, or in an earlier emptying of it. */
const goneBefore = (resumed: readonly Heard[], index: number, messageId: string): boolean =>
  resumed
    .slice(index)
    .some((other) => isClear(other) || (other.event === 'messageDeleted' && other.payload.messageId === messageId));
