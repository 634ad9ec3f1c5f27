/** Takes over what an Eliza OS project remembers in PGlite or Postgres, in a process of its own: the parent's side. */
import { spawn } from 'node:child_process';
import { resolve as resolvePath } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProjectEnvironment } from '../parent/environment.ts';
import type { FromImport, ImportProgress, ImportReport, ToImport } from './messages.ts';
import { isAddress } from './source.ts';

const isSource = import.meta.url.endsWith('.ts');
const program = fileURLToPath(new URL(isSource ? './main.ts' : './main.js', import.meta.url));

export type ImportOptions = {
  /** The project: the folder of its package.json. */
  readonly directory: string;
  /** Where the SQLite files of its agents are, or will be. */
  readonly dataDir: string;
  /** A directory of PGlite, or the address of a Postgres; where it is undefined, the one that the project uses. */
  readonly from: string | undefined;
  onProgress(progress: ImportProgress): void;
};

/** It cannot be done; the message says why, and what to do. */
export class CannotImport extends Error {}

/** Rejects with `CannotImport`. What was copied by then stays, and the next import goes on from there. */
export async function importMemories(options: ImportOptions): Promise<ImportReport> {
  const { directory, dataDir, onProgress } = options;
  // A relative path is of the folder that the user is in; the process of the import runs in that of the project.
  const from = options.from === undefined || isAddress(options.from) ? options.from : resolvePath(options.from);
  const { environment, problem } = readProjectEnvironment({ directory, dataDir }, undefined);
  if (problem) throw new CannotImport(`${problem}: make it readable, or name the database with --from`);
  const child = spawn(process.execPath, [program, directory, dataDir], {
    cwd: directory,
    env: environment,
    // What the project's packages print is not for the user.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
  });
  let printed = '';
  child.stderr?.on('data', (text: Buffer) => {
    printed = `${printed}${text}`.slice(-2_000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<ImportReport>();
  child.on('message', (message: FromImport) => {
    if (message.type === 'progress') onProgress(message.progress);
    else if (message.type === 'done') resolve(message.report);
    else reject(new CannotImport(message.reason));
  });
  child.once('error', (error) => reject(new CannotImport(`the import could not be started: ${error.message}`)));
  child.once('close', (code, signal) => {
    const last = printed.trim().split('\n').at(-1);
    const why = `the import was cut off (${signal ?? code}${last ? `: ${last}` : ''})`;
    reject(new CannotImport(`${why}. Run the command again: it goes on where it was`));
  });
  // Not as an argument: an address has a password in it, which everybody on the machine could read.
  child.send({ from } satisfies ToImport, () => {});
  try {
    return await promise;
  } finally {
    if (child.connected) child.disconnect();
  }
}
