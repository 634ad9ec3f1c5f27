/**
 * What a row of the tables in this folder is: one thing that a client can want, in our own words, with the event by which the
 * documented protocol says it. Its samples are tests and documentation at once.
 */
import { z } from 'zod';
import type { RoomRight } from '../../rights.ts';
import type { Spelling } from '../wire-row.ts';

export { notAnObject, sampleIds } from '../wire-row.ts';

/**
 * What an intent takes, and what its acknowledgement says beside `ok:true`. `right`: what the sender needs in the room of
 * `channelId`, which must exist; an intent without it makes its room, or is about none.
 */
type InRow<Payload extends z.ZodType> = Spelling<z.input<Payload>> & {
  intent: string;
  right?: RoomRight;
  payload: Payload;
  result: z.ZodType;
};

export const inRow = <Payload extends z.ZodType, const Row extends InRow<Payload>>(
  row: Row & { payload: Payload },
): Row => row;

export const count = z.int().min(0);

/** What a channel becomes when it is made. */
export const channelKind = { isDm: z.boolean().optional(), channelType: z.string().max(20).optional() };

export const wrongRoom = { why: 'the room is not a UUID', payload: { roomId: 'lobby' }, path: 'roomId' };
