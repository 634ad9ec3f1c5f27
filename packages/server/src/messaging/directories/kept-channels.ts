/**
 * The channels that are kept in memory, and those that are being read. Bounded, by channels and by who takes part in them; the one
 * that was used longest ago is forgotten first, and read again when it is needed.
 */
import type { Channel } from './channel.ts';

export type KeptChannels = {
  /** The channel as everybody has it, read where it is not kept. */
  find(id: string): Promise<Channel | undefined>;
  /** To be called when more may take part in a channel than before. */
  weigh(channel: Channel): void;
  /** All that are kept, when those that are being read now have been read. */
  listAll(): Promise<Iterable<Channel>>;
  forget(id: string): void;
};

type Bounds = { mostChannels: number; mostParticipants: number; alwaysKept: number };

/**
 * What is kept: channels, and those who take part in them, about 150 bytes each. Some channels are kept however many are in
 * them: two readers of one must not have two of it.
 */
export const usualBounds: Bounds = { mostChannels: 50_000, mostParticipants: 200_000, alwaysKept: 64 };

export function createKeptChannels(read: (id: string) => Promise<Channel | undefined>, bounds: Bounds): KeptChannels {
  const kept = new Map<string, Channel>();
  const reading = new Map<string, Promise<Channel | undefined>>();
  /** How many took part in each when they were counted last, and in all. */
  const weighed = new WeakMap<Channel, number>();
  let inAll = 0;

  function keep(channel: Channel): Channel {
    const wasKept = kept.delete(channel.id);
    kept.set(channel.id, channel);
    if (!wasKept) weigh(channel);
    return channel;
  }

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
    weigh,
    async listAll() {
      await Promise.allSettled(reading.values());
      return kept.values();
    },
    forget(id) {
      drop(id);
      reading.delete(id);
    },
  };
}
