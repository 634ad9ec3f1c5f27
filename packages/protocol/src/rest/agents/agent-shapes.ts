/** What several rows of agents, their memory and their rooms share. */
import { z } from 'zod';
import { character } from '../../character.ts';
import { boundedKeys, shallow } from '../../fields.ts';
import { uuid } from '../../ids.ts';
import { maxNameLength } from '../../limits.ts';
import { boundedRecord } from '../bounded.ts';
import { metadata } from '../rest-row.ts';

export const agentStatus = z.enum(['active', 'inactive']);

/** An agent in a list. `bio` is one text here, whatever the character has. */
export const agentSummary = z.object({
  id: uuid,
  name: z.string(),
  characterName: z.string(),
  bio: z.string(),
  status: agentStatus,
  settings: z.object({ avatar: z.string() }).optional(),
});

/** An agent with its whole character. Of secrets only the names are shown. Times are ms since the epoch. */
export const agentDetail = character.extend({
  id: uuid,
  settings: z.record(z.string(), shallow),
  status: agentStatus,
  enabled: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** Fields of a character as a client has them; the strict check of a character file comes behind. */
export const characterDraft = boundedKeys(z.record(z.string(), z.unknown()), 200);

export const world = z.object({
  id: uuid,
  name: z.string(),
  agentId: uuid,
  messageServerId: uuid,
  serverId: uuid,
  sourceType: z.string(),
  sourceId: z.string().optional(),
  metadata,
  createdAt: z.number(),
});

/** A room of an agent: the channel of the same id. `createdAt` is ms since the epoch. */
export const agentRoom = z.object({
  id: uuid,
  channelId: uuid,
  name: z.string(),
  agentId: uuid,
  type: z.string(),
  source: z.string(),
  worldId: uuid,
  worldName: z.string().optional(),
  messageServerId: uuid,
  serverId: uuid,
  metadata,
  createdAt: z.number(),
  entities: z.array(z.object({ id: uuid, name: z.string() })),
});

/** Something an agent remembers. `createdAt` is ms since the epoch. */
export const agentMemory = z.object({
  id: uuid,
  entityId: uuid,
  agentId: uuid,
  roomId: uuid,
  worldId: uuid.optional(),
  createdAt: z.number(),
  content: z.looseObject({ text: z.string(), source: z.string() }),
  metadata: z.looseObject({ type: z.string() }),
  embedding: z.array(z.number()).optional(),
});

export const shortName = z.string().trim().min(1).max(maxNameLength);

/** Metadata of at most 64 KB. */
export const boundedMetadata = boundedRecord(65_536);
