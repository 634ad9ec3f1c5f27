/**
 * What a row of the tables in this folder is: one event of the server in our own words, with the frames that clients know it
 * by. Its sample and its wrong frames are tests and documentation at once.
 * `channelId` is also spelled `roomId`, `serverId` also `messageServerId`: no client has to know which one we prefer.
 */
import { z } from 'zod';
import { uuid } from '../../ids.ts';
import { sampleIds } from '../wire-row.ts';

/** A frame by its name on the wire. `wrong` is a change that it may not have, and the path at which its schema notices. */
type FrameRow = {
  schema: z.ZodType;
  about: string;
  wrong: { change: Record<string, unknown>; path: string };
};

/** The frames of a row, each as its name and its payload. */
type FrameOf<F extends Record<string, FrameRow>> = {
  [N in keyof F & string]: readonly [N, z.input<F[N]['schema']>];
}[keyof F & string];

/** `outRow<Event>()({…})`: the event is named, the frames are inferred. `encode` gives them in the order in which they leave. */
export const outRow =
  <Event>() =>
  <F extends Record<string, FrameRow>>(row: {
    sample: Event;
    frames: F;
    encode: (event: Event) => readonly FrameOf<F>[];
  }) =>
    row;

/** An event of a room. */
export type InChannel = { channelId: string };

export const ms = z.int().min(0);
export const seq = z.int().min(0);
export const json = z.record(z.string(), z.unknown());
export const bothRooms = { channelId: uuid, roomId: uuid };
export const bothServers = { serverId: uuid, messageServerId: uuid };

export const showRoom = (channelId: string) => ({ channelId, roomId: channelId });
export const showServer = (serverId: string) => ({ serverId, messageServerId: serverId });
export const inRoom = <T extends InChannel>(event: T) => ({ ...event, roomId: event.channelId });

/** Ids and the time that samples use. */
export const { room: channelId, user: userId, agent: agentId, message: messageId } = sampleIds;
export const replyId = '44444444-4444-4444-8444-444444444444';
export const at = 1_795_385_575_199;
