/** Too much: texts and payloads over the limits that connection_established names, and far over them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, overEachTransport } from './support.ts';

async function provesUseful(client: Client): Promise<void> {
  const roomId = crypto.randomUUID();
  const { seq } = await client.done('message', { roomId, text: 'still here' });
  assert.equal(seq, 1);
  await client.until('messageComplete', (complete) => complete.roomId === roomId);
  assert.equal(client.all('disconnect').length, 0);
}

overEachTransport('too large', (wire) => {
  test('the longest text allowed is accepted and comes back whole', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    const text = 'é'.repeat(ada.limits.maxTextLength);
    await ada.done('message', { roomId, text });
    assert.ok((await bob.until('messageBroadcast')).text === text);
  });

  test('one more is refused as text-too-long, with an ack and without; nothing is stored', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    const message = { roomId, text: 'x'.repeat(ada.limits.maxTextLength + 1), messageId: 'm-1' };
    const { details } = await ada.refused('text-too-long', 'message', message);
    assert.deepEqual([details.roomId, details.clientMessageId], [roomId, 'm-1']);
    const from = ada.arrived.length;
    ada.send('message', message);
    await ada.refusedAloud('text-too-long', 'message', from);
    assert.equal((await ada.world({ roomId })).seq, 0);
    await ada.done('message', { ...message, text: 'short, with the messageId of the one that was refused' });
    await provesUseful(ada);
  });

  test('a payload over maxPayloadBytes is refused by a typed error, for every event, and the socket stays up', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    const { id } = ada.socket;
    const padding = 'x'.repeat(ada.limits.maxPayloadBytes);
    for (const event of ['join', 'message', 'request-world-state', 'typing']) {
      const payload = { roomId, text: 'Hello', isTyping: true, metadata: { padding } };
      const { details } = await ada.refused('payload-too-large', event, payload);
      assert.equal(details.event, event);
    }
    const from = ada.arrived.length;
    ada.send('message', { roomId, text: 'Hello', metadata: { padding } });
    await ada.refusedAloud('payload-too-large', 'message', from);
    assert.equal(ada.socket.id, id);
    assert.equal((await ada.world({ roomId })).seq, 0);
    await provesUseful(ada);
  });

  test('bytes are counted, not characters', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const padding = '語'.repeat(Math.ceil(ada.limits.maxPayloadBytes / 2.5));
    await ada.refused('payload-too-large', 'message', { roomId, text: 'Hello', metadata: { padding } });
    await provesUseful(ada);
  });

  test('a payload of nearly maxPayloadBytes is accepted', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const padding = 'x'.repeat(ada.limits.maxPayloadBytes - 500);
    await ada.done('message', { roomId, text: 'Hello', metadata: { padding } });
    assert.ok((await ada.until('messageBroadcast')).metadata.padding === padding);
  });

  test('several payloads over the limit in a row are each refused, in their order', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const padding = 'x'.repeat(ada.limits.maxPayloadBytes);
    const acks = await Promise.all([
      ada.ask('message', { roomId, text: padding }),
      ada.ask('message', { roomId, text: 'small' }),
      ada.ask('message', { roomId, text: padding }),
    ]);
    assert.deepEqual(
      acks.map((ack) => (ack as { ok: boolean }).ok),
      [false, true, false],
    );
    await provesUseful(ada);
  });

  test('a payload far beyond ends that connection, and the server stays up', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    ada.send('message', { roomId, text: 'x'.repeat(ada.limits.maxPayloadBytes * 4 + 1) });
    await ada.until('disconnect');
    await provesUseful(bob);
    assert.deepEqual(
      bob.all('messageBroadcast', (message) => message.roomId === roomId),
      [],
    );
    await provesUseful(await wire.connect(t));
  });

  test('a stock client that reconnects after that is served again', async (t) => {
    const ada = await wire.connect(t, { reconnection: true, reconnectionDelay: 1, reconnectionDelayMax: 10 });
    ada.send('message', { roomId: crypto.randomUUID(), text: 'x'.repeat(ada.limits.maxPayloadBytes * 5) });
    await ada.until('disconnect');
    await ada.untilCount('connect', 2);
    const { seq } = await ada.done('message', { roomId: crypto.randomUUID(), text: 'back again' });
    assert.equal(seq, 1);
  });
});
