/** Nothing in the data directory can be read by others, whoever made the directory and what is in it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, runCli, spawnServer } from '../support/test-server.ts';

/** Entries that others may do something with, with their modes. */
function listOpen(directory: string): string[] {
  return readdirSync(directory, { recursive: true }).flatMap((name) => {
    const { mode } = statSync(join(directory, String(name)));
    return mode & 0o077 ? `${name} ${(mode & 0o777).toString(8)}` : [];
  });
}

async function upload(url: string): Promise<void> {
  const { call } = createRestClient(url);
  const made = await call('create-channel', { body: { name: 'Room', type: 'GROUP' } });
  const body = new FormData();
  body.append('file', new File(['some words'], 'a.txt', { type: 'text/plain' }));
  const { status } = await call('upload-channel-media', { params: { channelId: made.body.data.id }, body });
  assert.equal(status, 200);
}

describe('the data directory', { skip: process.getuid === undefined && 'the system has no users of this kind' }, () => {
  for (const mode of [undefined, 0o755, 0o777])
    it(`${mode === undefined ? 'that is new' : `of mode ${mode.toString(8)}`} has nothing in it for others`, async (t) => {
      const dataDir = join(makeDir(t), 'data');
      if (mode !== undefined) {
        mkdirSync(dataDir);
        chmodSync(dataDir, mode);
      }
      const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
      await openClient(t, url).ask('join', { roomId: crypto.randomUUID() });
      await upload(url);
      const names = readdirSync(dataDir);
      for (const name of ['', '-wal', '-shm'])
        assert.ok(names.includes(`elizad.sqlite${name}`), `there is no elizad.sqlite${name}`);
      assert.deepEqual(listOpen(dataDir), []);
      assert.equal(statSync(dataDir).mode & 0o777, mode ?? 0o700);
    });

  it('is closed where it was left open, but for what is not the server’s own', async (t) => {
    const directory = makeDir(t);
    const dataDir = join(directory, 'data');
    const [linked, other] = [join(directory, 'elsewhere'), join(dataDir, 'notes.txt')];
    const first = await openTestServer(t, { ELIZAD_DATA: dataDir });
    await upload(first.url);
    await first.stop();
    writeFileSync(join(dataDir, 'elizad.sqlite.backup'), '');
    writeFileSync(linked, '');
    writeFileSync(other, '');
    symlinkSync(linked, join(dataDir, 'elizad.sqlite-link'));
    for (const name of ['elizad.sqlite', 'elizad.sqlite.backup', 'server.lock', 'server.pid'])
      chmodSync(join(dataDir, name), 0o644);
    for (const path of [linked, other]) chmodSync(path, 0o644);
    chmodSync(join(dataDir, 'files'), 0o755);
    const { stop } = await openTestServer(t, { ELIZAD_DATA: dataDir });
    assert.deepEqual(listOpen(dataDir).sort(), ['elizad.sqlite-link 644', 'notes.txt 644']);
    await stop();
  });

  it('that others may look into is told of once, with what closes it', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    mkdirSync(dataDir);
    chmodSync(dataDir, 0o755);
    const server = await spawnServer(t, dataDir);
    assert.equal(server.output().split(`chmod 700 ${dataDir}`).length, 2, server.output());
    assert.equal(await server.end('SIGTERM'), 0);
    assert.doesNotMatch(readFileSync(join(dataDir, 'server.pid'), 'utf8'), /\D/);
  });

  it('has no link of somebody else followed, and none by which a number would be written into another file', async (t) => {
    const dir = makeDir(t);
    const dataDir = join(dir, 'data');
    const [precious, elsewhere] = [join(dir, 'precious'), join(dir, 'elsewhere')];
    mkdirSync(dataDir);
    writeFileSync(precious, 'as it was');
    symlinkSync(precious, join(dataDir, 'server.pid'));
    await (await openSqlite(dataDir)).close();
    assert.equal(readFileSync(precious, 'utf8'), 'as it was');
    // Only root can make links that are another's.
    if (process.getuid?.() !== 0) return;
    rmSync(join(dataDir, 'elizad.sqlite'));
    symlinkSync(elsewhere, join(dataDir, 'elizad.sqlite'));
    lchownSync(join(dataDir, 'elizad.sqlite'), 4711, 4711);
    await assert.rejects(openSqlite(dataDir), /^Error: ELIZAD_DATA: .*is a link that the user 4711 has made/);
    assert.equal(existsSync(elsewhere), false);
  });

  it('does not wait for the other end of a pipe that was put in the place of a file', {
    skip: process.platform === 'win32',
  }, async (t) => {
    for (const name of ['elizad.sqlite', 'server.lock']) {
      const dataDir = join(makeDir(t), 'data');
      mkdirSync(dataDir);
      execFileSync('mkfifo', [join(dataDir, name)]);
      const { exited, output } = runCli(t, ['serve', '--port', '0', '--data', dataDir]);
      const late = new Promise((resolve) => setTimeout(resolve, 30_000, 'it waits').unref());
      assert.equal(await Promise.race([exited, late]), 1, output());
      assert.match(output(), /ELIZAD_DATA: .+ cannot be used \(ENXIO/);
    }
  });
});
