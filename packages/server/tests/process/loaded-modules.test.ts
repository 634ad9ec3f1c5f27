/** What a server without an Eliza OS project loads: what looks for one, and addresses that say there is none. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeDir, spawnServer } from '../support/test-server.ts';

/** The sources of a module of the built server; of any other one, itself. */
function toSources(url: string): string[] {
  const map = url.startsWith('file:') ? `${fileURLToPath(url)}.map` : '';
  return existsSync(map) ? (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources : [url];
}

test('a server without a project loads nothing of what runs one', async (t) => {
  const folder = makeDir(t);
  const [hook, loaded] = [join(folder, 'hook.mjs'), join(folder, 'loaded')];
  writeFileSync(
    hook,
    `import { appendFileSync } from 'node:fs';
     import { registerHooks } from 'node:module';
     const load = (url, context, next) => {
       appendFileSync(${JSON.stringify(loaded)}, url + '\\n');
       return next(url, context);
     };
     registerHooks({ load });`,
  );
  const { url } = await spawnServer(t, join(folder, 'data'), { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` });
  assert.equal((await fetch(`${url}/api/agents`)).status, 200);
  const modules = readFileSync(loaded, 'utf8').split('\n').flatMap(toSources);
  assert.ok(modules.some((module) => module.endsWith('/agents/agents.ts')));
  const ofProjects = /\/((?:agents|rest)\/projects\/.+|packages\/eliza\/.+)$/;
  const names = new Set(modules.flatMap((module) => ofProjects.exec(module)?.[1] ?? []));
  assert.deepEqual([...names].sort(), [
    'agents/projects/discover.ts',
    'agents/projects/no-projects.ts',
    'rest/projects/forward.ts',
    'rest/projects/short-addresses.ts',
  ]);
});
