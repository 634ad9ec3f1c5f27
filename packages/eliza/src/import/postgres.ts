/** A Postgres as the source, by the project's own client. */
import { Unusable, wordsOf } from '../host/load/unusable.ts';
import { loadLibrary } from './library.ts';
import { readInOneMoment, type Source } from './source.ts';

type Client = {
  connect(): Promise<void>;
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly { readonly count: string }[] }>;
  on(event: 'error', listener: () => void): void;
  end(): Promise<void>;
};
type Library = { readonly default: { readonly Client: new (options: object) => Client } };

const connectMs = 10_000;

/** What plugin-sql opens as long as a project runs, by the same user; ours has a name. */
const ofProject = `SELECT count(*)::text AS count FROM pg_stat_activity WHERE datname = current_database()
  AND usename = current_user AND pid <> pg_backend_pid() AND coalesce(application_name, '') = ''`;

export async function openPostgres(directory: string, address: string): Promise<Source> {
  const library = await loadLibrary<Library>(directory, 'pg');
  const name = describe(address);
  const client = new library.default.Client({
    connectionString: address,
    connectionTimeoutMillis: connectMs,
    application_name: 'elizad import-memories',
  });
  // A connection that is lost makes the next query fail, which says so.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw new Unusable(
      `${name} could not be reached (${wordsOf(error)}): look whether it runs, and whether the address in POSTGRES_URL, or after --from, is right`,
    );
  }
  const [others] = (await client.query(ofProject)).rows;
  if (Number(others?.count) > 0) {
    await client.end();
    throw new Unusable(`the project has ${name} open: stop the project (elizaos, or elizad), then import`);
  }
  return readInOneMoment({
    name,
    query: (sql, values) => client.query(sql, values),
    close: () => client.end(),
  });
}

function describe(address: string): string {
  const url = URL.parse(address);
  return url ? `the Postgres ${url.host}${url.pathname}` : 'the Postgres';
}
