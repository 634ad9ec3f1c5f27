/** Builds what scripts/run.mjs needs when its sources are newer than what was built. Costs a few ms when they are not. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `result` is written last. Without a build the server still runs: `otherwise` says how. */
const builds = {
  'web client': {
    sources: ['packages/web', 'packages/client/src', 'packages/protocol/src'],
    script: 'scripts/web-build.mjs',
    result: 'packages/web/dist/index.html',
    otherwise: 'the server starts without it',
  },
  server: {
    sources: [
      'packages/server/src',
      'packages/eliza/src',
      'packages/client/src',
      'packages/protocol/src',
      'package-lock.json',
    ],
    script: 'scripts/server-build.mjs',
    result: 'packages/server/dist/main.js',
    otherwise: 'it runs from its sources and starts more slowly',
  },
};
/** Folders that no byte of a build comes from. */
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

/** A folder that the build is made in gets a new time by it; its entries count. */
function newestWithin(path) {
  const isFolder = statSync(path).isDirectory();
  const entries = isFolder ? readdirSync(path).filter((name) => !others.has(name)) : [''];
  return Math.max(...entries.map((name) => newest(join(path, name))));
}

/** Never ends the server. `path` is the result; undefined where there is none, or an old one. */
export function ensureBuilt(root, name) {
  const { sources, script, result, otherwise } = builds[name];
  const path = join(root, result);
  if (!existsSync(join(root, 'node_modules/vite'))) return { hasBuilt: false };
  const builtAt = existsSync(path) ? statSync(path).mtimeMs : 0;
  if (sources.every((source) => newestWithin(join(root, source)) <= builtAt)) return { hasBuilt: false, path };
  const startedAt = Date.now();
  process.stderr.write(`elizad: building the ${name}\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script)], { cwd: root, encoding: 'utf8' });
  const took = `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  const isBuilt = status === 0;
  process.stderr.write(
    isBuilt
      ? `elizad: ${name} built in ${took}\n`
      : `${stdout}${stderr}\nelizad: the ${name} could not be built; ${otherwise}\n`,
  );
  return { hasBuilt: true, path: isBuilt ? path : undefined };
}
