/**
 * Answers under way: what was said of each so far. Who enters a room in the middle of an answer, or comes back to it,
 * hears it from where it stopped.
 */
import type { ServerEvents } from 'elizad-protocol';
import type { Broadcast } from './broadcast.ts';

/** One piece of an answer. `mark` counts all pieces of all answers of this process: 1, 2, 3… */
export type Piece = { readonly mark: number; readonly chunk: ServerEvents['chunk-streamed'] };

export type Answers = {
  /** Says the next piece to the room. `index` 0 begins the answer anew: what was said under its id before is void. */
  say(chunk: ServerEvents['chunk-streamed']): void;
  /** The whole answer was posted, or given up: its pieces are of no use any more. */
  end(messageId: string): void;
  /** Pieces of the answers under way in some rooms, after a mark, in the order in which they were said. */
  list(channelIds: readonly string[], after: number): Piece[];
  /** What was said so far of each answer under way in a room, as one piece. */
  listSoFar(channelId: string): ServerEvents['chunk-streamed'][];
};

export function createAnswers(broadcast: Broadcast): Answers {
  const byRoom = new Map<string, Map<string, Piece[]>>();
  const roomOf = new Map<string, string>();
  let lastMark = 0;

  function begin(messageId: string, channelId: string): Piece[] {
    const pieces: Piece[] = [];
    const room = byRoom.get(channelId) ?? new Map<string, Piece[]>();
    byRoom.set(channelId, room.set(messageId, pieces));
    roomOf.set(messageId, channelId);
    return pieces;
  }

  return {
    say(chunk) {
      const { messageId, channelId, index } = chunk;
      const earlier = index === 0 ? undefined : byRoom.get(channelId)?.get(messageId);
      const pieces = earlier ?? begin(messageId, channelId);
      const mark = ++lastMark;
      pieces.push({ mark, chunk });
      broadcast('chunk-streamed', chunk, { channelId }, { mark });
    },
    end(messageId) {
      const channelId = roomOf.get(messageId) ?? '';
      roomOf.delete(messageId);
      const room = byRoom.get(channelId);
      room?.delete(messageId);
      if (room?.size === 0) byRoom.delete(channelId);
    },
    listSoFar: (channelId) =>
      [...(byRoom.get(channelId)?.values() ?? [])].flatMap((pieces) => {
        const chunk = pieces.map((piece) => piece.chunk.chunk).join('');
        return pieces.slice(0, 1).map((first) => ({ ...first.chunk, chunk }));
      }),
    list(channelIds, after) {
      const pieces = channelIds.flatMap((channelId) => [...(byRoom.get(channelId)?.values() ?? [])].flat());
      return pieces.filter(({ mark }) => mark > after).sort((a, b) => a.mark - b.mark);
    },
  };
}
