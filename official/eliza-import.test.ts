/**
 * `elizad import-memories`: what plugin-sql 1.7.2 wrote is read by our adapter as plugin-sql reads it; an import that was killed
 * goes on; the source stays as it is. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createAdapter } from '../packages/eliza/src/host/adapter/adapter.ts';
import { makeDir, runCli } from '../packages/server/tests/support/test-server.ts';
import { agentId, agents } from './eliza-adapter/pools.ts';
import { type Callable, openPluginSql } from './eliza-adapter/sides.ts';
import { fill, fillUp } from './eliza-import/fill.ts';
import { assertSameReads, readAll } from './eliza-import/reads.ts';
import { writeProject } from './support/eliza-project.ts';

const facts = 2_000;
const kept: (() => unknown)[] = [];
const suite = { after: (remove: unknown) => void kept.push(remove as () => unknown) };

/** A digest of each file. */
const readFiles = (directory: string) =>
  Object.fromEntries(
    globSync('**/*', { cwd: directory, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, createHash('sha1').update(readFileSync(path)).digest('hex')]),
  );

async function importInto(t: TestContext, dataDir: string, project: string, ...more: string[]) {
  const { exited, output } = runCli(t, ['import-memories', '--project', project, '--data', dataDir, ...more]);
  return { code: await exited, output: output() };
}

const fileOf = (dataDir: string, id = agentId) => join(dataDir, 'projects', `${id}.db`);

async function readOurs(dataDir: string): Promise<Record<string, unknown>> {
  const adapter = createAdapter({ file: fileOf(dataDir), agentId });
  await adapter.init();
  await adapter.ensureEmbeddingDimension(384);
  const all = await readAll(adapter as unknown as Callable);
  await adapter.close();
  return all;
}

function countMemories(dataDir: string): number {
  if (!existsSync(fileOf(dataDir))) return 0;
  const database = new DatabaseSync(fileOf(dataDir), { readOnly: true, timeout: 5_000 });
  try {
    return Number(database.prepare('SELECT count(*) AS count FROM memories').get()?.count);
  } catch {
    // Its tables are being made.
    return 0;
  } finally {
    database.close();
  }
}

describe('import-memories', () => {
  let project = '';
  let live = '';
  let sql: Awaited<ReturnType<typeof openPluginSql>>;
  let theirs: Record<string, unknown> = {};
  before(async () => {
    const manifest = { name: 'old', type: 'module', dependencies: { '@elizaos/core': '1.7.2' } };
    project = writeProject(suite, { 'package.json': JSON.stringify(manifest) });
    live = join(project, 'live');
    sql = await openPluginSql(live);
    await fill(sql);
    await fillUp(sql, facts);
    theirs = await readAll(sql.adapter);
    await sql.db.execute('CHECKPOINT');
    mkdirSync(join(project, '.eliza'));
    cpSync(live, join(project, '.eliza/.elizadb'), { recursive: true });
  });
  after(async () => {
    await sql?.close();
    for (const remove of kept) remove();
  });

  test('everything is read as plugin-sql reads it; each agent has its own; no secret comes along; the source stays', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const source = join(project, '.eliza/.elizadb');
    const digests = readFiles(source);
    const { code, output } = await importInto(t, dataDir, project);
    assert.equal(code, 0, output);
    assert.match(output, new RegExp(`memories +${facts + 5} of ${facts + 5}, ${facts + 5} of them new`));
    assert.match(output, /agents +1 of 1/);
    assert.deepEqual(readFiles(source), digests);
    assert.deepEqual(
      readdirSync(join(dataDir, 'projects')).filter((name) => name.startsWith('importing-')),
      [],
    );
    const ours = await readOurs(dataDir);
    assertSameReads(ours, theirs);
    assert.ok(!readFileSync(fileOf(dataDir)).includes('sk-of-the-project'));
    const ofBo = new DatabaseSync(fileOf(dataDir, agents[1]), { readOnly: true });
    assert.deepEqual(
      ofBo
        .prepare('SELECT content FROM memories')
        .all()
        .map(({ content }) => JSON.parse(String(content))),
      [{ text: 'of Bo' }],
    );
    ofBo.close();

    const again = await importInto(t, dataDir, project);
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /Ada: imported on .+, nothing to do/);
  });

  test('killed in the middle, it goes on where it was, and leaves nothing behind', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const { child, exited, output } = runCli(t, ['import-memories', '--project', project, '--data', dataDir]);
    for (const deadline = Date.now() + 60_000; countMemories(dataDir) < 400; )
      assert.ok(Date.now() < deadline && child.exitCode === null, output());
    child.kill('SIGKILL');
    await exited;
    const before = countMemories(dataDir);
    assert.ok(before >= 400 && before < facts, String(before));
    // Its process goes with it, and must not write any more.
    await once(AbortSignal.timeout(1_000), 'abort');
    const { code, output: words } = await importInto(t, dataDir, project);
    assert.equal(code, 0, words);
    assert.match(words, new RegExp(`memories +${facts + 5} of ${facts + 5}, ${facts + 5} of them new`));
    const ours = await readOurs(dataDir);
    assertSameReads(ours, theirs);
    assert.deepEqual(
      readdirSync(join(dataDir, 'projects')).filter((name) => name.startsWith('importing-')),
      [],
    );
  });

  test('what an agent has here already stays, and counts', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const adapter = createAdapter({ file: fileOf(dataDir), agentId });
    await adapter.init();
    await adapter.createAgent({ id: agentId, name: 'Ada of today' });
    await adapter.close();
    const { code, output } = await importInto(t, dataDir, project);
    assert.equal(code, 0, output);
    assert.match(output, /agents +1 of 1, 0 of them new/);
    const ours = (await readOurs(dataDir)) as { '0 getAgent': { name: string } };
    assert.equal(ours['0 getAgent'].name, 'Ada of today');
  });

  test('refuses while the project runs, where nothing is, and without the packages, and says what to do', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const running = await importInto(t, dataDir, project, '--from', live);
    assert.equal(running.code, 1);
    if (process.platform === 'linux')
      assert.match(running.output, new RegExp(`process ${process.pid} has .+ open: stop the project`));
    const nowhere = await importInto(t, dataDir, project, '--from', dataDir);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.output, /is no directory of PGlite: name the one .+ with --from/);
    const unreachable = await importInto(t, dataDir, project, '--from', 'postgres://u:hidden@127.0.0.1:1/eliza');
    assert.equal(unreachable.code, 1);
    assert.match(
      unreachable.output,
      /the Postgres 127\.0\.0\.1:1\/eliza could not be reached .+: look whether it runs/,
    );
    assert.ok(!unreachable.output.includes('hidden'));
    const bare = makeDir(t);
    const without = await importInto(t, dataDir, bare, '--from', join(project, '.eliza/.elizadb'));
    assert.equal(without.code, 1);
    assert.match(without.output, /could not be loaded .+: run npm install in /);
  });
});
