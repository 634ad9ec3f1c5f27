/** What every door keeps, whatever its words: run for each of them. What a wire cannot express is skipped with its reason. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorTable } from 'elizad-protocol';
import { type EventReader, openEventReader } from '../support/event-reader.ts';
import { openRoom } from '../support/model-room.ts';
import { type Question, type TestedDoor, testedDoors } from './tested-doors.ts';

type Asked = Omit<Question, 'channelId' | 'isStreamed'>;

/** A room with an agent, and how to ask there through a door. */
async function openDoor(t: TestContext, door: TestedDoor) {
  const room = await openRoom(t);
  const { url, channelId, call, params } = room;
  const send = (question: Omit<Question, 'channelId'>, change = (body: object) => body) => {
    const { path, headers, body } = door.toRequest({ ...question, channelId });
    return [
      `${url}${path}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(change(body)),
      },
    ] as const;
  };
  return {
    ...room,
    send,
    async wait(question: Asked) {
      const response = await fetch(...send({ ...question, isStreamed: false }));
      return { status: response.status, body: await response.json() };
    },
    stream: (question: Asked) => openEventReader(t, ...send({ ...question, isStreamed: true })),
    /** Resolves once a text is a message of the room. */
    async untilStored(text: string) {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(20)) {
        const { body } = await call('list-messages', { params });
        if (body.data.messages.some(({ content }) => content === text)) return;
      }
      throw new Error(`"${text}" was not stored within 10 s`);
    },
  };
}

/** All that a stream says, and its last event, once it has ended. */
async function readAll(door: TestedDoor, { events, ended }: EventReader) {
  await ended;
  const last = events.at(-1);
  assert.ok(last, 'a stream that ends has said something');
  return {
    text: events.map(({ data }) => door.readPiece(data)).join(''),
    isDone: door.isDone(last),
    code: door.isDone(last) ? undefined : door.readCode(last.data),
  };
}

for (const door of testedDoors) {
  const test = (name: string, run: (t: TestContext) => Promise<void>) => it(name, { skip: door.cannot[name] }, run);

  describe(`the ${door.name} door`, () => {
    test('an answer that is waited for', async (t) => {
      const { wait, provider } = await openDoor(t, door);
      provider.script({ kind: 'answer', text: 'Four.', chunks: 2 });
      assert.equal(door.readAnswer((await wait({ text: 'Two and two?' })).body), 'Four.');
    });

    test('an answer as a stream, whose pieces add up to it', async (t) => {
      const { stream, provider, untilStored } = await openDoor(t, door);
      provider.script({ kind: 'answer', text: 'one two three', chunks: 3 });
      const read = await readAll(door, await stream({ text: 'Count.' }));
      assert.deepEqual(read, { text: 'one two three', isDone: true, code: undefined });
      await untilStored('one two three');
    });

    test('a hang-up, whether waiting or streaming, does not stop the turn: the answer is stored', async (t) => {
      const { send, provider, untilStored } = await openDoor(t, door);
      for (const isStreamed of [false, true]) {
        const text = isStreamed ? 'Still streamed.' : 'Still here.';
        provider.script({ kind: 'answer', text, chunks: 3, held: true });
        const leave = new AbortController();
        const [address, init] = send({ text: 'Are you there?', isStreamed });
        const asked = fetch(address, { ...init, signal: leave.signal }).then((response) => response.text());
        await provider.arrived(isStreamed ? 2 : 1);
        leave.abort();
        await assert.rejects(asked);
        provider.release(9);
        await untilStored(text);
      }
    });

    test('a retry with the same key asks once, and has the same answer, whole or as a stream', async (t) => {
      const { wait, stream, provider } = await openDoor(t, door);
      provider.script({ kind: 'answer', text: 'Once.' });
      const question = { text: 'Ask once.', key: 'k'.repeat(300) };
      const [first, second] = [await wait(question), await wait(question)];
      assert.deepEqual(
        [first, second].map(({ body }) => door.readAnswer(body)),
        ['Once.', 'Once.'],
      );
      const streamed = await readAll(door, await stream(question));
      assert.deepEqual([streamed.text, streamed.isDone], ['Once.', true]);
      assert.equal(provider.requests.length, 1);
    });

    test('a reader that comes back', async (t) => {
      const { stream, provider } = await openDoor(t, door);
      provider.script({ kind: 'answer', text: 'a b c d e', chunks: 5, held: true });
      const question = { text: 'Spell.', key: 'spell' };
      const first = await stream(question);
      await provider.arrived();
      provider.release(2);
      await first.until('chunk', ({ chunk }) => chunk.includes('b'));
      const since = first.lastId() as string;
      first.close();
      provider.release(9);
      const rest = await readAll(door, await stream({ ...question, since }));
      const heard = first.events.map(({ data }) => door.readPiece(data)).join('');
      assert.deepEqual([heard + rest.text, rest.isDone], ['a b c d e', true]);
    });

    test("a wrong payload is a typed error in the door's shape, before the head of a stream", async (t) => {
      const { send, provider } = await openDoor(t, door);
      for (const isStreamed of [false, true]) {
        const response = await fetch(...send({ text: 'Hi', isStreamed }, door.spoil));
        const body = await response.json();
        assert.deepEqual([response.status, door.readCode(body)], [400, 'invalid-payload']);
        assert.ok(door.isFailure(body), JSON.stringify(body));
      }
      assert.equal(provider.requests.length, 0);
    });

    test("a model that fails ends the stream with the door's error, before its first word and after it", async (t) => {
      const { stream, wait, provider } = await openDoor(t, door);
      provider.script({ kind: 'refuse', status: 401 });
      const refused = await readAll(door, await stream({ text: 'Hi' }));
      assert.deepEqual(refused, { text: '', isDone: false, code: 'model-unauthorized' });
      provider.script({ kind: 'break', how: 'error', after: 2, text: 'a b c d e' });
      const broken = await readAll(door, await stream({ text: 'Hi again' }));
      assert.ok(broken.code !== undefined && broken.code in errorTable, JSON.stringify(broken));
      provider.script({ kind: 'refuse', status: 401 });
      assert.equal(door.readCode((await wait({ text: 'And now?' })).body), 'model-unauthorized');
    });

    test("an unknown address below the prefix is not found, in the door's shape", async (t) => {
      const { url } = await openDoor(t, door);
      // As a browser that opens a page asks for it, too: there is none.
      for (const accept of ['application/json', 'text/html']) {
        const response = await fetch(`${url}${door.unknown}?q=1`, { headers: { accept } });
        const body = await response.json();
        assert.deepEqual([response.status, door.readCode(body)], [404, 'not-found']);
        assert.ok(door.isFailure(body), JSON.stringify(body));
      }
    });

    test('a stop of the server lets go who waits, with a reason', async (t) => {
      const { wait, stream, app, provider } = await openDoor(t, door);
      provider.script({ kind: 'hang' });
      const waiting = wait({ text: 'Hello?' });
      await provider.arrived();
      const streamed = await stream({ text: 'Hello again?' });
      await app.stop();
      const { code } = await readAll(door, streamed);
      const reasons = [door.readCode((await waiting).body), code];
      assert.ok(
        reasons.every((one) => one === 'pending' || one === 'answer-pending'),
        JSON.stringify(reasons),
      );
    });
  });
}
