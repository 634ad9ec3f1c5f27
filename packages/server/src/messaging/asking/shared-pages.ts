/** Pages of the log of a room, for readers who are at the same place: as long as nothing new was told, they share them. */
import type { Engine } from '../../storage/engine/engine.ts';
import { type LogPage, listLogEntries } from '../../storage/journal/log-entries.ts';
import type { Told } from '../events/log-position.ts';

/** Entries of the log that are read at a time; how many pages are kept, and how long, in ms. */
const [pageEntries, mostPages, keptMs] = [50, 8, 1_000];

type Pages = { upTo: number; read: Map<string, Promise<LogPage>> };
const pagesOf = new WeakMap<Told, Pages>();

/**
 * The entries of a channel after a place, up to how far the server has told. What was deleted or changed since they were read
 * would have been told, so nothing of it comes from here.
 */
export function readSharedPage({ db }: Engine, told: Told, channelId: string, after: number): Promise<LogPage> {
  const { position: upTo } = told;
  let pages = pagesOf.get(told);
  if (pages?.upTo !== upTo) {
    pages = { upTo, read: new Map() };
    pagesOf.set(told, pages);
  }
  const { read } = pages;
  const key = `${channelId} ${after}`;
  const known = read.get(key);
  if (known) return known;
  const page = listLogEntries(db, [channelId], { after, upTo, limit: pageEntries });
  const forget = () => read.get(key) === page && read.delete(key);
  page.then(() => setTimeout(forget, keptMs).unref(), forget);
  read.set(key, page);
  if (read.size > mostPages) read.delete(read.keys().next().value as string);
  return page;
}
