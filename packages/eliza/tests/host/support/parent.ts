/** A process with two projects, one of which hangs: prints the pids of their hosts, and waits for its own end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../../src/index.ts';
import { fakeHost, makeTurn } from './fake-project.ts';

const [, , folder = ''] = process.argv;

async function openOne(name: string): Promise<number> {
  const directory = join(folder, name);
  mkdirSync(directory);
  const noted = Promise.withResolvers<number>();
  const project = openProject({
    directory,
    dataDir: join(folder, `${name}-data`),
    program: fakeHost,
    onLog: () => {},
    onSaying: () => {},
    onInfo: ({ routesToken }) => noted.resolve(Number(routesToken)),
    onState: () => {},
    // It must outlive the test, or the parent would end the one that hangs.
    limits: { silentSeconds: 100 },
  });
  const pid = await noted.promise;
  const begun = Promise.withResolvers<void>();
  if (name === 'hanging') {
    void project.run(makeTurn('chunk:a;hang'), () => begun.resolve(), new AbortController().signal);
    await begun.promise;
  }
  return pid;
}

console.log(JSON.stringify([await openOne('idle'), await openOne('hanging')]));
