/** Input that no well-meaning client sends: broken packets, numbers for names, deep nesting, binary. The server stays up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, overEachTransport } from './support.ts';

async function provesUseful(client: Client): Promise<void> {
  const roomId = crypto.randomUUID();
  await client.done('message', { roomId, text: 'still here' });
  await client.until('messageComplete', (complete) => complete.roomId === roomId);
}

const nest = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const nestList = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

overEachTransport('hostile input', (wire) => {
  const packets = {
    'broken JSON': '2["message"',
    'no list': '2{"event":"message"}',
    'an empty list': '2[]',
    'null for a name': '2[null,{}]',
    'an object for a name': '2[{},{}]',
    'a flag for a name': '2[true,{}]',
    'a reserved name': '2["disconnect"]',
    'another reserved name': '2["newListener",1]',
    'an acknowledgement of nothing': '3999["x"]',
    'a huge acknowledgement id': '299999999999999999999["join",{}]',
    'a binary event whose binary never comes': '51-["message",{"_placeholder":true,"num":0}]',
    'a binary event of very many parts': '5999999999-["message"]',
    'an unknown namespace': '0/admin,',
    'an event of a namespace it is not in': '2/admin,["message",{}]',
    'a second connect': '0',
    'an unknown type of packet': '9',
    'an empty packet': '',
  };
  for (const [what, packet] of Object.entries(packets)) {
    test(`${what}: it costs its sender the connection at most`, async (t) => {
      const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
      ada.sendRaw(packet);
      await provesUseful(bob);
      await provesUseful(await wire.connect(t));
    });
  }

  test('a number for a name is answered like any unknown name', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    for (const name of ['3', '7', '-1', '1.5', '0']) {
      const from = ada.arrived.length;
      ada.sendRaw(`2[${name},{"roomId":"${crypto.randomUUID()}"}]`);
      const { event, payload } = await ada.untilOneOf(['error', 'disconnect'], from);
      if (event === 'disconnect') break;
      assert.equal((payload as { details: { code: string } }).details.code, 'unknown-event');
    }
    await provesUseful(bob);
    await provesUseful(await wire.connect(t));
  });

  test('the numbers 1 and 2, which Eliza OS clients emit as they stand in their enum, are answered', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    for (const name of [1, 2]) {
      const from = ada.arrived.length;
      ada.send(name as unknown as string, { channelId: crypto.randomUUID() });
      await ada.untilOneOf(['error', 'channel_joined', 'messageAck'], from);
    }
    await provesUseful(bob);
    await provesUseful(ada);
  });

  /** Sends a message as raw JSON; resolves with `accepted` or the code of its refusal. */
  async function sendJson(client: Client, json: string): Promise<string> {
    const from = client.arrived.length;
    client.sendRaw(`2["message",${json}]`);
    const { event, payload } = await client.untilOneOf(['messageAck', 'error', 'disconnect'], from);
    if (event === 'messageAck') return 'accepted';
    return event === 'error' ? (payload as { details: { code: string } }).details.code : event;
  }

  test('metadata that is nested very deep is refused, not fatal', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    for (const depth of [10_000, 100_000]) {
      for (const deep of [nest(depth), nestList(depth)]) {
        assert.equal(
          await sendJson(ada, `{"roomId":"${roomId}","text":"x","metadata":{"deep":${deep}}}`),
          'invalid-payload',
        );
      }
    }
    assert.equal((await ada.world({ roomId })).seq, 0);
    await provesUseful(ada);
  });

  const places = {
    metadata: (deep: string) => `"metadata":{"deep":${deep}}`,
    'an attachment': (deep: string) => `"attachments":[{"url":"u","deep":${deep}}]`,
  };
  for (const [place, put] of Object.entries(places)) {
    test(`${place} nested to any depth is refused, or harms nobody: the room can still be read`, async (t) => {
      const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
      const roomId = crypto.randomUUID();
      await bob.done('join', { roomId });
      let accepted = 0;
      for (const depth of [
        50, 500, 1_000, 2_000, 3_000, 3_600, 4_000, 4_200, 4_400, 4_800, 5_500, 7_000, 9_000, 50_000,
      ]) {
        const outcome = await sendJson(ada, `{"roomId":"${roomId}","text":"x",${put(nest(depth))}}`);
        assert.ok(['accepted', 'invalid-payload'].includes(outcome), `depth ${depth}: ${outcome}`);
        if (outcome === 'accepted') accepted += 1;
        assert.equal((await bob.world({ roomId })).seq, accepted, `after depth ${depth}`);
      }
      await bob.settled();
      assert.equal(bob.all('messageBroadcast').length, accepted);
      const late = await wire.connect(t);
      await late.done('join', { roomId, since: 0 });
      assert.equal(late.all('messageBroadcast').length, accepted);
    });
  }

  test('deep nesting where nobody looks, or in place of a value, is not fatal', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    for (const depth of [1_000, 10_000, 100_000]) {
      const deep = nestList(depth);
      assert.equal(await sendJson(ada, `{"roomId":"${roomId}","text":"x","unknown":${deep}}`), 'accepted');
      assert.equal(await sendJson(ada, `{"roomId":"${roomId}","text":${deep}}`), 'invalid-payload');
      assert.equal(await sendJson(ada, deep), 'invalid-payload');
    }
    await provesUseful(ada);
  });

  test('binary where text or JSON belongs is refused', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const binary = Buffer.from('Hello');
    await ada.refused('invalid-payload', 'message', binary);
    await ada.refused('invalid-payload', 'message', { roomId, text: binary });
    await ada.refused('invalid-payload', 'message', { roomId, text: 'x', metadata: { binary } });
    await ada.refused('invalid-payload', 'message', { roomId, text: 'x', attachments: [{ url: binary }] });
    await ada.refused('invalid-payload', 'join', { roomId: binary });
    await provesUseful(ada);
  });

  test('binary in an attachment is refused, or is kept as it was heard', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    const attachments = [{ url: 'u', data: Buffer.from('Hello') }];
    const ack = (await ada.ask('message', { roomId, text: 'x', attachments })) as { ok: boolean };
    if (!ack.ok) return;
    const heard = await ada.until('messageBroadcast');
    const [kept] = Object.values((await ada.world({ roomId })).messages);
    assert.deepEqual(kept?.attachments, heard.attachments);
  });

  test('a binary payload over maxPayloadBytes is refused too, and nothing is stored', async (t) => {
    const ada = await wire.connect(t);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    const { maxPayloadBytes } = ada.limits;
    const [small, big] = [Buffer.alloc(1), Buffer.alloc(maxPayloadBytes + 1)];
    const padding = 'x'.repeat(maxPayloadBytes + 1);
    for (const data of [big, { small, padding }]) {
      const payload = { roomId, text: 'x', attachments: [{ url: 'u', data }] };
      const ack = (await ada.ask('message', payload)) as { details?: { code: string } };
      // Whichever is noticed first: that it is binary, or that it is too much.
      assert.match(ack.details?.code ?? 'accepted', /^(payload-too-large|invalid-payload)$/);
    }
    assert.equal((await ada.world({ roomId })).seq, 0);
    await provesUseful(ada);
  });

  test('a thousand refusals in a row are all answered, in order', async (t) => {
    const ada = await wire.connect(t);
    const from = ada.arrived.length;
    const asked = Array.from({ length: 1_000 }, (_, index) =>
      ada.ask('message', { text: index, messageId: `m-${index}` }),
    );
    const acks = (await Promise.all(asked)) as { ok: boolean; details: { clientMessageId: string } }[];
    assert.ok(acks.every(({ ok }) => !ok));
    const heard = ada.all('error', () => true, from).map(({ details }) => details.clientMessageId);
    assert.deepEqual(
      heard,
      acks.map(({ details }) => details.clientMessageId),
    );
    assert.equal(heard[999], 'm-999');
    await provesUseful(ada);
  });
});
