/** `elizad check`: what is wrong with a store, in plain words, and what to do about it. */
import { readEnvironment, readSettings } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';
import { checkStore, type Remedy, type Report } from '../storage/recovery/check.ts';
import { refuse } from './refuse.ts';

export function check(data: string | undefined): void {
  try {
    const { dataDir } = readSettings({ env: readEnvironment(), flags: { dataDir: data } });
    const report = checkStore(dataDir, tellStep);
    process.stdout.write(toTerminalText(`${formatFindings(report)}\n${formatEnd(report, dataDir)}\n`));
    if (isWrong(report)) process.exitCode = 1;
  } catch (error) {
    refuse(error);
  }
}

/** Beside the report, which may go into a file. */
export function tellStep(what: string): void {
  process.stderr.write(`elizad: ${what}…\n`);
}

const isWrong = ({ findings }: Report): boolean => findings.some((finding) => finding.isWrong);

function formatFindings({ findings }: Report): string {
  const width = Math.max(...findings.map(({ what }) => what.length)) + 2;
  return findings
    .map(({ what, found }) => `${what.padEnd(width)}${found.replaceAll('\n', `\n${' '.repeat(width)}`)}`)
    .join('\n');
}

function formatEnd({ remedy }: Report, dataDir: string): string {
  const ends: Record<Remedy, string> = {
    none: `The store in ${dataDir} is whole.`,
    start:
      'Restore the missing files in the directory files, or start the server: it forgets single files that are missing.',
    'move-log': 'Move elizad-log.sqlite aside: it holds only log lines, and the server creates a new one.',
    recover: `To copy the readable parts: ${howToRun('recover', `<new directory> --data ${dataDir}`)}`,
  };
  return ends[remedy];
}
