/** Bad input, field by field: each wrong type of each documented field of each event is refused, and the socket goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

const roomId = crypto.randomUUID();

const notText = [7, 0, true, false, {}, [], ['text']];
const notId = [...notText, 'lobby', roomId.slice(1), `${roomId} `, `{${roomId}}`, roomId.replaceAll('-', '')];
const notUuid = [...notId, ''];
const notCount = ['1', '', true, {}, [], -1, 1.5, 2 ** 60];
const notFlag = ['true', 'yes', '', 1, 0, {}, []];
const notList = [7, 'text', true, {}, { length: 1 }];
const notObject = [7, 'text', true, [], [{}]];

type Field = { wrong: readonly unknown[]; required?: true };

/** Each event: a payload that is right, and what is wrong for each of its fields. */
const events: { [E in ClientEvent]?: { right: Record<string, unknown>; fields: Record<string, Field> } } = {
  join: {
    right: { roomId },
    fields: {
      roomId: { wrong: notUuid, required: true },
      agentId: { wrong: notId },
      userId: { wrong: notId },
      name: { wrong: [...notText, '  ', 'x'.repeat(201)] },
      since: { wrong: notCount },
    },
  },
  leave: {
    right: { roomId },
    fields: { roomId: { wrong: notUuid, required: true }, agentId: { wrong: notId } },
  },
  message: {
    right: { roomId, text: 'Hello' },
    fields: {
      text: { wrong: [...notText, '', ' \n\t '], required: true },
      roomId: { wrong: notUuid, required: true },
      userId: { wrong: notId },
      name: { wrong: [...notText, '  ', 'x'.repeat(201)] },
      messageId: { wrong: [...notText, 'x'.repeat(201)] },
      attachments: {
        wrong: [...notList, [7], ['url'], [null], [[]], [{}], [{ url: 7 }], [{ url: '' }], [{ url: 'u', title: 7 }]],
      },
      metadata: { wrong: notObject },
    },
  },
  'request-world-state': {
    right: {},
    fields: { roomId: { wrong: notUuid }, limit: { wrong: [...notCount, 0, 201] } },
  },
  typing: {
    right: { roomId, isTyping: true },
    fields: {
      roomId: { wrong: notUuid, required: true },
      isTyping: { wrong: notFlag, required: true },
      userId: { wrong: notId },
    },
  },
  cancel: {
    right: { roomId },
    fields: { roomId: { wrong: notUuid, required: true }, messageId: { wrong: notUuid } },
  },
  update_log_filters: {
    right: {},
    fields: {
      agentName: { wrong: [7, true, {}, []] },
      level: { wrong: [true, {}, [], ['info'], 1.5] },
    },
  },
};

/** A client for which the right payload of every event is right: the room is there, and the log is subscribed to. */
async function prepare(client: Client): Promise<void> {
  await client.done('join', { roomId });
  await client.done('subscribe_logs');
}

overEachTransport('bad fields', (wire) => {
  for (const [event, { right, fields }] of Object.entries(events)) {
    test(`${event}: what is called right here is accepted`, async (t) => {
      const ada = await wire.connect(t);
      await prepare(ada);
      await ada.done(event as ClientEvent, right);
    });

    for (const [field, { wrong, required }] of Object.entries(fields)) {
      test(`${event}.${field}: every wrong value is refused by name, and the socket goes on`, async (t) => {
        const ada = await wire.connect(t);
        await prepare(ada);
        const { seq } = await ada.world({ roomId });
        // `undefined` leaves a field out.
        const values = required ? [...wrong, null, undefined] : wrong;
        const payloads = values.map((value) => ({ ...right, [field]: value }));
        const failures = await ada.allRefused(
          'invalid-payload',
          payloads.map((payload) => [event, payload]),
        );
        for (const [index, { details }] of failures.entries()) {
          const issues = details.issues ?? [];
          const isNamed = issues.some(({ path }) => path === field || path.startsWith(`${field}.`));
          assert.ok(isNamed, `${JSON.stringify(values[index])}: ${JSON.stringify(issues)}`);
          for (const { message } of issues) assert.ok(message.length > 0);
        }
        assert.equal((await ada.world({ roomId })).seq, seq, 'nothing was stored');
        assert.deepEqual(ada.all('messageBroadcast'), []);
        await ada.done(event as ClientEvent, right);
      });
    }
  }

  test('several wrong fields are all named', async (t) => {
    const ada = await wire.connect(t);
    const { details } = await ada.refused('invalid-payload', 'message', {
      roomId: 'lobby',
      text: 7,
      userId: 'me',
      name: [],
    });
    const paths = new Set(details.issues?.map(({ path }) => path));
    assert.deepEqual([...paths].sort(), ['name', 'roomId', 'text', 'userId']);
  });

  test('a refusal names the room and the message that it is about', async (t) => {
    const ada = await wire.connect(t);
    const { details } = await ada.refused('invalid-payload', 'message', { roomId, text: 7, messageId: 'm-1' });
    assert.deepEqual([details.roomId, details.clientMessageId, details.event], [roomId, 'm-1', 'message']);
  });

  test('an optional field may be null, as some clients send what they do not have', async (t) => {
    const ada = await wire.connect(t);
    await prepare(ada);
    for (const [event, { right, fields }] of Object.entries(events)) {
      const optional = Object.keys(fields).filter((field) => !fields[field]?.required);
      const nulls = Object.fromEntries(optional.map((field) => [field, null]));
      await ada.done(event as ClientEvent, { ...right, ...nulls });
    }
  });

  test('fields that nobody knows are no error', async (t) => {
    const ada = await wire.connect(t);
    await prepare(ada);
    for (const [event, { right }] of Object.entries(events)) {
      const unknown = '{"type":"session","constructor":1,"__proto__":{"text":"x"},"toString":[],"hasOwnProperty":null}';
      await ada.done(event as ClientEvent, { ...JSON.parse(unknown), ...right });
    }
  });
});
