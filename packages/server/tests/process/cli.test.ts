/** The command line as people use it: one line for each mistake, a clean end, and a talk in the terminal. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDir, runCli, spawnServer, writeCharacter } from '../support/test-server.ts';

test('a wrong setting stops the start with one line', async (t) => {
  const { exited, output } = runCli(t, ['serve'], { PORT: 'eighty' });
  assert.equal(await exited, 1);
  assert.equal(
    output(),
    'elizad: PORT: "eighty" is not accepted. Expected: a whole number from 0 to 65535 (0 selects a free port).\n',
  );
});

test('beyond loopback without a key: refused with one line', async (t) => {
  const { exited, output } = runCli(t, ['serve', '--host', '0.0.0.0']);
  assert.equal(await exited, 1);
  assert.match(output(), /^elizad: HOST: "0\.0\.0\.0" .*ELIZAD_API_KEY.*\n$/);
});

test('a taken port says so and how to choose another', async (t) => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const { exited, output } = runCli(t, ['--port', String(port), '--log-level', 'silent']);
  assert.equal(await exited, 1);
  assert.match(output(), new RegExp(`^elizad: PORT: ${port} on 127\\.0\\.0\\.1 is in use\\. .*--port ${port + 1}\\n$`));
});

test('an address that is not of this machine says so', async (t) => {
  const { exited, output } = runCli(t, ['--port', '0', '--host', '192.0.2.1'], {
    ELIZAD_API_KEY: 'right-key-of-sixteen',
  });
  assert.equal(await exited, 1);
  assert.match(output(), /^elizad: HOST: 192\.0\.2\.1 is not an address of this machine\. .*\n$/);
});

test('a data directory that cannot be used says why, and nothing of it is changed', async (t) => {
  const dir = makeDir(t);
  const file = join(dir, 'file');
  writeFileSync(file, 'mine');
  const notDirectory = runCli(t, ['--port', '0', '--data', file]);
  assert.equal(await notDirectory.exited, 1);
  assert.match(notDirectory.output(), /^elizad: ELIZAD_DATA: .*file cannot be used \(.*\)\. Set it to .*\n$/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  const foreign = join(dir, 'elizad.sqlite');
  writeFileSync(foreign, 'this is no database, but somebody may want it');
  const notDatabase = runCli(t, ['--port', '0', '--data', dir]);
  assert.equal(await notDatabase.exited, 1);
  assert.match(notDatabase.output(), /^elizad: ELIZAD_DATA: .* cannot be used \(file is not a database\)\. .*\n$/);
  assert.match(readFileSync(foreign, 'utf8'), /somebody may want it/);
});

test('a character file with a fault is refused with path, field and the nearest name', async (t) => {
  const dir = makeDir(t);
  const misspelt = writeCharacter(dir, {
    name: 'Cleo',
    bio: 'Calm.',
    topicz: ['tea'],
    style: { al: [] },
    adjectives: 'calm',
  });
  const { exited, output } = runCli(t, ['-c', misspelt]);
  assert.equal(await exited, 1);
  assert.match(output(), /cleo\.json: topicz: unknown field; did you mean topics\?/);
  assert.match(output(), /cleo\.json: style\.al: unknown field; did you mean all\?/);
  assert.match(output(), /cleo\.json: adjectives: .*expected array/);
  const broken = join(dir, 'broken.json');
  writeFileSync(broken, '{"name": ');
  const second = runCli(t, ['-c', broken]);
  assert.equal(await second.exited, 1);
  assert.match(second.output(), /^elizad: .*broken\.json: .*JSON.*\n$/);
});

test('the banner names URL, agents with their models, data directory and code', async (t) => {
  const dir = makeDir(t);
  const characters = [
    writeCharacter(dir, { name: 'Cleo', bio: 'Calm.', settings: { model: 'openai/gpt-x' } }),
    writeCharacter(dir, { name: 'Doc', bio: 'Listens.' }),
  ];
  const server = await spawnServer(t, join(dir, 'data'), {}, ['-c', ...characters, '--model', 'eliza']);
  assert.match(server.output(), /ready in \d+ ms/);
  assert.match(server.output(), /agent\s+Cleo uses openai\/gpt-x \(no OPENAI_API_KEY\)/);
  assert.match(server.output(), /agent\s+Doc uses eliza-1966/);
  assert.match(server.output(), /data\s+.*data/);
  assert.match(server.output(), /socket\.emit\('join', room\)/);
  assert.equal(await server.end('SIGINT'), 0);
  assert.match(server.output(), /stopped, everything is on disk/);
});

test('elizad chat: what is piped in is said, answers come back, commands work', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'));
  const input = 'Hello.\nMen are all alike.\n/who\n/rooms\n/state\n/quit\n';
  const { exited, output } = runCli(t, ['chat', server.url, '--name', 'Ada'], {}, input);
  assert.equal(await exited, 0, output());
  assert.match(output(), /Eliza is here/);
  assert.match(output(), /Eliza: In what way/i);
  assert.match(output(), /Eliza \(agent, eliza-1966\)/);
  assert.match(output(), /DM, 4 messages, 2 participants/);
});

test('elizad chat: a wrong agent or a refused key is said in one line', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'), { ELIZAD_API_KEY: 'k' });
  const refused = runCli(t, ['chat', server.url], {}, '');
  assert.equal(await refused.exited, 1);
  assert.match(refused.output(), /^elizad chat: The server requires a key.*\n$/);
  const wrong = runCli(t, ['chat', server.url, '--agent', 'Nobody', '--api-key', 'k'], {}, '');
  assert.equal(await wrong.exited, 1);
  assert.match(wrong.output(), /No agent is called Nobody there\. Known: Eliza\./);
});

test('the key may stand in a file, which nobody else may read', async (t) => {
  const path = join(makeDir(t), 'key');
  writeFileSync(path, 'a-key-of-some-length\n', { mode: 0o600 });
  const server = await spawnServer(t, join(makeDir(t), 'data'), { ELIZAD_API_KEY_FILE: path });
  const withFile = runCli(t, ['chat', server.url, '--api-key-file', path], {}, '/quit\n');
  assert.equal(await withFile.exited, 0, withFile.output());
  const withVariable = runCli(t, ['chat', server.url], { ELIZAD_API_KEY_FILE: path }, '/quit\n');
  assert.equal(await withVariable.exited, 0, withVariable.output());
  chmodSync(path, 0o640);
  const shared = runCli(t, ['chat', server.url, '--api-key-file', path], {}, '/quit\n');
  assert.equal(await shared.exited, 1);
  assert.match(shared.output(), /^elizad chat: --api-key-file: .*key can be read by other users .*chmod 600.*\n$/);
  const started = runCli(t, ['serve', '--port', '0'], { ELIZAD_API_KEY_FILE: path });
  assert.equal(await started.exited, 1);
  assert.match(started.output(), /^elizad: ELIZAD_API_KEY_FILE: .*chmod 600.*\n$/);
});

test('what people mistype is said in one line, with what was meant', async (t) => {
  const dir = makeDir(t);
  const own = { ELIZAD_DATA: join(dir, 'data') };
  for (const [args, env, expected] of [
    [['serv'], own, /^elizad: serv is not a command\. Did you mean serve\? elizad --help lists all commands\.\n$/],
    [['chat', 'foo'], {}, /^elizad chat: foo is not a server address\. .*http:\/\/localhost:3000\n$/],
    [['chat', '--room', 'x'], {}, /^elizad chat: --room: x is not a room\. Expected: a UUID .*\n$/],
    [['serve', '-c', join(dir, 'no.json')], own, /no\.json: the file does not exist\.\n$/],
    [
      ['serve'],
      { ...own, CORS_ORIGIN: 'example.com' },
      /CORS_ORIGIN: "example\.com" is not accepted\. .*with the scheme/,
    ],
    [
      ['serve', '--port', 'x'],
      { ...own, ELIZAD_API_KEYS: 'k' },
      /ELIZAD_API_KEYS is not a setting and .*mean ELIZAD_API_KEY\?/,
    ],
  ] as const) {
    const { exited, output } = runCli(t, [...args], env, '');
    assert.equal(await exited, 1, `${args.join(' ')}: ${output()}`);
    assert.match(output(), expected);
    assert.doesNotMatch(output(), /^\s+at /m);
  }
});

test('elizad chat takes a port alone, and says nothing of a lost connection when it leaves', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'));
  const { port } = new URL(server.url);
  const { exited, output } = runCli(t, ['chat', port], {}, '/quit\n');
  assert.equal(await exited, 0, output());
  assert.match(output(), /Eliza is here/);
  assert.doesNotMatch(output(), /connection lost/);
  assert.match(server.output(), new RegExp(`npx elizad chat http://localhost:${port}`));
});

test('a stop that comes while the server fails to start is told why it did not, in one line', async (t) => {
  const config = join(makeDir(t), 'slow.config.mjs');
  writeFileSync(
    config,
    "console.error('loading'); await new Promise((resolve) => setTimeout(resolve, 700)); throw new Error('no');",
  );
  const { child, exited, output } = runCli(t, ['serve', '--port', '0'], { ELIZAD_CONFIG: config });
  child.stderr.on('data', (text) => String(text).includes('loading') && child.kill('SIGTERM'));
  assert.equal(await exited, 1, output());
  assert.match(output(), /SIGTERM, stopping…\nelizad: .*slow\.config\.mjs.*no/);
  assert.doesNotMatch(output(), /^ {4}at /m);
});
