/** What happens in a channel, as server-sent events. */
import { ElizadError, encodeEvent, type Frame } from 'elizad-protocol';
import type { messageRows } from 'elizad-protocol/rest';
import { assertMayFollow, followRoom } from '../../../messaging/asking/follow-room.ts';
import type { EntryEvent } from '../../../messaging/events/entry-events.ts';
import { parseOffset } from '../../../messaging/events/log-position.ts';
import { readLastEventId, streamReply } from '../../http/asking.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const followHandlers: RestHandlers<Pick<typeof messageRows, 'follow-channel'>> = {
  'follow-channel': async (deps, { principal, room, query, raw }, reply) => {
    const { messaging, told, stopping } = deps;
    // A browser that comes back repeats the address, and adds where it was.
    const place = readLastEventId(raw) ?? (query.since || undefined);
    const from = place === undefined ? undefined : parseOffset(told, place);
    if (place !== undefined && !from) throw new ElizadError('unknown-place');
    // The holder of the key, who names nobody, is nobody that could be taken out.
    const entityId = principal.scopes.includes('moderate') ? undefined : principal.entityId;
    await assertMayFollow(messaging, room, entityId, from);
    return streamReply(deps, reply, {}, async (stream) => {
      // A room has no last event: the stream just ends with the server.
      stopping.addEventListener('abort', stream.end);
      if (stopping.aborted) stream.end();
      // From the first moment the reader can say where it was.
      if (!from) stream.send({ id: String(told.position) });
      try {
        const stop = await followRoom(messaging, told, room.id, from, {
          ...(entityId !== undefined && { entityId }),
          take: (event, place) => {
            const frames = encodeOnce(event);
            const last = frames.length - 1;
            // Behind the last frame, as sockets have it.
            for (const [index, [name, data]] of frames.entries())
              stream.send({ name, data, id: index === last ? place : undefined });
          },
          isReady: stream.isReady,
          end: stream.end,
        });
        await stream.isOver;
        stop();
      } finally {
        stopping.removeEventListener('abort', stream.end);
      }
    });
  },
};

const encoded = new WeakMap<EntryEvent, readonly Frame[]>();

/** The frames of an event, the same ones for all readers: what they are written as can be shared, too. */
function encodeOnce(event: EntryEvent): readonly Frame[] {
  const frames = encoded.get(event) ?? encodeEvent(event.name, event.payload);
  encoded.set(event, frames);
  return frames;
}
