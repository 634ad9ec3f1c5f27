/**
 * The packages as their users get them: packed, installed into an empty folder outside the repo, and used from there:
 * the server by its bin, the client from a program of its own.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
// npm and the bin's `env node` take the first node of the path: the one that runs this test.
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
let folder = '';

/** Runs a command to its end; an error carries what it printed. */
async function run(command: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, env, shell: process.platform === 'win32' });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed: ${error}\n${stdout}${stderr}`);
  }
}

/** Starts the installed `elizad` on a free port and resolves with its address once it is ready. */
async function startInstalled(
  t: TestContext,
): Promise<{ url: string; child: ChildProcess; ended: Promise<number | null> }> {
  const bin = join(folder, 'node_modules/.bin/elizad');
  const data = mkdtempSync(join(folder, 'data-'));
  const child = spawn(bin, ['serve', '--port', '0', '--data', data], {
    cwd: folder,
    env,
    shell: process.platform === 'win32',
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (text: string) => {
      output += text;
      const found = /url\s+(http:\/\/\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    void ended.then((code) => reject(new Error(`ended with ${code} before it was ready:\n${output}`)));
    t.signal.addEventListener('abort', () => reject(new Error(`not ready in time:\n${output}`)));
  });
  return { url, child, ended };
}

/** A Node of the path that is older than the server's: of this machine, where it has one. */
const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((part) => join(part, 'node'))
  .find((path) => {
    const major = Number(/^v(\d+)/.exec(spawnSync(path, ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1]);
    return major >= 20 && major < 24;
  });

/** What a user of the client writes. It is type-checked, dependencies' declarations included, and what comes out is run. */
const clientProgram = `
import { type Client, connect, type Sent } from 'elizad-client';

declare const process: { argv: string[] };
const client: Client = connect(process.argv[2] ?? '', { name: 'Ada' });
const { entityId } = await client.ready;
const { agents } = await client.worldState();
const agentId: string | undefined = Object.keys(agents)[0];
const roomId = crypto.randomUUID();
const completed = new Promise<string>((resolve) => {
  client.on('messageComplete', ({ outcome }) => resolve(outcome));
});
await client.join({ roomId, agentId });
const sent: Sent = await client.send({ roomId, text: 'Hello! I feel a little lost.' });
console.log(JSON.stringify({ entityId, messageId: sent.messageId, outcome: await completed }));
client.close();
`;

describe('the packages, packed and installed', { timeout: 240_000 }, () => {
  before(async () => {
    const printed = await run(process.execPath, ['scripts/pack.ts'], root);
    const tarballs = [...printed.matchAll(/dist\/\S+\.tgz/g)].map(([path]) => join(root, path));
    assert.equal(tarballs.length, 4, printed);
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'elizad-pack-')));
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await run(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs],
      folder,
    );
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('hold JavaScript and declarations, and say so in package.json', async () => {
    for (const name of ['elizad-protocol', 'elizad-client', 'elizad-eliza', 'elizad']) {
      const installed = join(folder, 'node_modules', name);
      const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
      assert.deepEqual(manifest.exports['.'], { types: './dist/index.d.ts', default: './dist/index.js' });
      assert.match(readFileSync(join(installed, 'LICENSE'), 'utf8'), /MIT/);
      assert.doesNotMatch(readFileSync(join(installed, 'dist/index.d.ts'), 'utf8'), /\.ts['"]/);
      const map = JSON.parse(readFileSync(join(installed, 'dist/index.js.map'), 'utf8'));
      assert.ok(map.sourcesContent[0], 'the source map carries its source');
    }
  });

  test('elizad serve becomes ready, answers, and stops', { timeout: 60_000 }, async (t) => {
    const { url, child, ended } = await startInstalled(t);
    const answer = await fetch(new URL('/healthz', url));
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { status: string }).status, 'ok');
    if (process.platform === 'win32') return;
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
  });

  test('the host of a project starts from the installed package', { timeout: 60_000 }, () => {
    const bin = join(folder, 'node_modules/elizad/dist/cli/main.js');
    const { status, stdout } = spawnSync(process.execPath, [bin, 'doctor', '--project', folder], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stdout, /@elizaos\/core is not installed in .*: run the project's install there/);
  });

  test('elizad is a library too: its exports load', { timeout: 60_000 }, async () => {
    const script =
      "const { startApp, readSettings } = await import('elizad'); console.log(typeof startApp, typeof readSettings)";
    assert.equal(
      (await run(process.execPath, ['--input-type=module', '-e', script], folder)).trim(),
      'function function',
    );
  });

  test('a config type-checks strictly, and finds elizad also where no folder above has it', {
    timeout: 60_000,
  }, async (t) => {
    const config = readFileSync(join(root, 'examples/actions/elizad.config.ts'), 'utf8');
    const program = mkdtempSync(join(folder, 'config-'));
    writeFileSync(join(program, 'elizad.config.ts'), config);
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
    };
    writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['elizad.config.ts'] }));
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', program], folder);
    // As of a server that was installed globally: nothing is beside the file, nor above it.
    const elsewhere = mkdtempSync(join(tmpdir(), 'elizad-config-'));
    t.after(() => rmSync(elsewhere, { recursive: true, force: true }));
    writeFileSync(join(elsewhere, 'elizad.config.ts'), config);
    const loader = JSON.stringify(join(folder, 'node_modules/elizad/dist/agents/config/file.js'));
    const script = `const { loadConfigFile } = await import(${loader});
      console.log((await loadConfigFile({ directory: '.' })).actions.map(({ name }) => name).join());`;
    const printed = await run(process.execPath, ['--input-type=module', '-e', script], elsewhere);
    assert.equal(printed, 'roll_dice,write_down\n');
  });

  test('elizad-client type-checks strictly, and joins and sends', { timeout: 60_000 }, async (t) => {
    const program = mkdtempSync(join(folder, 'program-'));
    writeFileSync(join(program, 'main.ts'), clientProgram);
    const compilerOptions = {
      target: 'es2024',
      lib: ['es2024', 'dom'],
      module: 'nodenext',
      strict: true,
      skipLibCheck: false,
      types: [],
    };
    writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['main.ts'] }));
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', program], folder);
    const { url } = await startInstalled(t);
    const printed = JSON.parse(await run(process.execPath, [join(program, 'main.js'), url], folder));
    assert.equal(printed.outcome, 'answered');
    assert.match(printed.messageId, /^[0-9a-f-]{36}$/);
    if (!oldNode) return t.diagnostic('no older Node on this machine');
    const old = JSON.parse(await run(oldNode, [join(program, 'main.js'), url], folder));
    assert.equal(old.outcome, 'answered', 'on an older Node');
  });

  test('elizad says on an older Node which one it needs', { skip: !oldNode && 'none on this machine' }, () => {
    const bin = join(folder, 'node_modules/elizad/dist/cli/main.js');
    const { status, stderr } = spawnSync(oldNode as string, [bin, '--help'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /^elizad needs Node 24 or newer, but this is v2[0-3]\.\S+ Install it from .*\n$/);
  });
});
