/** Copies one agent into its file: the agent itself without its secrets, and its rows, table by table. */
import { join } from 'node:path';
import { createAgents } from '../host/adapter/agents.ts';
import { createStore, type Store } from '../host/adapter/engine/store.ts';
import type { Agent } from '../host/adapter/types.ts';
import { copyTable } from './copy-table.ts';
import type { ImportedAgent, ImportedTable, ImportProgress } from './messages.ts';
import { readProgress } from './progress.ts';
import type { Row, Source } from './source.ts';
import { doings } from './tables/doings.ts';
import { listPlaces } from './tables/places.ts';

type Options = { source: Source; dataDir: string; onProgress: (progress: ImportProgress) => void };

/** By its rows, `agent` as it is listed. */
export async function copyAgent(agent: Row, { source, dataDir, onProgress }: Options): Promise<ImportedAgent> {
  const { id, name } = { id: agent.id ?? '', name: agent.name ?? '' };
  const file = join(dataDir, `${id}.db`);
  const store = createStore({ file, agentId: id });
  store.open();
  try {
    const progress = readProgress(store, source.name);
    const { finishedAt } = progress;
    if (finishedAt !== undefined) return { id, name, file, finishedAt, tables: [] };
    // Logs are looked for by their time alone here.
    store.run('CREATE INDEX IF NOT EXISTS logs_by_import ON logs (created_at)');
    const tables = [await copyAgentItself(agent, source, store)];
    for (const table of [...listPlaces(await findServerColumn(source)), ...doings]) {
      const onPage = (done: number, total: number) => onProgress({ agent: name, table: table.name, done, total });
      tables.push(await copyTable(table, { source, store, agentId: id, progress, onPage }));
    }
    store.run('DROP INDEX logs_by_import');
    if (tables.every(({ total, found }) => found === total)) progress.finish();
    return { id, name, file, finishedAt, tables };
  } finally {
    store.close();
  }
}

async function findServerColumn(source: Source): Promise<string> {
  const sql = `SELECT 1 FROM information_schema.columns WHERE table_name = 'rooms' AND column_name = 'message_server_id'`;
  return (await source.rows(sql)).length > 0 ? 'message_server_id' : 'server_id';
}

async function copyAgentItself({ id }: Row, source: Source, store: Store): Promise<ImportedTable> {
  const [row] = await source.rows(`SELECT to_json(t)::text AS agent FROM agents t WHERE id = $1::uuid`, [id]);
  const kept = JSON.parse(row?.agent ?? '{}') as Record<string, unknown>;
  const agents = createAgents(store);
  const fields = Object.entries(kept).filter(([, value]) => value !== null);
  const agent = Object.fromEntries(fields.map(([column, value]) => [toField(column), value])) as Agent;
  const isNew = await agents.createAgent({
    ...agent,
    createdAt: Date.parse(String(kept.created_at)),
    updatedAt: Date.parse(String(kept.updated_at)),
  });
  const found = (await agents.getAgent(id ?? '')) === null ? 0 : 1;
  return { name: 'agents', total: 1, found, added: Number(isNew), problem: found === 0 ? 'it is no agent' : undefined };
}

const toField = (column: string): string => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
