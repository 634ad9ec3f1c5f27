/** The handshake: who you are, what the server says first, and what it refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertKeys, assertTime, assertUuid } from './shapes.ts';
import { overEachTransport } from './support.ts';

overEachTransport('connect', (wire) => {
  test('authenticated comes first, then connection_established, before anything else', async (t) => {
    const ada = await wire.connect(t);
    await ada.settled();
    const events = ada.arrived.slice(0, 3).map(({ event }) => event);
    assert.deepEqual(events.slice(0, 3), ['connect', 'authenticated', 'connection_established']);
    assert.equal(ada.all('authenticated').length, 1);
    assert.equal(ada.all('connection_established').length, 1);
  });

  test('each of their fields has its type', async (t) => {
    const ada = await wire.connect(t);
    const authenticated = await ada.until('authenticated');
    assertKeys(authenticated, ['entityId', 'timestamp'], 'authenticated');
    assertUuid(authenticated.entityId, 'entityId');
    assertTime(authenticated.timestamp, 'timestamp');
    const established = await ada.until('connection_established');
    assertKeys(
      established,
      ['message', 'socketId', 'entityId', 'limits', 'version', 'resumed'],
      'connection_established',
    );
    assert.equal(established.resumed, false);
    assert.equal(established.entityId, authenticated.entityId);
    assert.equal(established.socketId, ada.socket.id);
    assert.ok(typeof established.message === 'string' && established.message !== '');
    assert.ok(typeof established.version === 'string' && established.version !== '');
    assertKeys(
      established.limits,
      ['maxPayloadBytes', 'maxTextLength', 'maxRooms', 'maxSendsPerSecond', 'maxBacklogBytes', 'maxUploadBytes'],
      'limits',
    );
    for (const limit of Object.values(established.limits)) assert.ok(Number.isInteger(limit) && limit > 0);
  });

  test('the documented io(url) without auth is assigned an id of its own', async (t) => {
    const [ada, bob] = [await wire.connect(t), await wire.connect(t)];
    assertUuid(ada.id, 'the assigned id');
    assert.notEqual(ada.id, bob.id);
  });

  test('auth without entityId, or with null, is assigned one too', async (t) => {
    for (const auth of [{}, { name: 'Ada' }, { entityId: null }]) {
      const ada = await wire.connect(t, { auth });
      assertUuid(ada.id, 'the assigned id');
    }
  });

  test('auth.entityId is kept, whatever its version nibble', async (t) => {
    const others = ['b850bc30-45f8-0041-a00a-83df46d85000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    for (const entityId of [crypto.randomUUID(), ...others]) {
      const ada = await wire.connect(t, { auth: { entityId } });
      assert.equal(ada.id, entityId);
    }
  });

  test('auth.entityId in upper case is the same id', async (t) => {
    const entityId = crypto.randomUUID();
    const ada = await wire.connect(t, { auth: { entityId: entityId.toUpperCase() } });
    assert.equal(ada.id.toLowerCase(), entityId);
    const roomId = crypto.randomUUID();
    await ada.done('join', { roomId });
    assert.deepEqual((await ada.world({ roomId })).channels[roomId]?.participants, [entityId]);
  });

  test('auth.name is the name of what is sent without one', async (t) => {
    const ada = await wire.connect(t, { auth: { entityId: crypto.randomUUID(), name: 'Ada' } });
    const roomId = crypto.randomUUID();
    await ada.done('message', { roomId, text: 'Who am I?' });
    assert.equal((await ada.until('messageBroadcast')).senderName, 'Ada');
  });

  const uuid = '11111111-1111-4111-8111-111111111111';
  const malformed = [
    '',
    'ada',
    ` ${uuid}`,
    `${uuid}0`,
    uuid.replaceAll('-', ''),
    uuid.replace('1', 'g'),
    7,
    true,
    {},
    [uuid],
  ];
  for (const entityId of malformed) {
    test(`a malformed entityId is refused with a code and a hint: ${JSON.stringify(entityId)}`, async (t) => {
      const ada = await wire.open(t, { auth: { entityId } });
      const error = await ada.until('connect_error');
      assert.ok(error.message.length > 0);
      assert.equal(error.data?.code, 'invalid-entity-id');
      assert.ok(typeof error.data?.hint === 'string' && error.data.hint !== '');
      assert.equal(ada.socket.connected, false);
      assert.deepEqual(ada.all('authenticated'), []);
    });
  }
});
