/** Characters: which files are read, what an agent's id is, and that secrets stay in memory. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CharacterError, loadCharacters } from '../../src/agents/characters.ts';
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
  assert.match(server.output(), /"msg":"plugins of a character file have no effect here/);
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
