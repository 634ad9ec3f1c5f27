/** The parts of a running server. */
import type { Settings } from '../config.ts';
import type { Listening } from '../rest/listen.ts';
import type { Company } from './open-company.ts';
import type { Edges } from './open-edges.ts';
import type { Rooms } from './open-rooms.ts';
import type { Store } from './open-store.ts';

/** All that is open. `unready`: why no traffic should come yet, or any more. `letGo`: fires when those who wait are let go. */
export type Parts = {
  readonly settings: Settings;
  readonly store: Store;
  readonly rooms: Rooms;
  readonly edges: Edges;
  readonly company: Company;
  readonly unready: Set<string>;
  readonly letGo: AbortController;
  listening?: Listening;
  upkeep?: { stop(): Promise<void> };
};

/** What a stop finds: a start that failed may have left the rest out. `patienceMs`: how long running turns may still take. */
export type Leftover = Omit<Parts, 'company'> & { company?: Company };
