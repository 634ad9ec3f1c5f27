/**
 * The server with one promise broken on purpose: preloaded (`--import`) with MUTATION set, it changes one exact snippet
 * of one source file as that is loaded. The product itself has no such switch.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

type Change = [from: string, to: string];
/** By the file. */
type Mutation = Record<string, Change[]>;

export const mutations: Record<string, Mutation> = {
  'ack before commit': {
    '/storage/engine/sqlite/connection.ts': [
      [
        'guard.run(() => file.prepare(sql))',
        "guard.run(() => file.prepare(globalThis.isLate && ['begin', 'commit'].includes(sql) ? 'select 1' : sql))",
      ],
      // A retry that the index refuses rolls back what is held back too: nothing is left to commit then.
      // The tables are made in a transaction that is one; its `commit` is not the later ones.
      ['kept.set(sql, statement);', "if (sql !== 'commit') kept.set(sql, statement);"],
    ],
    '/storage/engine/sqlite/sqlite.ts': [
      [
        'await migrate(db, dataDir);',
        "await migrate(db, dataDir); globalThis.isLate = true; file.exec('BEGIN'); setInterval(() => { try { file.exec('COMMIT'); } catch {} if (!file.isTransaction) file.exec('BEGIN'); }, 2_000).unref();",
      ],
    ],
  },
  'dedupe off': {
    '/storage/journal/posts.ts': [['message.clientMessageId === null', "message.clientMessageId !== ''"]],
  },
  'offset ignored': {
    '/messaging/events/log-position.ts': [
      ['return { position: Number(position),', 'return { position: told.position,'],
    ],
  },
  'messageComplete skipped': {
    '/messaging/ground/announce.ts': [
      [
        'broadcast(name, payload, audience,',
        "if (name !== 'message-completed' || entry.position % 5 !== 0) broadcast(name, payload, audience,",
      ],
    ],
  },
  'seq out of order': {
    '/storage/journal/commit-group.ts': [
      ['message.seq = last_seq - posted.length + 1 + index;', 'message.seq = last_seq - index;'],
    ],
  },
  'every message kept': {
    '/messaging/ground/announce.ts': [
      [
        'if (channel) channel.lastSeq = seq;',
        'if (channel) { channel.lastSeq = seq; ((channel as any).kept ??= []).push(new Array(10_000).fill(seq)); }',
      ],
    ],
  },
};

/** What a process needs in its environment to be this one. */
export const environmentOf = (name: string): Record<string, string> => ({
  MUTATION: name,
  NODE_OPTIONS: `--import=${fileURLToPath(import.meta.url)}`,
});

const wanted = mutations[process.env.MUTATION ?? ''];
if (wanted) {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const [file = '', changes] = Object.entries(wanted).find(([path]) => url.endsWith(path)) ?? [];
      if (!changes) return loaded;
      let source = String(loaded.source);
      for (const [from, to] of changes) {
        if (source.split(from).length !== 2)
          throw new Error(`mutation "${process.env.MUTATION}": ${file} has not exactly one ${JSON.stringify(from)}`);
        source = source.replace(from, () => to);
      }
      return { ...loaded, source };
    },
  });
}
