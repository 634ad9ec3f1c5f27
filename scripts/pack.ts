/**
 * `npm run pack`: the packages as they are published. Each src is compiled into dist/packages/<name>, with a package.json
 * that points at the JavaScript, and packed into dist/<name>-<version>.tgz.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

type Manifest = {
  name: string;
  version: string;
  bin?: Record<string, string>;
  exports: Record<string, string>;
  scripts?: unknown;
  devDependencies?: unknown;
  private?: unknown;
  [field: string]: unknown;
};

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const tsc = join(root, 'node_modules/typescript/bin/tsc');
/** In the order of building: each is compiled against the declarations of those before it, as its users will be. */
const packages = ['protocol', 'client', 'eliza', 'server'];

rmSync(join(dist, 'packages'), { recursive: true, force: true });
for (const tarball of globSync('*.tgz', { cwd: dist })) rmSync(join(dist, tarball));
for (const name of packages) {
  const stage = join(dist, 'packages', name);
  mkdirSync(stage, { recursive: true });
  const manifest = writeManifest(name, stage);
  compile(name, stage);
  copyRest(name, stage, manifest);
}
run(process.execPath, [join(root, 'scripts/web-build.mjs')]);
// Where packages/server/src/rest/web looks for it.
cpSync(join(root, 'packages/web/dist'), join(dist, 'packages/server/dist/web'), { recursive: true });
for (const name of packages) pack(name);

/** The package.json of the workspace, without what only the workspace needs and with the built files for the sources. */
function writeManifest(name: string, stage: string): Manifest {
  const source = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;
  const { scripts, devDependencies, private: _, ...kept } = source;
  const manifest: Manifest = {
    ...kept,
    exports: { ...describeBuilt(source.exports), './package.json': './package.json' },
    files: ['dist'],
  };
  if (source.bin) {
    manifest.bin = Object.fromEntries(Object.entries(source.bin).map(([bin, path]) => [bin, toBuilt(path)]));
  }
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

function describeBuilt(entries: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(entries).map(([entry, path]) => {
      const built = `./${toBuilt(path)}`;
      return [entry, { types: built.replace(/\.js$/, '.d.ts'), default: built }];
    }),
  );
}

function toBuilt(path: string): string {
  return path.replace(/^(\.\/)?src\//, 'dist/').replace(/\.ts$/, '.js');
}

function compile(name: string, stage: string): void {
  const src = join(root, 'packages', name, 'src');
  const config = {
    extends: relative(stage, join(root, 'tsconfig.build.json')).replaceAll('\\', '/'),
    compilerOptions: { rootDir: src, outDir: join(stage, 'dist') },
    include: [src],
  };
  const path = join(stage, 'tsconfig.json');
  writeFileSync(path, JSON.stringify(config));
  run(process.execPath, [tsc, '-p', path]);
  rmSync(path);
  // tsc rewrites './x.ts' in the code but not in the declarations, where older compilers stumble over it.
  for (const file of globSync('**/*.d.ts', { cwd: join(stage, 'dist') })) {
    const declaration = join(stage, 'dist', file);
    const text = readFileSync(declaration, 'utf8');
    writeFileSync(declaration, text.replace(/((?:from|import) ?\(?['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2'));
  }
}

function copyRest(name: string, stage: string, { bin = {} }: Manifest): void {
  const source = join(root, 'packages', name);
  const isSource = (path: string) => path.endsWith('.ts') && !path.endsWith('.d.ts');
  cpSync(join(source, 'src'), join(stage, 'dist'), {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || !isSource(path),
  });
  for (const file of ['README.md', 'LICENSE']) {
    const found = [join(source, file), join(root, file)].find((path) => existsSync(path));
    if (found) cpSync(found, join(stage, file));
  }
  for (const path of Object.values(bin)) {
    const built = join(stage, path);
    if (!readFileSync(built, 'utf8').startsWith('#!/usr/bin/env node\n')) throw new Error(`${built} lacks its #! line`);
    chmodSync(built, 0o755);
  }
}

function pack(name: string): void {
  // npm is a batch file on Windows, which only a shell starts; staged in its folder, the path needs no quotes.
  const shell = process.platform === 'win32';
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', '../..'];
  const output = execFileSync('npm', args, { cwd: join(dist, 'packages', name), encoding: 'utf8', shell });
  const found: unknown = JSON.parse(output);
  // npm 11 answers with a list, later ones with an object by name.
  const [tarball] = Object.values(found as Record<string, { filename: string; size: number; entryCount: number }>);
  if (!tarball) throw new Error(`npm pack created nothing:\n${output}`);
  const size = `${(tarball.size / 1024).toFixed(1)} kB`;
  process.stdout.write(`dist/${tarball.filename.padEnd(28)} ${size.padStart(9)}  ${tarball.entryCount} files\n`);
}

function run(command: string, args: string[]): void {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    process.stderr.write(`${stdout}${stderr}`);
    process.exit(1);
  }
}
