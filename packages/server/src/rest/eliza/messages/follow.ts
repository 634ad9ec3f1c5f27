/** What happens in a channel, as server-sent events. */
import { ElizadError } from 'elizad-protocol';
import type { messageRows } from 'elizad-protocol/rest';
import { assertMayFollow, followRoom } from '../../../messaging/asking/follow-room.ts';
import { parseOffset } from '../../../messaging/events/log-position.ts';
import { openEventStream } from '../../http/event-stream.ts';
import type { RestHandlers } from '../../http/handler.ts';

export const followHandlers: RestHandlers<Pick<typeof messageRows, 'follow-channel'>> = {
  'follow-channel': async (deps, { principal, room, query, raw }, reply) => {
    const { messaging, told, logger } = deps;
    // A browser that comes back repeats the address, and adds where it was.
    const place = [raw.headers['last-event-id']].flat()[0] || query.since || undefined;
    const from = place === undefined ? undefined : parseOffset(told, place);
    if (place !== undefined && !from) throw new ElizadError('unknown-place');
    // The holder of the key, who names nobody, is nobody that could be taken out.
    const entityId = principal.scopes.includes('moderate') ? undefined : principal.entityId;
    await assertMayFollow(messaging, room, entityId, from);
    const stream = openEventStream(deps, reply);
    const take = ([name, data]: readonly [string, unknown], id: string | undefined) => stream.send({ name, data, id });
    // From the first moment the reader can say where it was.
    if (!from) stream.send({ id: String(told.position) });
    try {
      const stop = await followRoom(messaging, told, room.id, from, {
        ...(entityId !== undefined && { entityId }),
        take,
        isReady: stream.isReady,
        end: stream.end,
      });
      stream.signal.addEventListener('abort', stop);
      if (stream.signal.aborted) stop();
    } catch (error) {
      logger.error({ err: error }, 'a stream broke off');
      stream.end();
    }
    return reply;
  },
};
