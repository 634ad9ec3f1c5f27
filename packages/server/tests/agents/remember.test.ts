/** What was said long ago is known when it is asked for, across a kill; when it is deleted, it is not. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFakeProvider } from '../support/fake-provider.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, spawnServer, writeCharacter } from '../support/test-server.ts';

test('a fact that was told 500 messages and one kill ago is recalled; deleting its message makes it forgotten', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const settings = { model: 'openai/test', respond: 'mentioned' };
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ELIZAD_CHARACTERS: writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings }),
  };
  const roomId = crypto.randomUUID();
  const start = async () => {
    const server = await spawnServer(t, join(dir, 'data'), env);
    const client = openClient(t, server.url, { auth: { name: 'Grace' } });
    await client.ask('join', { roomId });
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Cleo') });
    const say = async (text: string) => {
      const { messageId } = await client.ask('message', { roomId, text });
      return client.until('messageComplete', (done) => done.messageId === messageId);
    };
    return { server, client, say };
  };
  const first = await start();
  const facts = [{ message: 1, text: 'The sister of Grace, Vera, lives in Porto' }];
  provider.script(
    { kind: 'answer', text: 'I will keep it in mind.' },
    { kind: 'answer', text: 'Yes.' },
    { kind: 'answer', text: JSON.stringify({ facts }) },
  );
  const told = await first.say('Cleo, my sister Vera lives in Porto');
  for (let n = 1; n <= 10; n++) await first.say(`We talk about something else, ${n}`);
  await first.say('Cleo, are you there?');
  await provider.arrived(3);
  for (let n = 1; n <= 500; n++) await first.client.ask('message', { roomId, text: `And about another thing, ${n}` });
  await first.server.end('SIGKILL');

  const second = await start();
  /** What the model is told when it is asked something. */
  const promptOf = async (question: string) => {
    await second.say(question);
    const asked = provider.requests.find(({ body }) => JSON.stringify(body).includes(question));
    return JSON.stringify(asked?.body);
  };
  const known = await promptOf('Cleo, where does Vera live?');
  assert.match(known, /The sister of Grace, Vera, lives in Porto/);
  assert.doesNotMatch(known, /my sister Vera lives in Porto/, 'the message itself is out of sight');
  const path = `/api/messaging/channels/${roomId}/messages/${told.messageId}`;
  const removed = await fetch(`${second.server.url}${path}`, { method: 'DELETE' });
  assert.equal(removed.status, 200);
  assert.doesNotMatch(await promptOf('Cleo, and where is Vera now?'), /Porto/);
});
