/**
 * Answers under way: what was said of each so far. Who enters a room in the middle of an answer, or comes back to it,
 * hears it from where it stopped.
 */
import type { ServerEvents } from 'elizad-protocol';
import type { Broadcast } from './broadcast.ts';

/** One piece of an answer. `mark` counts all pieces of all answers of this process: 1, 2, 3… */
export type Piece = { readonly mark: number; readonly chunk: ServerEvents['chunk-streamed'] };

export type Answers = {
  /** Says more of an answer to its room. What a model gives in one step of the program is told as one piece. */
  say(more: Omit<ServerEvents['chunk-streamed'], 'index'>): void;
  /** Tells now what was said in this step. */
  tell(): void;
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
  const untold = new Map<string, Parameters<Answers['say']>[0]>();
  let timer: NodeJS.Immediate | undefined;
  let lastMark = 0;

  function begin(messageId: string, channelId: string): Piece[] {
    const pieces: Piece[] = [];
    const room = byRoom.get(channelId) ?? new Map<string, Piece[]>();
    byRoom.set(channelId, room.set(messageId, pieces));
    roomOf.set(messageId, channelId);
    return pieces;
  }

  function tell(): void {
    clearImmediate(timer);
    timer = undefined;
    for (const more of untold.values()) {
      const { messageId, channelId } = more;
      const pieces = byRoom.get(channelId)?.get(messageId) ?? begin(messageId, channelId);
      const chunk = { ...more, index: pieces.length };
      const mark = ++lastMark;
      pieces.push({ mark, chunk });
      broadcast('chunk-streamed', chunk, { channelId }, { mark });
    }
    untold.clear();
  }

  return {
    say(more) {
      const earlier = untold.get(more.messageId)?.chunk ?? '';
      untold.set(more.messageId, { ...more, chunk: earlier + more.chunk });
      timer ??= setImmediate(tell);
    },
    tell,
    end(messageId) {
      untold.delete(messageId);
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
