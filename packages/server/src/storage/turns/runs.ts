/** Runs: the turns of an agent, those that ended by their traces, those under way by their own rows. */
import { type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import { type Figure, toNumber } from '../engine/numbers.ts';
import { createQuery } from '../engine/query.ts';
import { inJson, inList, jsonField, steer } from '../engine/words.ts';
import type { Tables, TracesTable, TurnsTable } from '../schema/tables.ts';

/** `sender_id` is null where the message is gone; `code` where there is none, or the turn is gone with it. */
export type EndedRun = Selectable<TracesTable> & { sender_id: string | null; code: string | null };

export type OpenRun = {
  turn_id: string;
  channel_id: string;
  message_id: string;
  sender_id: string | null;
  created_at: number;
  started_at: number | null;
  state: 'queued' | 'running' | 'waiting' | 'ended';
  outcome: string | null;
  code: string | null;
  ended_at: number | null;
};

/** Times are of the beginning, in ms since the epoch. */
export type RunFilter = {
  agentId: string;
  channelId?: string | undefined;
  outcomes?: readonly TracesTable['outcome'][];
  from?: number | undefined;
  to?: number | undefined;
};

/** Which conditions a query has: one is built for each form of it. */
type Form = { isOfRoom: boolean; isByOutcome: boolean };

/** What a query of any form may be given; `outcomes` is JSON. */
type Bounds = { agentId: string; channelId: string; outcomes: string; from: number; to: number; limit: number };

const endedRuns = (
  db: Kysely<Tables>,
  { isOfRoom, isByOutcome }: Form,
  { agentId, channelId, outcomes }: Pick<Bounds, 'agentId' | 'channelId' | 'outcomes'>,
) =>
  db
    .selectFrom('traces')
    // Not by the index of agents where that of the room is shorter.
    .where(isOfRoom ? steer('traces.agent_id') : sql.ref<string>('traces.agent_id'), '=', agentId)
    // What memory spends is no run.
    .where('traces.message_id', '!=', '')
    .$if(isOfRoom, (query) => query.where('traces.channel_id', '=', channelId))
    .$if(isByOutcome, (query) => query.where('traces.outcome', 'in', inJson<TracesTable['outcome']>(outcomes)));

const begunWithin = (db: Kysely<Tables>, form: Form, bounds: Bounds) =>
  endedRuns(db, form, bounds).where('traces.started_at', '>=', bounds.from).where('traces.started_at', '<=', bounds.to);

const withMessage = (query: ReturnType<typeof endedRuns>) =>
  query
    .leftJoin('messages', 'messages.id', 'traces.message_id')
    .leftJoin('turns', 'turns.id', 'traces.turn_id')
    .selectAll('traces')
    .select(['messages.sender_id', 'turns.code']);

/** Newest beginning first. */
export const listEndedRuns = (db: Kysely<Tables>, filter: RunFilter, limit: number): Promise<EndedRun[]> =>
  newestOf(filter)(db, { ...toBounds(filter), limit });

const newestOf = inForms((form) =>
  createQuery((db, bounds: Bounds) =>
    withMessage(begunWithin(db, form, bounds))
      .orderBy('traces.started_at', 'desc')
      .limit(bounds.limit),
  ),
);

/** How many there are; no more than `most` are counted. */
export async function countEndedRuns(db: Kysely<Tables>, filter: RunFilter, most: number): Promise<number> {
  const [counted] = await countOf(filter)(db, { ...toBounds(filter), limit: most });
  return toNumber(counted?.count ?? 0);
}

const countOf = inForms((form) =>
  createQuery((db, bounds: Bounds) =>
    db
      .selectFrom(begunWithin(db, form, bounds).select('traces.started_at').limit(bounds.limit).as('run'))
      .select((eb) => eb.fn.countAll<Figure>().as('count')),
  ),
);

const toForm = ({ channelId, outcomes }: RunFilter): Form => ({
  isOfRoom: channelId !== undefined,
  isByOutcome: outcomes !== undefined,
});

/** Gives a filter the query of its form. */
function inForms<Q>(build: (form: Form) => Q): (filter: RunFilter) => Q {
  const built = new Map<string, Q>();
  return (filter) => {
    const form = toForm(filter);
    const name = JSON.stringify(form);
    const query = built.get(name) ?? build(form);
    built.set(name, query);
    return query;
  };
}

const toBounds = ({ agentId, channelId, outcomes, from, to }: RunFilter): Omit<Bounds, 'limit'> => ({
  agentId,
  channelId: channelId ?? '',
  outcomes: JSON.stringify(outcomes ?? []),
  from: from ?? 0,
  to: to ?? Number.MAX_SAFE_INTEGER,
});

/** Those that ended from a time on, latest end first: the order in which logs are read. */
export const listRunsByEnd = (
  db: Kysely<Tables>,
  { endedFrom, ...filter }: RunFilter & { endedFrom: number },
  limit: number,
  offset: number,
): Promise<EndedRun[]> =>
  withMessage(endedRuns(db, toForm(filter), toBounds(filter)))
    .where('traces.ended_at', '>=', endedFrom)
    .$if(filter.from !== undefined, (query) => query.where('traces.started_at', '>=', filter.from as number))
    .$if(filter.to !== undefined, (query) => query.where('traces.started_at', '<=', filter.to as number))
    .orderBy('traces.ended_at', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();

const turns = (db: Kysely<Tables>, agentId: string) =>
  db
    .selectFrom('turns')
    .leftJoin('messages', 'messages.id', 'turns.message_id')
    .select(['turns.id as turn_id', 'turns.channel_id', 'turns.message_id', 'messages.sender_id', 'turns.created_at'])
    .select(['turns.started_at', 'turns.state', 'turns.outcome', 'turns.code', 'turns.ended_at'])
    .where('turns.agent_id', '=', agentId);

/** The last of them first. */
export const listOpenRuns = (db: Kysely<Tables>, filter: RunFilter, limit: number): Promise<OpenRun[]> =>
  openOf(filter)(db, { ...toBounds(filter), limit });

const openOf = inForms(({ isOfRoom }) =>
  createQuery((db, { agentId, channelId, from, to, limit }: Bounds) =>
    turns(db, agentId)
      // A literal, so that SQLite sees that the index of open turns will do.
      .where(sql<SqlBool>`turns.state != 'ended'`)
      .$if(isOfRoom, (query) => query.where('turns.channel_id', '=', channelId))
      .where('turns.created_at', '>=', from)
      .where('turns.created_at', '<=', to)
      .orderBy('turns.position', 'desc')
      .limit(limit),
  ),
);

export const findEndedRun = (db: Kysely<Tables>, agentId: string, id: string): Promise<EndedRun | undefined> =>
  withMessage(endedRuns(db, toForm({ agentId }), toBounds({ agentId })))
    .where('traces.turn_id', '=', id)
    .executeTakeFirst();

/** A turn without a trace: one under way, or one that ended before it was begun. */
export const findOpenRun = (db: Kysely<Tables>, agentId: string, id: string): Promise<OpenRun | undefined> =>
  turns(db, agentId).where('turns.id', '=', id).executeTakeFirst();

/** The traces of an agent among some ids. */
export const listTraces = (
  db: Kysely<Tables>,
  agentId: string,
  ids: readonly string[],
): Promise<{ turn_id: string; stages: string }[]> =>
  db
    .selectFrom('traces')
    .select(['turn_id', 'stages'])
    .where('turn_id', 'in', inList(ids))
    .where('agent_id', '=', agentId)
    .execute();

export async function setStages(db: Kysely<Tables>, turnId: string, stages: string): Promise<void> {
  await db.updateTable('traces').set({ stages }).where('turn_id', '=', turnId).execute();
}

/** A turn of a chain, with its trace where it has ended, else what it saved on the way. `answer_id` is null where it said nothing, or that is gone. */
export type ChainRun = Pick<
  Selectable<TurnsTable>,
  'id' | 'agent_id' | 'created_at' | 'started_at' | 'ended_at' | 'state' | 'attempts' | 'hops' | 'outcome' | 'code'
> & { [K in 'stages' | 'saved_stages' | 'model' | 'answer_id']: string | null } & {
  [K in 'input_tokens' | 'output_tokens' | 'cost']: number | null;
};

/** Everything that a message of a person began, oldest first; at most `limit`. */
export async function listChainRuns(db: Kysely<Tables>, rootId: string, limit: number): Promise<ChainRun[]> {
  return db
    .selectFrom('turns')
    .leftJoin('traces', 'traces.turn_id', 'turns.id')
    .leftJoin('messages', 'messages.id', 'turns.id')
    .select(['turns.id', 'turns.agent_id', 'turns.created_at', 'turns.started_at', 'turns.ended_at'])
    .select(['turns.state', 'turns.attempts', 'turns.hops', 'turns.outcome', 'turns.code'])
    .select(['traces.stages', 'traces.model', 'traces.input_tokens', 'traces.output_tokens', 'traces.cost'])
    .select(jsonField('turns.progress', 'stages').as('saved_stages'))
    .select('messages.id as answer_id')
    .where('turns.root_id', '=', rootId)
    .orderBy('turns.position')
    .limit(limit)
    .execute();
}

/** The message that began the chain of a turn; nothing for what is no turn. */
export async function findRootOf(db: Kysely<Tables>, turnId: string): Promise<string | undefined> {
  const row = await db.selectFrom('turns').select('root_id').where('id', '=', turnId).executeTakeFirst();
  return row?.root_id;
}
