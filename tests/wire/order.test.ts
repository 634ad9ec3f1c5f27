/** Order: `seq` counts every message of a room, and every socket sees them in that order, however fast they come. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Broadcast, outcomes } from './shapes.ts';
import { overEachTransport } from './support.ts';

const countTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

overEachTransport('order', (wire) => {
  test('seq counts 1, 2, 3… over messages of people and agents alike', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    for (const [index, text] of ['Hello!', 'I am sad.', 'Goodbye.'].entries()) {
      const { messageId, seq } = await ada.done('message', { roomId, text });
      assert.equal(seq, index * 2 + 1);
      await ada.until('messageComplete', (complete) => complete.messageId === messageId);
    }
    const seen = ada.all('messageBroadcast').map(({ seq, senderId }) => [seq, senderId]);
    assert.deepEqual(
      seen,
      countTo(6).map((seq) => [seq, seq % 2 === 1 ? ada.id : agentId]),
    );
    assert.equal((await ada.world({ roomId })).seq, 6);
  });

  test('each room counts for itself', async (t) => {
    const ada = await wire.connect(t);
    for (const roomId of [crypto.randomUUID(), crypto.randomUUID()]) {
      assert.equal((await ada.done('message', { roomId, text: 'first here' })).seq, 1);
    }
  });

  test('join and message back to back, without waiting: the agent answers', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    ada.send('join', { roomId, agentId });
    ada.send('message', { roomId, text: 'Hello! I feel a little lost.' });
    const { outcome } = await ada.until('messageComplete');
    assert.equal(outcome, 'answered');
    const events = ada.arrived.map(({ event }) => event);
    assert.ok(events.indexOf('channel_joined') < events.indexOf('messageBroadcast'));
    assert.equal((await ada.world({ roomId })).channels[roomId]?.type, 'DM');
  });

  test('join and message sent before the connection is up are handled in that order too', async (t) => {
    const agentId = await (await wire.connect(t)).agentId();
    const ada = await wire.open(t);
    const roomId = crypto.randomUUID();
    ada.send('join', { roomId, agentId });
    ada.send('message', { roomId, text: 'Hello!' });
    assert.equal((await ada.until('messageComplete')).outcome, 'answered');
  });

  test('message, leave, message: the second is a new beginning', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const sent = [
      ada.done('message', { roomId, text: 'one' }),
      ada.done('leave', { roomId }),
      ada.done('message', { roomId, text: 'two' }),
    ] as const;
    const [first, , second] = await Promise.all(sent);
    assert.deepEqual([first.seq, second.seq], [1, 2]);
    assert.equal((await ada.until('messageBroadcast', ({ seq }) => seq === 2)).text, 'two');
    assert.deepEqual((await ada.world({ roomId })).channels[roomId]?.participants, [ada.id]);
  });

  test('20 messages without waiting arrive in order, and each is completed once', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    const texts = countTo(20).map((index) => `message number ${index}`);
    await ada.done('join', { roomId, agentId });
    await bob.done('join', { roomId });
    const acks = await Promise.all(texts.map((text) => ada.done('message', { roomId, text, messageId: text })));
    const ids = acks.map(({ messageId }) => messageId);
    await ada.untilCount('messageComplete', 20);
    await bob.untilCount('messageComplete', 20);
    await Promise.all([ada.settled(), bob.settled()]);
    for (const one of [ada, bob]) {
      const heard = one.all('messageBroadcast');
      assert.deepEqual(
        heard.map(({ seq }) => seq),
        countTo(heard.length),
      );
      assert.deepEqual(
        heard.filter(({ senderId }) => senderId === ada.id).map(({ text }) => text),
        texts,
      );
      const completed = one.all('messageComplete');
      assert.deepEqual(completed.map(({ messageId }) => messageId).sort(), ids.toSorted());
      assert.ok(completed.every(({ outcome }) => outcomes.includes(outcome)));
    }
    assert.deepEqual(
      acks.map(({ seq }) => seq),
      acks.map(({ seq }) => seq).toSorted((a, b) => a - b),
    );
    assert.deepEqual(
      ada.all('messageAck').map(({ clientMessageId }) => clientMessageId),
      texts,
    );
  });

  test('every answer comes before the messageComplete of what it answers, and none after', async (t) => {
    const ada = await wire.connect(t);
    const [roomId, agentId] = [crypto.randomUUID(), await ada.agentId()];
    await ada.done('join', { roomId, agentId });
    for (const index of countTo(8)) ada.send('message', { roomId, text: `thought ${index}` });
    await ada.untilCount('messageComplete', 8);
    await ada.settled();
    const completed = new Set<string>();
    for (const { event, payload } of ada.arrived) {
      if (event === 'messageComplete') completed.add((payload as { messageId: string }).messageId);
      if (event !== 'messageBroadcast') continue;
      const { id, inReplyTo } = payload as { id: string; inReplyTo: string | null };
      assert.ok(!completed.has(id), 'a message was completed before it was broadcast');
      assert.ok(inReplyTo === null || !completed.has(inReplyTo), 'an answer came after its messageComplete');
    }
  });

  test('two that talk at once see the same broadcasts in the same order', async (t) => {
    const [ada, bob, eve] = [await wire.connect(t), await wire.connect(t), await wire.connect(t)];
    const roomId = crypto.randomUUID();
    for (const one of [ada, bob, eve]) await one.done('join', { roomId });
    for (const index of countTo(30)) {
      ada.send('message', { roomId, text: `ada ${index}` });
      bob.send('message', { roomId, text: `bob ${index}` });
    }
    const heard: Broadcast[][] = [];
    for (const one of [ada, bob, eve]) heard.push(await one.untilCount('messageBroadcast', 60));
    const [byAda, byBob, byEve] = heard.map((all) => all.map(({ id, seq, text }) => `${seq} ${id} ${text}`));
    assert.deepEqual(byBob, byAda);
    assert.deepEqual(byEve, byAda);
    assert.deepEqual(
      heard[0]?.map(({ seq }) => seq),
      countTo(60),
    );
    for (const [name, id] of [
      ['ada', ada.id],
      ['bob', bob.id],
    ] as const) {
      const own: string[] = ada.all('messageBroadcast', ({ senderId }) => senderId === id).map(({ text }) => text);
      assert.deepEqual(
        own,
        countTo(30).map((index) => `${name} ${index}`),
      );
    }
  });

  test('one socket that talks in two rooms at once: each room in order, nothing across', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    await bob.done('join', { roomId: one });
    for (const index of countTo(10)) {
      for (const roomId of [one, two]) ada.send('message', { roomId, text: `${index} in ${roomId}` });
    }
    await ada.untilCount('messageComplete', 20);
    await bob.settled();
    for (const roomId of [one, two]) {
      const seen = ada.all('messageBroadcast', (message) => message.roomId === roomId);
      assert.deepEqual(
        seen.map(({ text }) => text),
        countTo(10).map((index) => `${index} in ${roomId}`),
      );
    }
    assert.deepEqual(
      bob.all('messageBroadcast').map(({ roomId }) => roomId),
      Array(10).fill(one),
    );
  });
});
