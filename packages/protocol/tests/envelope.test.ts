/** The envelope's rows: which of two spellings wins, what its metadata means, and that issues speak of its own names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Intent, openEnvelope, parseWireIn } from '../src/index.ts';

const [one, two, three] = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);
const sent = { channelId: one, senderId: two, message: 'Hello' };

function parseSend(payload: object): Intent<'send-message'> {
  const parsed = parseWireIn('2', payload);
  assert.ok('value' in parsed, JSON.stringify(parsed));
  return parsed.value as Intent<'send-message'>;
}

test('of two spellings the first of the row that is there wins; null is not there', () => {
  const last = { targetUserId: three };
  const middle = { ...last, metadata: { recipientId: two } };
  const first = { ...last, metadata: { recipientId: two, targetUserId: one } };
  assert.deepEqual(
    [last, middle, first].map((target) => parseSend({ ...sent, ...target }).targetId),
    [three, two, one],
  );
  assert.equal(parseSend({ ...sent, channelId: one, roomId: two }).channelId, one);
  assert.equal(parseSend({ ...sent, channelId: null, roomId: two }).channelId, two);
  assert.equal(parseSend({ ...sent, messageServerId: one, serverId: two }).serverId, one);
  assert.equal(parseSend({ ...sent, messageServerId: null, serverId: two }).serverId, two);
});

test('what metadata means is read from it, and it stays as it is', () => {
  const metadata = { isDm: true, channelType: 'DM', targetUserId: two, user1: 'kept', list: [1] };
  const said = parseSend({ ...sent, metadata });
  assert.deepEqual([said.isDm, said.channelType, said.targetId], [true, 'DM', two]);
  assert.deepEqual(said.metadata, metadata);
});

for (const [path, value] of [
  ['isDm', 'yes'],
  ['channelType', 1],
  ['targetUserId', 'you'],
  ['recipientId', {}],
] as const) {
  test(`a wrong metadata.${path} is refused by that path`, () => {
    const parsed = parseWireIn('2', { ...sent, metadata: { [path]: value } });
    assert.deepEqual('issues' in parsed && parsed.issues.map((issue) => issue.path), [`metadata.${path}`]);
  });
}

test('an envelope has both type and payload, and is one on `message` only', () => {
  const body = { type: 2, payload: sent };
  assert.deepEqual(openEnvelope('message', body), { event: '2', payload: sent });
  assert.deepEqual(openEnvelope('typing', body), { event: 'typing', payload: body });
  for (const part of [{ type: 2 }, { payload: sent }, { type: 'session', text: 'Hello' }])
    assert.deepEqual(openEnvelope('message', part), { event: 'message', payload: part });
});
