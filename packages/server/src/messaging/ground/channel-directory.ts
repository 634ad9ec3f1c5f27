/**
 * Channels and who takes part, read once and then kept in memory: posting a message reads nothing from the store.
 * Bounded, by channels and by who takes part in them; the one that was used longest ago is forgotten first, and read again
 * when it is needed.
 */
import { defaultServerId, ElizadError, mostParticipants, type TurnPolicy } from 'elizad-protocol';
import { createGroupCommit, heaviestGroup } from '../../storage/engine/batcher.ts';
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
import { type Participant, Roll } from './roll.ts';

export type Channel = {
  readonly id: string;
  readonly serverId: string;
  name: string;
  readonly type: 'DM' | 'GROUP';
  readonly createdAt: number;
  /** What becomes of a turn when a new message comes; the server's default where it is null. */
  readonly turnPolicy: TurnPolicy | null;
  /** No agent answers here before this time. */
  frozenUntil: number | null;
  /** `seq` of the last message that was committed; changes before that message is broadcast. */
  lastSeq: number;
  /** The time of the last message, in ms since the epoch; 0 where there is none. */
  lastAt: number;
  /** The mark of what an agent said last, since the start. */
  lastAnswer?: number;
  readonly participants: Roll;
};

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

/**
 * What is kept: channels, and those who take part in them, about 150 bytes each. Some channels are kept however many are in
 * them: two readers of one must not have two of it.
 */
const usual = { mostChannels: 50_000, mostParticipants: 200_000, alwaysKept: 64 };

export function openChannelDirectory({ db }: Engine, bounds = usual): ChannelDirectory {
  const kept = new Map<string, Channel>();
  const reading = new Map<string, Promise<Channel | undefined>>();
  /** How many took part in each when they were counted last, and in all. */
  const weighed = new WeakMap<Channel, number>();
  let inAll = 0;
  /** Those who come at the same time share one transaction: after an invitation all of them join at once. */
  const arrivals = createGroupCommit<ParticipantRow[], void>(async (groups) => {
    await addParticipants(db, groups.flat());
    return groups.map(() => undefined);
  }, weighRows);
  const births = createGroupCommit<ChannelBirth, boolean>((all) => insertChannels(db, all), weighBirth);
  /** How many are being written down. */
  const arriving = new WeakMap<Channel, number>();

  function keep(channel: Channel): Channel {
    const wasKept = kept.delete(channel.id);
    kept.set(channel.id, channel);
    if (!wasKept) weigh(channel);
    return channel;
  }

  /** To be called when more may take part in a channel than before. */
  function weigh(channel: Channel): void {
    if (kept.get(channel.id) !== channel) return;
    inAll += channel.participants.size - (weighed.get(channel) ?? 0);
    weighed.set(channel, channel.participants.size);
    for (const oldest of kept.values()) {
      const fits = inAll <= bounds.mostParticipants || kept.size <= bounds.alwaysKept;
      if (fits && kept.size <= bounds.mostChannels) return;
      drop(oldest.id);
    }
  }

  function drop(id: string): void {
    const channel = kept.get(id);
    if (!channel) return;
    kept.delete(id);
    inAll -= weighed.get(channel) ?? 0;
    weighed.delete(channel);
  }

  async function read(id: string): Promise<Channel | undefined> {
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

  async function find(id: string): Promise<Channel | undefined> {
    const channel = kept.get(id);
    if (channel) return keep(channel);
    // Two readers at once must get the same object, or one of them would count on a stale `lastSeq`.
    let pending = reading.get(id);
    if (!pending) {
      const own = read(id).then((found) => {
        // Deleted meanwhile: what was read is of before.
        if (reading.get(id) !== own) return found;
        reading.delete(id);
        return found && keep(found);
      });
      own.catch(() => reading.get(id) === own && reading.delete(id));
      reading.set(id, own);
      pending = own;
    }
    return pending;
  }

  return {
    find,
    async ensure(id, first, { serverId = defaultServerId, isDm, channelType, turnPolicy = null } = {}) {
      const found = await find(id);
      if (found) return found;
      if (serverId !== defaultServerId && !(await hasServer(db, serverId))) throw new ElizadError('server-not-found');
      const isWithAgent = first.some(({ kind }) => kind === 'agent');
      const type = isDm || channelType === 'DM' || (isWithAgent && channelType === undefined) ? 'DM' : 'GROUP';
      const name = `${type === 'DM' ? 'DM' : 'Chat'} ${id.slice(0, 8)}`;
      const created_at = Date.now();
      const channel = { id, server_id: serverId, name, type, created_at, turn_policy: turnPolicy } as const;
      await births.write({ channel, participants: toRows(id, first) });
      return (await find(id)) as Channel;
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
        await arrivals.write(toRows(channel.id, changed));
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
      weigh(channel);
      return added.filter((id) => channel.participants.has(id));
    },
    async removeParticipant(channel, entityId) {
      if (!channel.participants.delete(entityId)) return;
      await deleteParticipant(db, channel.id, entityId);
    },
    async removeEverywhere(entityId) {
      await deleteParticipantEverywhere(db, entityId);
      // Who reads now may have read it before.
      await Promise.allSettled(reading.values());
      for (const { participants } of kept.values()) participants.delete(entityId);
    },
    async rename(entityId, name) {
      await renameParticipant(db, entityId, name);
      await Promise.allSettled(reading.values());
      for (const { participants } of kept.values()) {
        const known = participants.get(entityId);
        if (known) participants.set(entityId, { ...known, name });
      }
    },
    forget(id) {
      drop(id);
      reading.delete(id);
    },
  };
}

/** Throws `too-many-participants` where a channel has no place for so many more. */
export function assertPlace({ id, participants }: Channel, more: number, arriving = 0): void {
  if (more > 0 && participants.size + arriving + more > mostParticipants)
    throw new ElizadError('too-many-participants', { roomId: id });
}

/** A transaction is for as many as may be in one channel; of new channels for fewer, which take longer. */
const weighRows = (rows: readonly ParticipantRow[]): number => rows.length * (heaviestGroup / mostParticipants);
const weighBirth = ({ participants }: ChannelBirth): number => weighRows(participants) + heaviestGroup / mostBirths;
const mostBirths = 100;

const toRows = (channelId: string, participants: readonly Participant[]): ParticipantRow[] =>
  participants.map(({ id, kind, name }) => ({
    channel_id: channelId,
    entity_id: id,
    kind,
    name,
    joined_at: Date.now(),
  }));
