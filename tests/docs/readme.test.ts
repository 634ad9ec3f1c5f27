/** The README's code does what the README says: run as it stands, against a real server, with a second stock client in the room. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openClient } from '../../packages/server/tests/support/stock-client.ts';
import { makeDir, openTestServer } from '../../packages/server/tests/support/test-server.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

function readBlock(name: string): string {
  const block = new RegExp(`<!-- ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(readme)?.[1];
  assert.ok(block, `README has no block ${name}`);
  return block;
}

/** Replaces what occurs exactly once. */
function replaceOnce(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `${from} once`);
  return text.replace(from, to);
}

test('the script: at most 15 lines, three things said, three fitting answers, each with its end, seen by another client too', async (t) => {
  const script = readBlock('readme-script');
  assert.ok(script.trim().split('\n').length <= 15);
  assert.deepEqual(script.match(/from '.*'/g), ["from 'socket.io-client'"]);
  const { url } = await openTestServer(t);
  const roomId = crypto.randomUUID();
  const watcher = openClient(t, url);
  await watcher.ask('join', { roomId });

  const dir = makeDir(t);
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(dir, 'node_modules'), 'junction');
  const path = join(dir, 'hello.mjs');
  writeFileSync(
    path,
    replaceOnce(replaceOnce(script, 'http://localhost:3000', url), 'crypto.randomUUID()', `'${roomId}'`),
  );
  const { stdout } = await promisify(execFile)(process.execPath, [path], { timeout: 20_000 });
  assert.equal(stdout, readBlock('readme-output'));

  await watcher.ask('request-world-state', { roomId });
  const seen = watcher.events.filter(({ event }) => event === 'messageBroadcast' || event === 'messageComplete');
  assert.deepEqual(
    seen.map(({ event, payload }) =>
      event === 'messageBroadcast' ? `${payload.senderName}: ${payload.text}` : payload.outcome,
    ),
    stdout
      .trim()
      .split('\n')
      .flatMap((line) => (line.startsWith('Eliza') ? [line, 'answered'] : [line])),
  );
});
