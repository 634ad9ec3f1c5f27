/** A room with as many in it as may be: one more is refused, its state stays small, and a message costs no more than in any other. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  defaultServerId,
  mostParticipants,
  presenceParticipants,
  worldStateParticipants,
  worldStateParticipantsInAll,
} from 'elizad-protocol';
import fc from 'fast-check';
import type { Channel } from '../../src/messaging/directories/channel.ts';
import { openChannelDirectory } from '../../src/messaging/directories/channel-directory.ts';
import { type Participant, Roll } from '../../src/messaging/directories/roll.ts';
import { listAddressees } from '../../src/messaging/posts/address.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { insertChannel } from '../../src/storage/rooms/channels.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

const agentId = crypto.randomUUID();
const noRules = { ruleOf: () => undefined };

/** A room of people, and one agent who came last. */
async function fillRoom(dataDir: string, count: number): Promise<string> {
  const database = await openSqlite(dataDir);
  const id = crypto.randomUUID();
  const people = Array.from({ length: count }, (_, n) => ({
    channel_id: id,
    entity_id: n === count - 1 ? agentId : crypto.randomUUID(),
    kind: n === count - 1 ? ('agent' as const) : ('user' as const),
    name: `Person ${n}`,
    joined_at: n,
  }));
  await insertChannel(
    database.db,
    { id, server_id: defaultServerId, name: 'Hall', type: 'GROUP', created_at: 1 },
    people,
  );
  await database.close();
  return id;
}

