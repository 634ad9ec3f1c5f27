/** Row family: what an installation of the server takes on the disk. Counted, not timed. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Family, type Findings, type Progress, type Sample, type Scale, summarize } from '../measure.ts';
import { makeFolder, readRssMb, startElizad } from '../processes.ts';

const root = join(import.meta.dirname, '../..');
const mostMb = 80;
const mostIdleMb = 110;
const restMs = 3000;
const shown = 10;

/** Why the large ones are there; one that is not named here is asked about in the results. */
const reasons: Record<string, string> = {
  ai: 'one way to every model provider; half of it are docs and sources; loaded at the first use of a model',
  zod: 'validation, types and docs from one schema; half of it are sources',
  '@ai-sdk/openai': 'OpenAI; loaded at its first use',
  '@ai-sdk/google': 'Google; loaded at its first use',
  '@ai-sdk/anthropic': 'Anthropic; loaded at its first use',
  '@ai-sdk/openai-compatible': 'whatever speaks the OpenAI protocol; loaded at its first use',
  '@ai-sdk/provider-utils': 'what the providers share',
  '@ai-sdk/provider': 'what the providers share',
  '@ai-sdk/gateway': "comes with `ai`, for Vercel's gateway; not used",
  fastify: 'HTTP; three quarters of it are tests and docs',
  '@types/node': 'comes with engine.io, for types; not loaded',
  kysely: 'typed SQL and the migrator',
  ajv: 'comes with fastify, for JSON schemas; not used',
  'socket.io': 'the protocol; most of it is a client for browsers',
  'socket.io-client': '`elizad chat` and `elizad torture`; most of it are bundles for browsers',
  'engine.io-client': 'below socket.io-client',
  '@img/sharp-libvips-linux-x64': 'thumbnails of images; loaded with the first of them',
  sharp: 'thumbnails of images',
  '@fastify/multipart': 'uploads',
  '@fastify/busboy': 'below multipart',
  mime: 'below @fastify/send: types of files',
  elizad: 'this',
};

export const installSize: Family = {
  title: 'Installation',
  about:
    'The three packages as `npm run pack` makes them, installed into an empty folder with `--omit=dev`. Bytes of all files (10^6 to a MB), counted once; Node itself is not in it. Then the installed server is started and left alone, as under Memory.',
  run,
};

type Package = { name: string; bytes: number };

async function run(scale: Scale, progress: Progress): Promise<Findings> {
  using folder = makeFolder();
  // Without a registry: what is installed here.
  const isSmoke = scale.name === 'smoke';
  if (!isSmoke) await install(folder.path, progress);
  const idle = await measureIdle(scale, isSmoke ? undefined : folder.path, progress);
  const packages = listPackages(join(isSmoke ? root : folder.path, 'node_modules'));
  const megabytes = packages.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const largest = packages.sort((a, b) => b.bytes - a.bytes).slice(0, shown);
  return {
    rows: [
      {
        what: `${packages.length} packages`,
        unit: 'MB',
        ours: summarize([megabytes]),
        target: { text: `< ${mostMb} MB`, isMet: megabytes < mostMb },
      },
      {
        what: 'memory of the installed server, idle',
        unit: 'MB',
        ours: idle,
        target: { text: `< ${mostIdleMb} MB`, isMet: idle.median < mostIdleMb },
      },
    ],
    notes: [
      '| the largest | MB | why |',
      '|---|---|---|',
      ...largest.map(({ name, bytes }) => `| ${name} | ${(bytes / 1e6).toFixed(1)} | ${reasons[name] ?? 'why?'} |`),
    ],
  };
}

async function install(folder: string, progress: Progress): Promise<void> {
  // npm and what it runs take the first node of the path: this one.
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
  progress('packing');
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/pack.ts'], { cwd: root, env });
  const tarballs = [...stdout.matchAll(/dist\/\S+\.tgz/g)].map(([path]) => join(root, path));
  progress('installing');
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...flags, ...tarballs], { cwd: folder, env });
}

/** Built, it needs no type stripping: that is what differs from the row of the sources under Memory. */
async function measureIdle(scale: Scale, folder: string | undefined, progress: Progress): Promise<Sample> {
  const main = folder && join(folder, 'node_modules/elizad/dist/cli/main.js');
  const values: number[] = [];
  for (let run = 1; run <= scale.runs; run++) {
    progress(`idle, run ${run} of ${scale.runs}`);
    await using server = await startElizad({ script: main });
    await new Promise((resolve) => setTimeout(resolve, folder === undefined ? 0 : restMs));
    values.push(readRssMb(server.pid));
  }
  return summarize(values);
}

/** Packages of a node_modules, and those within them; each without those within it. */
function listPackages(folder: string): Package[] {
  const names = readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return names
    .filter((name) => existsSync(join(folder, name, 'package.json')))
    .flatMap((name) => {
      const path = join(folder, name);
      const inner = join(path, 'node_modules');
      const nested = existsSync(inner) ? listPackages(inner) : [];
      return [{ name: readName(path), bytes: measureFolder(path) }, ...nested];
    });
}

const readName = (path: string): string => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).name;

function measureFolder(path: string): number {
  return readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules' || entry.isSymbolicLink()) return sum;
    const inner = join(path, entry.name);
    return sum + (entry.isDirectory() ? measureFolder(inner) : statSync(inner).size);
  }, 0);
}
