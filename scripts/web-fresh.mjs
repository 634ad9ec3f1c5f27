/** Builds the web client for scripts/run.mjs when its sources are newer than what was built. Costs a few ms when they are not. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sources = ['packages/web', 'packages/client/src', 'packages/protocol/src'];
/** Folders that no byte of the client comes from. */
const others = new Set(['dist', 'tests', 'node_modules']);

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const times = readdirSync(path)
    .filter((name) => !others.has(name))
    .map((name) => newest(join(path, name)));
  // The folder's own time tells of files that went.
  return Math.max(stat.mtimeMs, ...times);
}

/** Never ends the server: without a web client it is still a server. */
export function ensureWeb(root) {
  const built = join(root, 'packages/web/dist/index.html');
  const isSource = existsSync(join(root, 'packages/web/src')) && existsSync(join(root, 'node_modules/vite'));
  if (!isSource) return { hasBuilt: false };
  const folders = sources.map((path) => join(root, path));
  const builtAt = existsSync(built) ? statSync(built).mtimeMs : 0;
  // packages/web itself gets a new time when dist is made in it; its entries count.
  const isFresh = folders.every((folder) =>
    readdirSync(folder)
      .filter((name) => !others.has(name))
      .every((name) => newest(join(folder, name)) <= builtAt),
  );
  if (isFresh) return { hasBuilt: false };
  const startedAt = Date.now();
  process.stderr.write('elizad: building the web client\n');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/web-build.mjs')], {
    cwd: root,
    encoding: 'utf8',
  });
  const took = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  process.stderr.write(
    status === 0
      ? `elizad: web client built in ${took}\n`
      : `${stdout}${stderr}\nelizad: the web client could not be built; the server starts without it\n`,
  );
  return { hasBuilt: true };
}
