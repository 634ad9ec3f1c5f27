/** What people attach reaches models that can look at it, whole where it can be read; nothing that strangers name is fetched by the server. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function openRoom(t: TestContext, protocol: 'openai' | 'anthropic') {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const settings = { model: `${protocol}/seeing` };
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: ['Calm.'], settings });
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ANTHROPIC_BASE_URL: `${provider.url}/v1`,
    ANTHROPIC_API_KEY: 'k',
    ELIZAD_CHARACTERS: character,
    ELIZAD_MEMORY: 'off',
  });
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
  const say = async (text: string, attachments: object[]) => {
    const { messageId } = await client.ask('message', { roomId, text, attachments });
    return client.until('messageComplete', (done) => done.messageId === messageId);
  };
  const sent = (index: number) => JSON.stringify(provider.requests[index]?.body);
  return { provider, say, sent };
}

const picture = { url: `data:image/png;base64,${png}`, title: 'dot.png', contentType: 'image' };
const poem = `data:text/plain;charset=utf-8,${encodeURIComponent('Ärger im Öl')}`;

for (const protocol of ['openai', 'anthropic'] as const)
  test(`${protocol}: a picture is shown, a text is read, what cannot be read is named; and all of it still at the next message`, async (t) => {
    const { say, sent } = await openRoom(t, protocol);
    const film = { url: 'https://example.com/film.mp4', title: 'film.mp4', contentType: 'video/mp4' };
    await say('Look', [picture, { url: poem, title: 'poem.txt' }, film]);
    await say('And?', []);
    for (const body of [sent(0), sent(1)]) {
      assert.ok(body.includes(png), body);
      assert.match(body, /\[poem\.txt\]\\nÄrger im Öl/);
      assert.match(body, /\[film\.mp4: a file of the type video\/mp4, which cannot be read here\]/);
    }
  });

test('a model that refuses pictures is asked again, and told that there was one', async (t) => {
  const { provider, say, sent } = await openRoom(t, 'openai');
  provider.script(
    { kind: 'refuse', status: 400, message: 'this model does not support images' },
    { kind: 'answer', text: 'I cannot see it.' },
  );
  assert.equal((await say('Look', [picture])).outcome, 'answered');
  assert.ok(sent(0).includes(png) && !sent(1).includes(png));
  assert.match(sent(1), /\[dot\.png: a file of the type image\/png, which cannot be read here\]/);
});

test('an address goes to the provider as it is: this server opens none', async (t) => {
  let visits = 0;
  const inner = createServer((_, res) => {
    visits += 1;
    res.end('secret of the inner network');
  });
  await new Promise<void>((resolve) => inner.listen(0, '127.0.0.1', resolve));
  t.after(() => inner.close());
  const address = `http://127.0.0.1:${(inner.address() as AddressInfo).port}`;
  const { say, sent } = await openRoom(t, 'openai');
  await say('Look', [
    { url: `${address}/cat.png`, contentType: 'image' },
    { url: `${address}/notes.txt`, contentType: 'document' },
    { url: 'file:///etc/passwd', contentType: 'text/plain' },
  ]);
  assert.ok(sent(0).includes(`${address}/cat.png`));
  assert.ok(!sent(0).includes('secret of') && !sent(0).includes('root:'));
  assert.equal(visits, 0);
});