describe('a room with many in it', () => {
  it('takes no more than may be in one, by whichever way; those who are in it go on', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const roomId = await fillRoom(dataDir, mostParticipants - 1);
    const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
    const { call } = createRestClient(url);
    const clients = Array.from({ length: 5 }, () => openClient(t, url));
    const joined = await Promise.all(clients.map((client) => client.ask('join', { roomId })));
    assert.deepEqual(
      joined.map(({ ok, details }) => details?.code ?? ok).sort(),
      [true, ...Array.from({ length: 4 }, () => 'too-many-participants')].sort(),
    );
    const [inside, outside] = [joined.findIndex(({ ok }) => ok), joined.findIndex(({ ok }) => !ok)];
    const late = clients[outside];
    assert.ok(late);
    const said = await late.ask('message', { roomId, text: 'Let me in.' });
    assert.deepEqual(
      [said.ok, said.details.code, typeof said.details.hint],
      [false, 'too-many-participants', 'string'],
    );
    const params = { channelId: roomId };
    const invited = await call('add-channel-agent', { params, body: { agentId: await findAgent(late, 'Eliza') } });
    assert.deepEqual([invited.status, invited.body.error?.code], [429, 'too-many-participants']);
    const answer = await clients[inside]?.ask('message', { roomId, text: 'Full here, @person 17.', name: 'Ada' });
    assert.equal(answer?.ok, true);
    const state = clients[inside]?.until('world-state', (one) => one.roomId === roomId);
    clients[inside]?.socket.emit('request-world-state', { roomId });
    const { channels, users } = await state;
    const { participants, participantCount } = channels[roomId];
    assert.equal(participantCount, mostParticipants);
    assert.equal(participants.length, worldStateParticipants);
    assert.ok(
      participants.includes(agentId) && Object.values(users).some((user) => (user as Participant).name === 'Ada'),
    );
    assert.equal((await call('list-channel-participants', { params })).body.data.length, mostParticipants);
  });

  it('is too large for who comes, goes and types: nobody is told', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const roomId = await fillRoom(dataDir, presenceParticipants);
    const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
    const [listener, other] = [openClient(t, url), openClient(t, url)];
    await listener.ask('join', { roomId });
    await other.ask('join', { roomId });
    await other.ask('typing', { roomId, isTyping: true });
    await other.ask('leave', { roomId });
    await other.ask('message', { roomId, text: 'And yet I am heard.' });
    await listener.until('messageBroadcast');
    const told = listener.events.map(({ event }) => event).filter((event) => event.startsWith('user'));
    assert.deepEqual(told, []);
  });

  it('is one of many in the state of the world: of all of them together it shows so many', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const database = await openSqlite(dataDir);
    const self = crypto.randomUUID();
    const rooms = 10;
    for (let room = 0; room < rooms; room++) {
      const id = crypto.randomUUID();
      const people = Array.from({ length: 400 }, (_, n) => ({
        channel_id: id,
        entity_id: n === 399 ? self : crypto.randomUUID(),
        kind: 'user' as const,
        name: null,
        joined_at: n,
      }));
      const row = { id, server_id: defaultServerId, name: 'Hall', type: 'GROUP' as const, created_at: 1 };
      await insertChannel(database.db, row, people);
    }
    await database.close();
    const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir });
    const client = openClient(t, url, { auth: { entityId: self } });
    client.socket.emit('request-world-state', {});
    const { channels } = await client.until('world-state');
    const all = Object.values<{ participants: string[]; participantCount: number }>(channels);
    const shown = all.map(({ participants }) => participants.length);
    assert.deepEqual(
      [
        all.length,
        all.every(({ participantCount, participants }) => participantCount === 400 && participants.includes(self)),
      ],
      [rooms, true],
    );
    assert.ok(shown.reduce((sum, one) => sum + one) <= worldStateParticipantsInAll + rooms, `${shown}`);
  });

  it('is forgotten when others are used, and read again', async (t) => {
    const database = await openSqlite(makeDir(t));
    t.after(() => database.close());
    const directory = openChannelDirectory(database, { mostChannels: 100, mostParticipants: 50, alwaysKept: 2 });
    const someone = () => ({ id: crypto.randomUUID(), kind: 'user' as const, name: null });
    const ids = Array.from({ length: 6 }, () => crypto.randomUUID());
    const made: Channel[] = [];
    for (const id of ids) {
      const channel = await directory.ensure(id, [someone()]);
      await directory.addParticipants(channel, Array.from({ length: 19 }, someone));
      made.push(channel);
    }
    const found = [];
    for (const id of ids.toReversed()) found.unshift(await directory.find(id));
    assert.deepEqual(
      found.map((channel, n) => [channel === made[n], channel?.participants.size]),
      [false, false, false, false, true, true].map((isSame) => [isSame, 20]),
    );
  });

  it('finds out whom a text calls in less than a millisecond', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const roomId = await fillRoom(dataDir, mostParticipants);
    const database = await openSqlite(dataDir);
    t.after(() => database.close());
    const channel = await openChannelDirectory(database).find(roomId);
    assert.ok(channel);
    const text = `Nobody here is called @nobody, nor ${'@person '.repeat(5)}, but @Person 4711 is.`;
    const ask = (said: string) => listAddressees(channel, { senderId: 'x', text: said }, noRules);
    assert.deepEqual(
      [ask(text), ask('@Person 47111?'), ask(`@Person ${mostParticipants - 1}!`)],
      [[], [agentId], [agentId]],
    );
    const times = Array.from({ length: 51 }, () => {
      const began = performance.now();
      ask('What does @nobody say?');
      return performance.now() - began;
    }).sort((a, b) => a - b);
    const median = times[25] ?? Infinity;
    assert.ok(median < 1, `${median} ms`);
  });

  it('knows the names of those who are in it now, as a search through all of them would', () => {
    const word = fc.constantFrom('ada', 'Bo', 'ß', 'İx', 'C3', '-', '@', 'ada bo', "o'k");
    const id = fc.constantFrom('1', '2', '3', 'speaker');
    const name = fc.option(fc.array(word, { maxLength: 3 }).map((words) => words.join(' ')));
    const comesOrGoes = fc.oneof(fc.record({ id, kind: fc.constant('user' as const), name }), id);
    const said = fc.array(fc.tuple(fc.constantFrom('@', ''), word), { maxLength: 6 });
    const plain = (text: string, others = /[^\p{L}\p{N}]+/gu) => ` ${text.toLowerCase().replace(others, ' ').trim()} `;
    fc.assert(
      fc.property(fc.array(comesOrGoes, { maxLength: 12 }), said, (steps, words) => {
        const participants = new Roll([{ id: agentId, kind: 'agent', name: null }]);
        const text = words.map(([at, one]) => `${at}${one}`).join(' ');
        for (const one of steps) {
          if (typeof one === 'string') participants.delete(one);
          else participants.set(one.id, one);
          const isCalled = [...participants.values()].some((other) => {
            const wanted = plain(other.name ?? '').trim();
            if (other.id === 'speaker' || wanted === '') return false;
            return plain(text, /[^\p{L}\p{N}@]+/gu).includes(` @${wanted} `);
          });
          const woken = listAddressees({ type: 'GROUP', participants }, { senderId: 'speaker', text }, noRules);
          assert.deepEqual(woken, isCalled ? [] : [agentId]);
        }
      }),
    );
  });
});
