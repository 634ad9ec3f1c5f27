/** docs/agents.md does what it says, and the characters of examples/ run. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findAgent, openClient } from '../../packages/server/tests/support/stock-client.ts';
import { makeDir, openTestServer } from '../../packages/server/tests/support/test-server.ts';

const page = readFileSync(new URL('../../docs/agents.md', import.meta.url), 'utf8');
const examples = fileURLToPath(new URL('../../examples/characters', import.meta.url));

test('the character of the page answers', async (t) => {
  const source = /<!-- agents-character -->\n```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const path = join(makeDir(t), 'otter.json');
  writeFileSync(path, source);
  const { url } = await openTestServer(t, { ELIZAD_CHARACTERS: path });
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Otter') });
  await client.ask('message', { roomId, text: 'I am unhappy about my luggage' });
  assert.equal((await client.until('messageComplete')).outcome, 'answered');
});

test('the five characters of examples/ run side by side, each called by its name in one room', async (t) => {
  const files = readdirSync(examples).map((name) => join(examples, name));
  assert.equal(files.length, 5);
  const { url } = await openTestServer(t, { ELIZAD_CHARACTERS: files.join(',') });
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId });
  for (const file of files) {
    const { name } = JSON.parse(readFileSync(file, 'utf8'));
    const agentId = await findAgent(client, name);
    await client.ask('join', { roomId, agentId });
    const { messageId } = await client.ask('message', { roomId, text: `${name}, I feel lost` });
    const { turns } = await client.until('messageComplete', (done) => done.messageId === messageId);
    assert.deepEqual(
      turns
        .filter(({ outcome }: { outcome: string }) => outcome === 'answered')
        .map((turn: { agentId: string }) => turn.agentId),
      [agentId],
    );
  }
});
