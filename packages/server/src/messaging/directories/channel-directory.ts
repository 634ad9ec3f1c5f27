/**
 * Channels and who takes part, read once and then kept in memory (kept-channels.ts): posting a message reads nothing from the
 * store. What changes is written first; those who arrive at the same time share one transaction.
 */
import { defaultServerId, ElizadError, mostParticipants, type TurnPolicy } from 'elizad-protocol';
import { createBatcher, heaviestGroup } from '../../pacing/batcher.ts';
import type { Engine } from '../../storage/engine/engine.ts';
import {
  addParticipants,
  type ChannelBirth,
  deleteParticipant,
  deleteParticipantEverywhere,
  findChannel,
  hasServer,
  insertChannels,
  type ParticipantRow,
  renameParticipant,
} from '../../storage/rooms/channels.ts';
import { assertPlace, type Channel, toParticipantRows } from './channel.ts';
import { createKeptChannels, usualBounds } from './kept-channels.ts';
import { type Participant, Roll } from './roll.ts';

/** What a client may say of a channel that its join or its message makes. */
export type Birth = {
  serverId?: string;
  isDm?: boolean;
  channelType?: string;
  turnPolicy?: TurnPolicy;
  /** It names no agent, and waits for an answer all the same. */
  expectsAgent?: boolean;
};

export type ChannelDirectory = {
  find(id: string): Promise<Channel | undefined>;
  /**
   * Finds a channel or makes it: as the birth says, or else a DM when an agent is among the first participants and a
   * GROUP when not. Throws `server-not-found` for a new channel of an unknown server.
   */
  ensure(id: string, first: readonly Participant[], birth?: Birth): Promise<Channel>;
  /**
   * Adds participants that are not there yet, and learns names that are new. Returns the ids that are new. Throws
   * `too-many-participants`.
   */
  addParticipants(channel: Channel, participants: readonly Participant[]): Promise<string[]>;
  removeParticipant(channel: Channel, entityId: string): Promise<void>;
  /** Takes somebody out of all channels. */
  removeEverywhere(entityId: string): Promise<void>;
  /** Gives somebody another name in all channels. */
  rename(entityId: string, name: string): Promise<void>;
  /** The channel was deleted; what was read of it before is not kept. */
  forget(id: string): void;
};

export function openChannelDirectory({ db }: Engine, bounds = usualBounds): ChannelDirectory {
  const kept = createKeptChannels((id) => readChannel(db, id), bounds);
  /** Those who come at the same time share one transaction: after an invitation all of them join at once. */
  const arrivals = createBatcher<ParticipantRow[], void>(async (groups) => {
    await addParticipants(db, groups.flat());
    return groups.map(() => undefined);
  }, weighRows);
  const births = createBatcher<ChannelBirth, boolean>((all) => insertChannels(db, all), weighBirth);
  /** How many are being written down. */
  const arriving = new WeakMap<Channel, number>();

  return {
    find: kept.find,
    async ensure(id, first, { serverId = defaultServerId, isDm, channelType, turnPolicy = null } = {}) {
      const found = await kept.find(id);
      if (found) return found;
      if (serverId !== defaultServerId && !(await hasServer(db, serverId))) throw new ElizadError('server-not-found');
      const isWithAgent = first.some(({ kind }) => kind === 'agent');
      const type = isDm || channelType === 'DM' || (isWithAgent && channelType === undefined) ? 'DM' : 'GROUP';
      const name = `${type === 'DM' ? 'DM' : 'Chat'} ${id.slice(0, 8)}`;
      const created_at = Date.now();
      const channel = { id, server_id: serverId, name, type, created_at, turn_policy: turnPolicy } as const;
      await births.write({ channel, participants: toParticipantRows(id, first) });
      return (await kept.find(id)) as Channel;
    },
    async addParticipants(channel, participants) {
      const changed = participants.filter(({ id, name }) => {
        const known = channel.participants.get(id);
        return !known || (name !== null && name !== known.name);
      });
      if (changed.length === 0) return [];
      const renamed = changed.filter(({ id }) => channel.participants.has(id));
      const more = changed.length - renamed.length;
      const others = arriving.get(channel) ?? 0;
      assertPlace(channel, more, others);
      arriving.set(channel, others + more);
      try {
        await arrivals.write(toParticipantRows(channel.id, changed));
      } finally {
        arriving.set(channel, (arriving.get(channel) ?? 0) - more);
      }
      const added = changed.filter(({ id }) => !channel.participants.has(id)).map(({ id }) => id);
      for (const one of changed) {
        const known = channel.participants.get(one.id);
        // Who was taken out while this was written stays out.
        if (known || !renamed.includes(one))
          channel.participants.set(one.id, { ...one, name: one.name ?? known?.name ?? null });
      }
      kept.weigh(channel);
      return added.filter((id) => channel.participants.has(id));
    },
    async removeParticipant(channel, entityId) {
      if (!channel.participants.delete(entityId)) return;
      await deleteParticipant(db, channel.id, entityId);
    },
    async removeEverywhere(entityId) {
      await deleteParticipantEverywhere(db, entityId);
      // Who reads now may have read it before.
      for (const { participants } of await kept.listAll()) participants.delete(entityId);
    },
    async rename(entityId, name) {
      await renameParticipant(db, entityId, name);
      for (const { participants } of await kept.listAll()) {
        const known = participants.get(entityId);
        if (known) participants.set(entityId, { ...known, name });
      }
    },
    forget: kept.forget,
  };
}

async function readChannel(db: Engine['db'], id: string): Promise<Channel | undefined> {
  const found = await findChannel(db, id);
  if (!found) return undefined;
  const { channel, participants, lastAt } = found;
  return {
    id: channel.id,
    serverId: channel.server_id,
    name: channel.name,
    type: channel.type,
    createdAt: channel.created_at,
    turnPolicy: channel.turn_policy,
    frozenUntil: channel.frozen_until,
    lastSeq: channel.last_seq,
    lastAt,
    participants: new Roll(participants.map(({ entity_id: id, kind, name }) => ({ id, kind, name }))),
  };
}

/** A transaction is for as many as may be in one channel; of new channels for fewer, which take longer. */
const weighRows = (rows: readonly ParticipantRow[]): number => rows.length * (heaviestGroup / mostParticipants);
const weighBirth = ({ participants }: ChannelBirth): number => weighRows(participants) + heaviestGroup / mostBirths;
const mostBirths = 100;
