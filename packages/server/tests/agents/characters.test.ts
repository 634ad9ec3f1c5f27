/** Characters: which files are read, what an agent's id is, and that secrets stay in memory. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, lchownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CharacterError, loadCharacters } from '../../src/agents/characters/characters.ts';
import { watchCharacters } from '../../src/agents/characters/watch.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

test('files named, and those beside the data directory; Eliza when there are none', async (t) => {
  const dir = makeDir(t);
  const dataDir = join(dir, 'data');
  assert.deepEqual(
    (await loadCharacters([], dataDir)).map(({ id, character }) => [character.name, id]),
    [['Eliza', 'b850bc30-45f8-0041-a00a-83df46d8555d']],
  );
  mkdirSync(join(dir, 'characters'));
  writeCharacter(join(dir, 'characters'), { name: 'Beside', bio: 'x' });
  const named = writeCharacter(dir, { name: 'Named', bio: ['x'], id: '11111111-1111-1111-1111-111111111111' });
  const loaded = await loadCharacters([named], dataDir);
  assert.deepEqual(
    loaded.map(({ character }) => character.name),
    ['Named', 'Beside'],
  );
  assert.equal(loaded[0]?.id, '11111111-1111-1111-1111-111111111111');
  await assert.rejects(
    loadCharacters([named, named], dataDir),
    (error: Error) => error instanceof CharacterError && /same id/.test(error.message),
  );
});

const ofUnix = process.platform === 'win32' ? { skip: 'there are no such owners' } : {};

test(
  'what somebody else may have written beside the data directory is left out, and a line says what to do',
  ofUnix,
  async (t) => {
    const dir = makeDir(t);
    const beside = join(dir, 'characters');
    mkdirSync(beside, { mode: 0o755 });
    const path = writeCharacter(beside, { name: 'Beside', bio: 'x' });
    const load = async (paths: string[] = []) => {
      const lines: string[] = [];
      const loaded = await loadCharacters(paths, join(dir, 'data'), (line) => lines.push(line));
      return { names: loaded.map(({ character }) => character.name), lines };
    };
    assert.deepEqual(await load(), { names: ['Beside'], lines: [] });
    for (const [place, mode, usual] of [
      [beside, 0o777, 0o755],
      [path, 0o646, 0o644],
      [dir, 0o757, 0o700],
    ] as const) {
      chmodSync(place, mode);
      const { names, lines } = await load();
      assert.deepEqual([names, lines.length], [['Eliza'], 1], place);
      assert.match(lines[0] ?? '', /left out.*everyone can write .*\(chmod o-w /);
      chmodSync(place, usual);
    }
    // As a temporary directory is: what is there belongs to who made it.
    chmodSync(dir, 0o1777);
    assert.deepEqual(await load(), { names: ['Beside'], lines: [] });
    chmodSync(path, 0o646);
    const named = await load([path]);
    assert.deepEqual(named.names, ['Beside']);
    assert.match(named.lines[0] ?? '', /named character file can be changed by other users/);
    chmodSync(path, 0o644);
    if (process.getuid?.() !== 0) return;
    for (const place of [beside, path]) {
      chownSync(place, 4711, 4711);
      const { names, lines } = await load();
      assert.deepEqual(names, ['Eliza']);
      assert.match(lines[0] ?? '', /belongs to user 4711.*\(chown 0 /);
      chownSync(place, 0, 0);
    }
    const link = join(beside, 'link.json');
    symlinkSync(writeCharacter(dir, { name: 'Linked', bio: 'x' }), link);
    lchownSync(link, 4711, 4711);
    assert.deepEqual((await load()).names, ['Beside']);
    lchownSync(link, 0, 0);
    assert.deepEqual((await load()).names, ['Beside', 'Linked']);
    chmodSync(path, 0o664);
    chownSync(path, 0, 4711);
    const { names, lines } = await load();
    assert.deepEqual(names, ['Linked']);
    assert.match(lines[0] ?? '', /group 4711 can write/);
  },
);

test('a file with every field of the format runs without a warning', async (t) => {
  const dir = makeDir(t);
  writeFileSync(join(dir, 'a.md'), 'It is blue.');
  mkdirSync(join(dir, 'docs'));
  writeFileSync(join(dir, 'docs', 'b.txt'), 'It is round.');
  const file = writeCharacter(dir, {
    name: 'Whole',
    username: 'whole',
    system: 'You are whole.',
    bio: ['a', 'b'],
    lore: ['c'],
    topics: ['d'],
    adjectives: ['e'],
    style: { all: ['f'], chat: ['g'], post: ['h'] },
    messageExamples: [
      [
        { name: '{{user1}}', content: { text: 'Hi' } },
        { name: 'Whole', content: { text: 'Hello', actions: ['REPLY'], providers: ['TIME'] } },
      ],
    ],
    postExamples: ['i'],
    knowledge: ['fact', { path: 'a.md', shared: true }, { directory: 'docs' }],
    templates: { replyTemplate: 'x' },
    plugins: ['@elizaos/plugin-bootstrap'],
    settings: { model: 'eliza', secrets: { OPENAI_API_KEY: 'k' }, voice: { model: 'v' }, avatar: '/a.png' },
    secrets: { TOKEN: 't' },
  });
  const server = await spawnServer(t, join(dir, 'data'), { LOG_LEVEL: 'info' }, ['--character', file]);
  const levels = server
    .output()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line).level] : []));
  assert.ok(levels.length > 0 && levels.every((level) => level <= 30), server.output());
  assert.match(server.output(), /"msg":"plugins in a character file have no effect here/);
});

test('secrets of a character are neither stored nor shown', async (t) => {
  const dir = makeDir(t);
  const secret = 'sk-secret-0123456789';
  const file = writeCharacter(dir, {
    name: 'Keyed',
    bio: 'x',
    settings: { model: 'eliza', secrets: { OPENAI_API_KEY: secret } },
    secrets: { OTHER: secret },
  });
  const dataDir = join(dir, 'data');
  const app = await openTestServer(t, { ELIZAD_DATA: dataDir, ELIZAD_CHARACTERS: file });
  const client = openClient(t, app.url);
  client.socket.emit('request-world-state', {});
  assert.doesNotMatch(JSON.stringify(await client.until('world-state')), /sk-secret/);
  await app.stop();
  assert.equal(readFileSync(join(dataDir, 'elizad.sqlite')).includes(secret), false);
});

test('an agent whose file is gone stays known, and says that it does not run', async (t) => {
  const dir = makeDir(t);
  const dataDir = join(dir, 'data');
  const first = await openTestServer(t, {
    ELIZAD_DATA: dataDir,
    ELIZAD_CHARACTERS: writeCharacter(dir, { name: 'Gone', bio: 'x', settings: { model: 'eliza' } }),
  });
  const roomId = crypto.randomUUID();
  const client = openClient(t, first.url);
  client.socket.emit('request-world-state', {});
  const agentId = Object.keys((await client.until('world-state')).agents)[0];
  await client.ask('join', { roomId, agentId });
  await first.stop();
  const second = await openTestServer(t, { ELIZAD_DATA: dataDir });
  const later = openClient(t, second.url);
  later.socket.emit('request-world-state', {});
  const { agents } = await later.until('world-state');
  assert.deepEqual([agents[agentId as string].status, agents[agentId as string].model], ['inactive', null]);
  const { messageId } = await later.ask('message', { roomId, text: 'Are you there?' });
  const done = await later.until('messageComplete', (end) => end.messageId === messageId);
  assert.deepEqual([done.outcome, done.turns[0].code], ['failed', 'agent-not-running']);
});

test('a directory that cannot be looked at for a while has not lost its files', async (t) => {
  const dir = makeDir(t);
  const [dataDir, characters] = [join(dir, 'data'), join(dir, 'characters')];
  const make = () => {
    mkdirSync(characters);
    writeCharacter(characters, { name: 'Beside', bio: 'x' });
  };
  make();
  let changes = 0;
  const stop = watchCharacters([], dataDir, async () => {
    changes += 1;
  });
  t.after(stop);
  while (changes === 0) await pause(50);
  rmSync(characters, { recursive: true });
  // It leads to itself, which is as much an error of the system as that too many files are open.
  symlinkSync('characters', characters);
  await assert.rejects(loadCharacters([], dataDir), { code: 'ELOOP' });
  await pause(1_700);
  assert.equal(changes, 1);
});
