/** `elizad import-memories`: what an Eliza OS project remembers in PGlite or Postgres is taken over, while nothing runs. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImportedAgent, ImportedTable, ImportProgress } from 'elizad-eliza';
import { readEnvironment, readSettings } from '../config.ts';
import { toTerminalLine, toTerminalText } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';
import { lockDataDir } from '../storage/engine/sqlite/data-lock.ts';
import { tellStep } from './check.ts';
import { refuse } from './refuse.ts';
import { showProgress } from './torture/progress.ts';

type Flags = { project: string; from?: string; data?: string };

export async function importMemories({ project, from, data }: Flags): Promise<void> {
  const { CannotImport, importMemories: importAll } = await import('elizad-eliza');
  try {
    const { dataDir } = readSettings({ env: readEnvironment(), flags: { dataDir: data } });
    const directory = resolve(project);
    mkdirSync(dataDir, { recursive: true });
    // The files of the agents are written by one at a time.
    const lock = lockDataDir(dataDir);
    tellStep(`reading what the project in ${directory} remembers`);
    let last: ImportProgress | undefined;
    const stopProgress = showProgress(() => describeProgress(last));
    try {
      const { source, agents } = await importAll({
        directory,
        dataDir: join(dataDir, 'projects'),
        from,
        onProgress: (progress) => (last = progress),
      });
      stopProgress();
      process.stdout.write(
        toTerminalText(`\nFrom ${source}:\n${agents.map(format).join('')}\n${formatEnd(agents, project)}`),
      );
      if (!agents.every(isWhole)) process.exitCode = 1;
    } finally {
      stopProgress();
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof CannotImport)) return refuse(error);
    process.stderr.write(`elizad: ${toTerminalText(error.message)}.\n`);
    process.exitCode = 1;
  }
}

const describeProgress = (progress: ImportProgress | undefined): string =>
  progress ? toTerminalLine(`${progress.agent}: ${progress.table} ${progress.done} of ${progress.total}`) : 'opening';

const isWhole = ({ tables }: ImportedAgent): boolean => tables.every(({ total, found }) => found === total);

function format(agent: ImportedAgent): string {
  const { name, file, finishedAt, tables } = agent;
  if (finishedAt !== undefined)
    return `\n✔ ${name}: imported on ${new Date(finishedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC, nothing to do\n`;
  const mark = isWhole(agent) ? '✔' : '✖';
  return [`\n${mark} ${name}, into ${file}`, ...tables.map(formatTable), ''].join('\n');
}

function formatTable({ name, total, found, added, problem }: ImportedTable): string {
  const known = found === total ? '' : `, ${total - found} are missing: ${problem}`;
  return `  ${found === total ? ' ' : '!'} ${name.padEnd(14)} ${found} of ${total}, ${added} of them new${known}`;
}

function formatEnd(agents: readonly ImportedAgent[], project: string): string {
  return agents.every(isWhole)
    ? `Everything is there. To run the project: ${howToRun('serve', `--project ${project}`)}\n`
    : 'Rows are missing. The rest is there; to try them again, run the command again.\n';
}
