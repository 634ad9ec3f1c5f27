/** Shapes that the rows of message servers and channels share. */
import { z } from 'zod';
import { boundedKeys } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { isShallow } from '../../json.ts';
import { maxKeys, maxNameLength, maxNesting } from '../../limits.ts';
import { isoTime, metadata } from '../rest-row.ts';

/** Most characters of the JSON of what is kept with a server or a channel. */
const maxMetadata = 65_536;

/** Most who are named in one request; a room may have more. */
const mostNamed = 1_000;

const wellFormed = z.string().overwrite((text) => text.toWellFormed());

export const roomName = wellFormed.trim().min(1).max(maxNameLength);
export const roomTopic = wellFormed.max(2_000);

/** Whatever a client wants kept, as it sends it. */
export const keptMetadata = boundedKeys(
  z
    .record(z.string(), z.unknown())
    .refine(isShallow, { abort: true, error: `expected JSON, nested at most ${maxNesting} deep` })
    .refine(
      (value) => JSON.stringify(value).length <= maxMetadata,
      `expected at most ${maxMetadata} characters of JSON`,
    ),
  maxKeys,
);

export const participantIds = z.array(uuid).max(mostNamed);

/** `DM`, `GROUP`, or whatever else it is called: clients of the field have words and numbers of their own. */
export const roomType = z
  .union([z.string(), z.number(), z.boolean()], { error: 'expected a word such as DM or GROUP' })
  .transform(String)
  .pipe(z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} _.:-]{0,39}$/u, 'expected a word such as DM or GROUP'));

/** A page of a list, newest first. */
export const pageQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(500)
    .describe('A page ends earlier at half a megabyte of metadata.'),
  before: z
    .string()
    .regex(/^\d{1,15}\.[0-9a-f-]{36}$/i, 'expected the `next` of a page')
    .optional()
    .describe('The `next` of the previous page.'),
});

/** Where the next page begins; left out with the last page. */
export const nextPage = z.string().optional();

const keptTimes = { createdAt: isoTime, updatedAt: isoTime };

export const channelView = z.object({
  id: uuid,
  messageServerId: uuid,
  serverId: uuid,
  name: z.string(),
  /** As whoever made it spelt it. */
  type: z.string(),
  topic: z.string().optional(),
  description: z.string().optional(),
  sourceType: z.string().optional(),
  sourceId: z.string().optional(),
  metadata,
  ...keptTimes,
});

/** The same, with the type in the words of the documented API. */
export const documentedChannel = channelView.extend({
  description: z.string(),
  type: z.enum(['text', 'voice', 'dm', 'group']),
});

export const serverView = z.object({
  id: uuid,
  name: z.string(),
  description: z.string().optional(),
  sourceType: z.string(),
  sourceId: z.string().optional(),
  metadata,
  ...keptTimes,
});

/** The same, with times as the documented API has them: ms since the epoch. */
export const documentedServer = serverView.extend({ description: z.string(), createdAt: z.int(), updatedAt: z.int() });
