/** Which agent is in a group that a client of the field makes without naming one. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

/** What becomes of a message to a new group, said as `how` does it. */
async function outcomeOf(t: TestContext, env: Record<string, string>, how: 'envelope' | 'flat' = 'envelope') {
  const { url } = await openTestServer(t, env);
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  const message = { channelId: roomId, senderId: crypto.randomUUID(), message: 'Hello.', metadata: {} };
  await client.ask('message', how === 'flat' ? { roomId, text: 'Hello.' } : { type: 2, payload: message });
  return (await client.until('messageComplete')).outcome;
}

it('the only one there is', async (t) => assert.equal(await outcomeOf(t, {}), 'answered'));

it('none where INVITE_ONLY_AGENT is off', async (t) =>
  assert.equal(await outcomeOf(t, { INVITE_ONLY_AGENT: 'off' }), 'no-agent'));

it('none where there are two: nobody knows which is meant', async (t) => {
  const dir = makeDir(t);
  const characters = ['Ada', 'Bob'].map((name) => writeCharacter(dir, { name, bio: [] })).join(',');
  assert.equal(await outcomeOf(t, { ELIZAD_CHARACTERS: characters }), 'no-agent');
});

it('none in the documented words, which name an agent where they mean one', async (t) =>
  assert.equal(await outcomeOf(t, {}, 'flat'), 'no-agent'));
