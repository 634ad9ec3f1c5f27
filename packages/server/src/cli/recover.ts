/** `elizad recover`: what can be read of a damaged store, in a new directory, and what was left behind. */
import { resolve } from 'node:path';
import { readEnvironment, readSettings } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';
import { type Recovery, recoverStore } from '../storage/recovery/recover.ts';
import { tellStep } from './check.ts';
import { refuse } from './refuse.ts';

export async function recover(to: string, data: string | undefined): Promise<void> {
  try {
    const { dataDir } = readSettings({ env: readEnvironment(), flags: { dataDir: data } });
    const target = resolve(to);
    const recovery = await recoverStore(dataDir, target, tellStep);
    process.stdout.write(toTerminalText(`${formatTables(recovery)}\n\n${formatRest(recovery, target).join('\n')}\n`));
  } catch (error) {
    refuse(error);
  }
}

/** As people call them; other tables have names of their own. */
const kinds: Record<string, string> = { channels: 'rooms', files: 'uploaded files', memories: 'memories of agents' };

function formatTables({ tables }: Recovery): string {
  const shown = tables.filter(({ copied, left, ranges }) => copied + left + ranges > 0);
  const lines = [
    ['', 'copied', 'left out', 'unreadable places'],
    ...shown.map(({ table, copied, left, ranges }) => [
      kinds[table] ?? table.replaceAll('_', ' '),
      ...[copied, left, ranges].map(String),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(([name = '', ...numbers]) =>
      [name.padEnd(widths[0] ?? 0), ...numbers.map((text, n) => text.padStart(widths[n + 1] ?? 0))].join('  '),
    )
    .join('\n');
}

function formatRest({ wal, madeRooms, repaired, files, keptLog, isWhole }: Recovery, to: string): string[] {
  return [
    ...(wal ? [formatWal(wal)] : []),
    ...(madeRooms > 0
      ? [`${madeRooms} rooms were lost, but not their messages: each is now called "Recovered room".`]
      : []),
    ...(repaired > 0 ? [`${repaired} unreadable values were replaced by empty ones.`] : []),
    ...(files.gone > 0 ? [`${files.gone} uploaded files were left out because their contents are missing.`] : []),
    ...(keptLog === 'unreadable' ? ['The stored log could not be read; a new one starts.'] : []),
    ...(isWhole
      ? ['Everything was read.']
      : ['Clients start fresh once, because connections are not copied when data is lost.']),
    `To try the copy: ${howToRun('serve', `--data ${to}`)}`,
    'Or move the old directory aside and the new one to its place. The old one was not changed; it may contain more.',
  ];
}

function formatWal({ at, transactions, mended, taken, left }: NonNullable<Recovery['wal']>): string {
  const pages = [
    ...(mended > 0 ? [`${mended} of its pages repaired`] : []),
    ...(taken > 0 ? [`${taken} copied as they are, possibly with errors`] : []),
    ...(left > 0 ? [`${left} left out`] : []),
  ];
  const what = pages.length === 0 ? '' : ` (${pages.join(', ')})`;
  return `The write-ahead log was damaged at byte ${at}; ${transactions} transactions after it could still be read${what}.`;
}
