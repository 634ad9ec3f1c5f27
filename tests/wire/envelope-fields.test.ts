/**
 * Every field of the envelope's two payloads: each wrong value is refused by the field's own name, as `{type, payload}` and
 * as the number alone; nothing is stored, and the socket goes on.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, overEachTransport } from './support.ts';

const channelId = crypto.randomUUID();
const senderId = crypto.randomUUID();

const notText = [7, 0, true, false, {}, [], ['text']];
const notName = [...notText, '  ', 'x'.repeat(201)];
const notId = [...notText, 'lobby', channelId.slice(1), `${channelId} `, channelId.replaceAll('-', '')];
const notUuid = [...notId, ''];
const notFlag = ['true', 'yes', '', 1, 0, {}, []];

type Field = { wrong: readonly unknown[]; required?: true; insteadOf?: string };

/** Each type: a payload that is right, and what is wrong for each of its fields; a dot reaches into an object. */
const types: { [type: string]: { right: Record<string, unknown>; fields: Record<string, Field> } } = {
  1: {
    right: { channelId },
    fields: {
      channelId: { wrong: notUuid, required: true },
      roomId: { wrong: notUuid, insteadOf: 'channelId' },
      agentId: { wrong: notId },
      entityId: { wrong: notId },
      messageServerId: { wrong: notId },
      serverId: { wrong: notId },
      displayName: { wrong: notName },
      username: { wrong: notName },
      'metadata.isDm': { wrong: notFlag },
      'metadata.channelType': { wrong: [...notText, 'x'.repeat(21)] },
    },
  },
  2: {
    right: { channelId, senderId, message: 'Hello' },
    fields: {
      message: { wrong: [...notText, '', ' \n\t '], required: true },
      channelId: { wrong: notUuid, required: true },
      roomId: { wrong: notUuid, insteadOf: 'channelId' },
      senderId: { wrong: notId },
      senderName: { wrong: notName },
      messageId: { wrong: [...notText, 'x'.repeat(201)] },
      messageServerId: { wrong: notId },
      serverId: { wrong: notId },
      source: { wrong: [...notText, 'x'.repeat(201)] },
      attachments: { wrong: [7, 'cat.png', true, {}, ['cat.png'], [null], [{}], [{ url: 7 }], [{ url: '' }]] },
      metadata: { wrong: [7, 'DM', true, [], [{}]] },
      targetUserId: { wrong: notId },
      'metadata.targetUserId': { wrong: notId },
      'metadata.recipientId': { wrong: notId },
      'metadata.isDm': { wrong: notFlag },
      'metadata.channelType': { wrong: [...notText, 'x'.repeat(21)] },
    },
  },
};

const put = (payload: Record<string, unknown>, field: string, value: unknown): Record<string, unknown> => {
  const [first = '', second] = field.split('.');
  return { ...payload, [first]: second === undefined ? value : { [second]: value } };
};

/** Both ways to say it. */
const spellBoth = (type: string, payload: object) =>
  [
    ['message', { type: Number(type), payload }],
    [type, payload],
  ] as const;

/** Emits the payload both ways; both must be accepted. */
async function acceptBoth(client: Client, type: string, payload: object): Promise<void> {
  for (const [event, body] of spellBoth(type, payload)) await client.done(event as 'message', body);
}

overEachTransport('fields of the envelope', (wire) => {
  for (const [type, { right, fields }] of Object.entries(types)) {
    for (const [field, { wrong, required, insteadOf }] of Object.entries(fields)) {
      test(`${type}: every wrong ${field} is refused by that name, and the socket goes on`, async (t) => {
        const ada = await wire.connect(t);
        await ada.done('join', { roomId: channelId });
        const { seq } = await ada.world({ roomId: channelId });
        const base = insteadOf === undefined ? right : { ...right, [insteadOf]: null };
        // `undefined` leaves a field out.
        const values = required ? [...wrong, null, undefined] : wrong;
        const calls = values.flatMap((value) => spellBoth(type, put(base, field, value)));
        for (const [index, { details }] of (await ada.allRefused('invalid-payload', calls)).entries()) {
          const paths = details.issues?.map(({ path }) => path) ?? [];
          const isNamed = paths.some((path) => path === field || path.startsWith(`${field}.`));
          assert.ok(isNamed, `${JSON.stringify(calls[index])}: ${paths.join(', ')}`);
        }
        assert.equal((await ada.world({ roomId: channelId })).seq, seq, 'nothing was stored');
        assert.deepEqual([ada.all('messageBroadcast'), ada.all('messageAck')], [[], []]);
        await acceptBoth(ada, type, right);
      });
    }

    test(`${type}: what a client has not, it may send as an empty text`, async (t) => {
      const ada = await wire.connect(t);
      const others = ['metadata', 'attachments', 'roomId'];
      const optional = Object.keys(fields).filter((field) => !fields[field]?.required && !field.includes('.'));
      const empty = optional.filter((field) => !others.includes(field)).map((field) => [field, '']);
      const metadata = { targetUserId: '', recipientId: '', channelType: '' };
      await acceptBoth(ada, type, { ...right, ...Object.fromEntries(empty), metadata });
      assert.deepEqual(ada.all('error'), []);
    });

    test(`${type}: whatever may be left out may be null; what nobody knows is no error`, async (t) => {
      const ada = await wire.connect(t);
      const optional = Object.keys(fields).filter((field) => !fields[field]?.required && !field.includes('.'));
      await acceptBoth(ada, type, { ...right, ...Object.fromEntries(optional.map((field) => [field, null])) });
      const nulls = { isDm: null, channelType: null, targetUserId: null, recipientId: null };
      await acceptBoth(ada, type, { ...right, metadata: nulls });
      await acceptBoth(ada, type, { ...right, text: 7, rawMessage: [], payload: null, type: 'x', since: 'then' });
      assert.deepEqual(ada.all('error'), []);
    });
  }

  test('several wrong fields are all named, in their own spelling', async (t) => {
    const ada = await wire.connect(t);
    const payload = { roomId: 'lobby', senderId: 'me', senderName: 7, message: {}, serverId: 'main', messageId: 'm-9' };
    for (const [event, body] of spellBoth('2', payload)) {
      const { details } = await ada.refused('invalid-payload', event, body);
      const paths = details.issues?.map(({ path }) => path).sort();
      assert.deepEqual(paths, ['message', 'roomId', 'senderId', 'senderName', 'serverId']);
      assert.deepEqual([details.roomId, details.clientMessageId], ['lobby', 'm-9']);
    }
  });
});
