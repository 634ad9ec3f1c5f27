/**
 * The door to every task of the repo: `node scripts/run.mjs <task> [args]`. Runs on any Node from 20 up, with nothing
 * installed: it installs what is missing, finds Node 24, and runs the task there, in this process where it can.
 */
import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureBuilt } from './fresh.mjs';
import { stopWithParents } from './parents.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = 'packages/server/src/cli/main.ts';
const all = ['web client', 'server'];
const tasks = {
  serve: (args) => ({ script: main, args: ['serve', ...args], needs: all }),
  chat: (args) => ({ script: main, args: ['chat', ...args], needs: ['server'] }),
  elizad: (args) => ({ script: main, args, needs: args[0] === 'serve' || args.length === 0 ? all : ['server'] }),
  test: (args) => ({ nodeFlags: chooseTests(args), needs: all }),
  check: (args) => ({ script: 'scripts/check.ts', args }),
  docs: (args) => ({ script: 'scripts/generate-docs.ts', args }),
  pack: (args) => ({ script: 'scripts/pack.ts', args }),
  torture: (args) => ({ script: main, args: ['torture', ...args], needs: ['server'] }),
  bench: (args) => ({ script: 'bench/bench.ts', args }),
  'test:official': (args) => ({
    nodeFlags: chooseTests(['--test-concurrency=1', ...args, ...(args.length > 0 ? [] : ['official/*.test.ts'])]),
  }),
  web: (args) => ({ nodeFlags: ['node_modules/vite/bin/vite.js', 'packages/web', ...args] }),
  'web:build': () => ({ script: 'scripts/web-build.mjs', args: [] }),
  screenshots: () => ({ script: 'scripts/screenshots.ts', args: [], needs: all }),
  'web:budget': (args) => ({ script: 'scripts/web-budget.ts', args, needs: all }),
  'test:web': (args) => ({
    nodeFlags: chooseTests([
      '--test-concurrency=2',
      ...args,
      ...(args.length > 0 ? [] : ['packages/web/tests/*.test.ts']),
    ]),
    needs: all,
  }),
  prove: ([name = '', ...args]) => ({
    script: `prove/${name}.ts`,
    args,
    needs: /^(web-|any-message)/.test(name) ? all : [],
  }),
};

/** Arguments of `node --test`: paths given replace ours, flags are added. */
function chooseTests(args) {
  // The runner's own flags may have their value in the next argument, which is then no path.
  const takesValue = /^--test-(name-pattern|skip-pattern|concurrency|timeout|reporter|reporter-destination|shard)$/;
  const isPath = (arg, index) => !arg.startsWith('-') && !takesValue.test(args[index - 1] ?? '');
  const flags = args.filter((arg, index) => !isPath(arg, index));
  const paths = args.filter(isPath);
  const reporter = flags.some((flag) => flag.startsWith('--test-reporter')) ? [] : ['--test-reporter=spec'];
  // Tests wait for sockets and child processes as much as they compute: three at once also on two cores.
  const defaults = [...reporter, '--test-concurrency=3', '--test-timeout=300000'];
  // Not those in folders: each has an all-….test.ts beside it, which runs its files in one process.
  const ours = ['packages/{protocol,client,eliza,server}/tests/*.test.ts', 'tests/*.test.ts'];
  return ['--test', ...defaults, ...flags, ...(paths.length > 0 ? paths : ours)];
}

/** One stat and one small read; scripts/install.mjs writes the stamp and looks closer when it does not fit. */
function isInstalled() {
  try {
    const { mtimeMs, size } = statSync(join(root, 'package-lock.json'));
    const stamp = readFileSync(join(root, 'node_modules/.elizad-installed'), 'utf8');
    return stamp.startsWith(`${process.platform}-${process.arch} ${mtimeMs} ${size} `);
  } catch {
    return false;
  }
}

async function run() {
  const [name = '', ...args] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name) ? tasks[name](args) : undefined;
  if (!task) {
    process.stderr.write(`usage: node scripts/run.mjs <${Object.keys(tasks).join(' | ')}> [args]\n`);
    process.exit(2);
  }

  let hasInstalled = false;
  if (!isInstalled()) {
    const { ensureInstalled } = await import('./install.mjs');
    hasInstalled = await ensureInstalled(root);
  }
  if (process.env.npm_lifecycle_event) stopWithParents();
  const built = new Map((task.needs ?? []).map((name) => [name, ensureBuilt(root, name)]));
  const hasBuilt = [...built.values()].some((one) => one.hasBuilt);
  const server = built.get('server')?.path;
  // What tests start in a process of its own is what `npm start` starts.
  if (server && task.script !== main) process.env.ELIZAD_MAIN = server;
  const script = task.script && (task.script === main && server ? server : join(root, task.script));
  process.env.ELIZAD_STARTED_AT = String(Math.round(hasInstalled || hasBuilt ? Date.now() : performance.timeOrigin));

  // Not after an install: that may have brought another Node than this.
  if (script && !hasInstalled && Number.parseInt(process.versions.node, 10) >= 24) {
    // Before the first TypeScript: what strips its types costs 30 ms and 15 MB, and what is cached was stripped before.
    module.enableCompileCache();
    process.argv = [process.execPath, script, ...task.args];
    await import(pathToFileURL(script).href);
    return;
  }
  const { spawnNode } = await import('./spawn-node.mjs');
  spawnNode(root, task.nodeFlags ?? [script, ...task.args]);
}

await run();
