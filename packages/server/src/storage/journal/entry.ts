/**
 * What an entry of the journal is to its readers: a part of the server's order that is read back, and the events that the
 * entry makes. Each kind's own file says how, for those who hear it live and for those who come back alike.
 */
import type { ServerEventName, ServerEvents } from 'elizad-protocol';

/** A part of the server's order: after one place and up to another; `limit` entries at most. */
export type Range = { after: number; upTo: number; limit: number };

/** An event that has no place and no audience yet. */
export type EntryEvent = { [E in ServerEventName]: { name: E; payload: ServerEvents[E] } }[ServerEventName];

/** For whom an entry is: `heard` is the place up to which it has heard the room, `as` who it is there, where it is somebody. */
export type EntryReader = { heard: number; as?: string | undefined };

/** The events of one kind of entry. */
export type EntryRow<Entry> = {
  /** In their order. The place belongs to the last one. */
  toEvents(entry: Entry, reader: EntryReader): EntryEvent[];
  /** What it costs to send, beside a sum for each entry, in characters; nothing for a short one. */
  weigh?(entry: Entry): number;
  /** Whether somebody hears the same as everybody. */
  isShared(entry: Entry, as: string | undefined): boolean;
};

/** A row for each kind of entry that a file reads back. */
export type EntryRows<Entry extends { kind: string }> = {
  [K in Entry['kind']]: EntryRow<Extract<Entry, { kind: K }>>;
};
