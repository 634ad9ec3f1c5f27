/** A build that is made aside and put in its place when it is whole: two that build at once do not see each other's half. */
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** `make` fills the folder that it is given, which becomes `dist` of `home`; `result` in it gets the time of now. */
export async function buildAside(home, result, make) {
  const dist = join(home, 'dist');
  const outDir = join(home, 'node_modules', `.build-${process.pid}`);
  try {
    await make(outDir);
    rmSync(dist, { recursive: true, force: true });
    renameSync(outDir, dist);
    utimesSync(join(dist, result), new Date(), new Date());
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
