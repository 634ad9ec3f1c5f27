/** `join` with `since`: what was missed, in order, marked as repeated, and then the room live. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertBroadcast, broadcastKeys } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

async function say(client: Client, roomId: string, texts: string[]): Promise<void> {
  await Promise.all(texts.map((text) => client.done('message', { roomId, text })));
}

overEachTransport('replay', (wire) => {
  test('every later message comes first, in order and marked replay, then the room live', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await say(ada, roomId, ['one', 'two', 'three', 'four', 'five']);
    const from = bob.arrived.length;
    const ack = await bob.done('join', { roomId, since: 2 });
    assert.equal(ack.seq, 5);
    await say(ada, roomId, ['six']);
    const heard = await bob.untilCount('messageBroadcast', 4, () => true, from);
    assert.deepEqual(
      heard.map(({ seq, text, replay }) => [seq, text, replay]),
      [
        [3, 'three', true],
        [4, 'four', true],
        [5, 'five', true],
        [6, 'six', undefined],
      ],
    );
    for (const message of heard.slice(0, 3)) assertBroadcast(message, ['replay']);
    const order = bob.arrived.slice(from).map(({ event }) => event);
    assert.ok(order.lastIndexOf('messageBroadcast') > order.indexOf('channel_joined'), 'live after the join');
    assert.ok(order.indexOf('channel_joined') > 2, `replayed before the join is said: ${order.join()}`);
  });

  test('a replayed message is the one that was heard live, but for its mark', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    await ada.done('message', {
      roomId,
      text: 'Remember me.',
      messageId: 'm-1',
      metadata: { mood: 'calm' },
      name: 'Ada',
    });
    await ada.until('messageComplete');
    await bob.done('join', { roomId, since: 0 });
    const live = ada
      .all('messageBroadcast')
      .map(({ clientMessageId: _own, ...message }) => ({ ...message, replay: true }));
    assert.ok(live.length >= 1);
    assert.deepEqual(bob.all('messageBroadcast'), live);
  });

  test('nothing is replayed without since, nor with the last seq or one beyond it', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await say(ada, roomId, ['one', 'two']);
    for (const since of [undefined, 2, 99]) assert.equal((await bob.done('join', { roomId, since })).seq, 2);
    await bob.settled();
    assert.deepEqual(bob.all('messageBroadcast'), []);
  });

  test('since 0 of a new room is a plain join', async (t) => {
    const ada = await wire.connect(t);
    const ack = await ada.done('join', { roomId: crypto.randomUUID(), since: 0 });
    assert.equal(ack.seq, 0);
    assert.deepEqual(ada.all('messageBroadcast'), []);
  });

  test('a long absence is replayed whole: 450 messages', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await say(
      ada,
      roomId,
      Array.from({ length: 450 }, (_, index) => `m${index + 1}`),
    );
    await bob.done('join', { roomId, since: 10 });
    const seqs = bob.all('messageBroadcast').map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: 440 }, (_, index) => index + 11),
    );
  });

  test('nothing is lost or doubled between replay and live while others go on talking', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    const [before, after] = [100, 100];
    for (let index = 1; index <= before; index++) ada.send('message', { roomId, text: `m${index}` });
    await ada.until('messageAck', ({ seq }) => seq >= before / 2);
    bob.send('join', { roomId, since: 0 });
    for (let index = 1; index <= after; index++) ada.send('message', { roomId, text: `m${before + index}` });
    const heard = await bob.untilCount('messageBroadcast', before + after);
    await bob.settled();
    assert.equal(bob.all('messageBroadcast').length, before + after);
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      Array.from({ length: before + after }, (_, index) => index + 1),
    );
    const firstLive = heard.findIndex(({ replay }) => replay === undefined);
    if (firstLive >= 0)
      assert.ok(
        heard.slice(firstLive).every(({ replay }) => replay === undefined),
        'live after replay',
      );
  });

  test('a socket that is in the room already gets what it asks for, and each later message once', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    await bob.done('join', { roomId });
    await say(ada, roomId, ['one', 'two']);
    await bob.untilCount('messageBroadcast', 2);
    await bob.done('join', { roomId, since: 1 });
    await say(ada, roomId, ['three']);
    await bob.until('messageBroadcast', ({ seq }) => seq === 3);
    await bob.settled();
    const seen = bob.all('messageBroadcast').map(({ seq, replay }) => [seq, replay ?? false]);
    assert.deepEqual(seen, [
      [1, false],
      [2, false],
      [2, true],
      [3, false],
    ]);
    assert.deepEqual(Object.keys(bob.all('messageBroadcast')[0] ?? {}).sort(), [...broadcastKeys].sort());
  });
});
