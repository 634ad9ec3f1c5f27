/** The Python examples do what they say: as Debian's python3-socketio runs them, over a kill of the server. Passed over where it is not there. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openClient } from '../../packages/server/tests/support/stock-client.ts';
import { makeDir, spawnServer } from '../../packages/server/tests/support/test-server.ts';

const examples = fileURLToPath(new URL('../../examples/python', import.meta.url));

/** A Python that has the modules; `python3` of the path may be another one than the machine's own. */
const findPython = (modules: string): string | undefined =>
  ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${modules}`]).status === 0);

type Chat = { child: ChildProcess; say(text: string): void; until(text: string): Promise<void>; lines(): string[] };

function openChat(t: TestContext, python: string, script: string, args: readonly string[]): Chat {
  const child = spawn(python, [join(examples, script), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const pieces: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => pieces.push(String(data)));
  /** In their order, without the number. */
  const lines = () =>
    pieces
      .join('')
      .split('\n')
      .filter(Boolean)
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
      .map((line) => line.replace(/^\d+ /, ''));
  return {
    child,
    lines,
    say: (text) => void child.stdin?.write(`${text}\n`),
    async until(text) {
      const signal = AbortSignal.timeout(30_000);
      while (!lines().includes(text))
        await Promise.race([once(child.stdout, 'data', { signal }), once(child.stderr, 'data', { signal })]).catch(() =>
          assert.fail(`${text} did not come:\n${pieces.join('')}`),
        );
    },
  };
}

for (const [script, modules] of [
  ['chat.py', 'socketio, requests, websocket'],
  ['chat_async.py', 'socketio, aiohttp'],
] as const) {
  const python = findPython(modules);
  test(`${script} hears, says, and misses nothing over a kill`, {
    skip: !python && `no Python with ${modules}`,
  }, async (t) => {
    const data = join(makeDir(t), 'data');
    const first = await spawnServer(t, data);
    const { port } = new URL(first.url);
    const roomId = crypto.randomUUID();
    const chat = openChat(t, python as string, script, [first.url, roomId]);
    chat.say('I am sad');
    await chat.until('Eliza: I am sorry to hear you are sad.');
    await first.end('SIGKILL');

    const second = await spawnServer(t, data, {}, ['--port', port]);
    const bob = openClient(t, second.url, { auth: { entityId: crypto.randomUUID(), name: 'Bob' } });
    for (const text of ['one', 'two', 'three']) await bob.ask('message', { roomId, text });
    await chat.until('Bob: three');
    chat.say('my mother is sad too');
    await chat.until('Ada: my mother is sad too');
    const lines = chat.lines().filter((line) => !line.startsWith('Eliza:'));
    assert.deepEqual(lines, ['Ada: I am sad', 'Bob: one', 'Bob: two', 'Bob: three', 'Ada: my mother is sad too']);
    chat.child.stdin?.end();
    const [code] = await once(chat.child, 'exit');
    assert.equal(code, 0);
  });
}
