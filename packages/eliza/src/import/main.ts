/** The program of an import: `main <directory of the project> <directory for data>`, started by the parent, over its IPC. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Unusable, wordsOf } from '../host/load/unusable.ts';
import { redact } from '../host/redact.ts';
import { copyAgent } from './copy-agent.ts';
import { openSource } from './find-source.ts';
import type { FromImport, ImportedAgent, ImportProgress, ImportReport, ToImport } from './messages.ts';
import type { Row, Source } from './source.ts';

const [, , directory = '', dataDir = ''] = process.argv;
const scratchName = 'importing-';
const progressMs = 200;

async function run({ from }: ToImport): Promise<ImportReport> {
  mkdirSync(dataDir, { recursive: true });
  // What an import left that was killed.
  for (const name of readdirSync(dataDir))
    if (name.startsWith(scratchName)) rmSync(join(dataDir, name), { recursive: true, force: true });
  const scratch = mkdtempSync(join(dataDir, scratchName));
  try {
    const source = await openSource(directory, from, scratch);
    const agents: ImportedAgent[] = [];
    for (const agent of await listAgents(source))
      agents.push(await copyAgent(agent, { source, dataDir, onProgress: tellProgress }));
    await source.close();
    return { source: source.name, agents };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function listAgents(source: Source): Promise<Row[]> {
  const [known] = await source.rows(
    `SELECT to_regclass('agents')::text AS agents, to_regclass('memories')::text AS memories`,
  );
  if (!known?.agents || !known.memories)
    throw new Unusable(
      `${source.name} has no tables of @elizaos/plugin-sql: name the database of the project with --from`,
    );
  const agents = await source.rows('SELECT id::text AS id, name FROM agents ORDER BY created_at, id');
  if (agents.length === 0) throw new Unusable(`${source.name} has no agent: there is nothing to import`);
  return agents;
}

let lastTold = 0;

function tellProgress(progress: ImportProgress): void {
  if (progress.done < progress.total && performance.now() - lastTold < progressMs) return;
  lastTold = performance.now();
  tell({ type: 'progress', progress });
}

const tell = (message: FromImport): void => void process.send?.(message, undefined, undefined, () => {});

// The parent ends the line when it has heard the end, and takes this process with it when it goes.
process.once('disconnect', () => process.exit(0));
process.once('message', (message) =>
  run(message as ToImport).then(
    (report) => tell({ type: 'done', report }),
    (error: unknown) => {
      const words = redact(wordsOf(error));
      const hint = error instanceof Unusable ? '' : '. Run the command again: it goes on where it was';
      tell({ type: 'failed', reason: `${words}${hint}` });
    },
  ),
);
