/** A client that sends again what it hears: it is stopped and told, and who only repeats itself is not. */
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

async function open(t: TestContext) {
  const app = await openTestServer(t);
  const entityId = crypto.randomUUID();
  const client = openClient(t, app.url, { transports: ['websocket'], auth: { entityId } });
  await client.until('connection_established');
  const agentId = await findAgent(client, 'Eliza');
  return { app, client, entityId, agentId };
}

for (const isEnvelope of [false, true])
  it(`whose echo has no end is refused after a few, ${isEnvelope ? 'in the envelope' : 'in the documented words'}`, async (t) => {
    const { app, client, entityId, agentId } = await open(t);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId });
    const say = (text: string) =>
      client.socket.emit(
        'message',
        isEnvelope
          ? { type: 2, payload: { channelId: roomId, senderId: entityId, message: text } }
          : { roomId, text, userId: entityId },
      );
    let heard = 0;
    client.socket.on('messageBroadcast', ({ text }) => {
      heard += 1;
      say(text);
    });
    say('Hello.');
    const { details } = await client.until('error');
    assert.equal(details.code, 'message-loop');
    // It comes to rest, also though the agent's answers are said again: nothing is under way, and nothing comes any more.
    let before = -1;
    while (heard !== before) {
      before = heard;
      const { seq } = await client.ask('request-world-state', { roomId });
      assert.ok(seq < 60, `${seq} messages, and it goes on`);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    const { data } = (await (await fetch(`${app.url}/api/server/sockets`)).json()) as {
      data: { sockets: { findings: { id: string }[] }[] };
    };
    assert.ok(data.sockets[0]?.findings.some(({ id }) => id === 'loop'));
  });

it('is none that says the same again with a messageId, with an acknowledgement, or a few times', async (t) => {
  const { client } = await open(t);
  const roomId = crypto.randomUUID();
  const errors: unknown[] = [];
  client.socket.on('error', (error) => errors.push(error));
  for (let n = 0; n < 20; n++) await client.ask('message', { roomId, text: 'Tick.' });
  for (let n = 0; n < 20; n++) {
    client.socket.emit('message', { roomId, text: 'Tick.', messageId: `t-${n}` });
    await client.until('messageAck', ({ clientMessageId }) => clientMessageId === `t-${n}`);
  }
  for (let n = 0; n < 5; n++) {
    client.socket.emit('message', { roomId, text: 'Ha.' });
    await client.until('messageBroadcast', ({ seq }) => seq === 41 + n);
  }
  assert.deepEqual(errors, []);
});
