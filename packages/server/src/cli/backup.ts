/** `elizad backup`: a copy of the store, whole and as it is at one moment, also while the server runs. */
import { resolve } from 'node:path';
import { readEnvironment, readSettings } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { howToRun } from '../settings/how-to-run.ts';
import { backUp } from '../storage/recovery/backup.ts';
import { tellStep } from './check.ts';
import { refuse } from './refuse.ts';

export async function backup(to: string, data: string | undefined): Promise<void> {
  try {
    const { dataDir } = readSettings({ env: readEnvironment(), flags: { dataDir: data } });
    const target = resolve(to);
    const { messages, rooms, files } = await backUp(dataDir, target, tellStep);
    process.stdout.write(
      toTerminalText(
        `Copied ${dataDir} to ${target}: ${messages} messages in ${rooms} rooms, ${files} uploaded files.\nTo start with the copy: ${howToRun('serve', `--data ${target}`)}\n`,
      ),
    );
  } catch (error) {
    refuse(error);
  }
}
