/**
 * Random sequences of everything that is kept: a stock client that was away hears on its resume what one that stayed has
 * heard live, and a stream of the room over HTTP reads the same. Known differences are in support/resumed-events.ts.
 * `PROPERTY_SEED` and `PROPERTY_RUNS` explore other sequences than the usual ones.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openEventReader } from '../support/event-reader.ts';
import { createRestClient } from '../support/rest-client.ts';
import { type Heard, listKept, toResumed } from '../support/resumed-events.ts';
import { findAgent, openClient, type StockClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const usualSeed = 20261201;
/** Without `PROPERTY_RUNS`: as many runs as there are in this time. */
const usualMs = 15_000;
const mostRuns = 200;

/** `of` counts the messages that are there, round and round. */
type Step =
  | { do: 'say' | 'ask' | 'ask-twice'; by: 'ada' | 'bob'; wait: boolean }
  | { do: Other }
  | { do: 'edit' | 'delete' | 'edit-card'; of: number };
type Other = 'post-as-agent' | 'post-card' | 'update-room' | 'clear-room';
type End = 'none' | 'take-out' | 'delete-room';

const by = fc.constantFrom<('ada' | 'bob')[]>('ada', 'bob');
const of = fc.nat({ max: 9 });
const plain = { noNullPrototype: true };
const said = fc.constantFrom<('say' | 'ask' | 'ask-twice')[]>('say', 'ask', 'ask-twice');
const changed = fc.constantFrom<('edit' | 'delete' | 'edit-card')[]>('edit', 'edit', 'delete', 'edit-card');
const other = fc.constantFrom<Other[]>('post-as-agent', 'post-card', 'post-card', 'update-room', 'clear-room');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: said, by, wait: fc.boolean() }, plain) },
  { weight: 3, arbitrary: fc.record({ do: changed, of }, plain) },
  { weight: 2, arbitrary: fc.record({ do: other }, plain) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 8, size: 'max' });
const end = fc.constantFrom<End[]>('none', 'none', 'take-out', 'delete-room');
const isSilent = fc.boolean();

/** Faults of before, each by a sequence of its own. */
const examples: [Step[], End, boolean][] = [
  // Nobody answers: input was given back that nobody had held.
  [[{ do: 'say', by: 'ada', wait: true }], 'none', false],
  // The end of a message that was deleted came again with the end of its room.
  [[{ do: 'ask', by: 'ada', wait: true }, { do: 'delete', of: 3 }, { do: 'clear-room' }], 'none', false],
  // Whom the server took for connected did not hear that they were taken out.
  [[], 'take-out', true],
  // So that each event comes, however few runs there is time for.
  [[{ do: 'update-room' }], 'none', false],
  [[{ do: 'ask-twice', by: 'bob', wait: true }], 'delete-room', false],
];

type Server = { url: string; agentId: string };

test('whoever was away hears what those who stayed have heard, on a socket and on a stream', async (t) => {
  const { url } = await openTestServer(t);
  const agentId = await findAgent(openClient(t, url), 'Eliza');
  const { PROPERTY_SEED: seed = usualSeed, PROPERTY_RUNS: runs } = process.env;
  const deadline = runs === undefined ? performance.now() + usualMs : Number.POSITIVE_INFINITY;
  const seen = new Map<string, number>();
  let count = 0;
  const property = fc.asyncProperty(steps, end, isSilent, async (steps, end, isSilent) => {
    if (count >= examples.length && performance.now() > deadline) return;
    count += 1;
    const clients: StockClient[] = [];
    const open = (entityId: string) => {
      const client = openClient(t, url, { auth: { entityId }, reconnection: false, transports: ['websocket'] });
      clients.push(client);
      return client;
    };
    try {
      const { live, resumed, streams } = await run({ url, agentId }, open, (...given) => openEventReader(t, ...given), {
        steps,
        end,
        isSilent,
      });
      const expected = toResumed(live);
      assert.deepEqual(resumed, expected, 'on a resume');
      assert.deepEqual(streams.live, live, 'on a stream that stayed');
      // There is no stream of a room that is gone.
      if (end !== 'delete-room') assert.deepEqual(streams.replayed, expected, 'on a stream that comes back');
      for (const { event } of expected) seen.set(event, (seen.get(event) ?? 0) + 1);
    } finally {
      for (const { socket } of clients) socket.close();
    }
  });
  await fc.assert(property, { seed: Number(seed), numRuns: Number(runs ?? mostRuns), examples, endOnFailure: true });
  t.diagnostic(`${count} runs, seed ${seed}: ${JSON.stringify(Object.fromEntries(seen))}`);
  for (const event of ['messageBroadcast', 'controlMessage', 'messageComplete', 'messageDeleted', 'channelCleared'])
    assert.ok(seen.has(event), `${event} has come`);
  for (const event of ['channelDeleted', 'channelUpdated', 'userLeft']) assert.ok(seen.has(event), `${event} has come`);
});

type OpenStream = (url: string, init: RequestInit) => ReturnType<typeof openEventReader>;
type Room = {
  readonly roomId: string;
  readonly agentId: string;
  readonly speakers: Record<'ada' | 'bob', StockClient>;
  readonly live: StockClient;
  readonly call: ReturnType<typeof createRestClient>['call'];
  /** Messages that were asked for and not ended yet, and whatever was posted. */
  readonly open: Promise<unknown>[];
  readonly cards: string[];
};

/** Does the steps while one of two sockets of Bob is away, then lets it come back; gives what each reader has heard. */
async function run(
  { url, agentId }: Server,
  open: (entityId: string) => StockClient,
  openStream: OpenStream,
  { steps, end, isSilent }: { steps: readonly Step[]; end: End; isSilent: boolean },
): Promise<{ live: Heard[]; resumed: Heard[]; streams: { live: Heard[]; replayed: Heard[] } }> {
  const [ada, bob, roomId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const [speaker, phone, live, away] = [open(ada), open(bob), open(bob), open(bob)];
  await speaker.ask('join', { roomId, name: 'Ada', turnPolicy: 'reject' });
  await phone.ask('join', { roomId, name: 'Bob' });
  await speaker.ask('join', { roomId, agentId });
  for (const client of [live, away]) await client.ask('join', { roomId });
  const speakers = { ada: speaker, bob: phone };
  const room: Room = { roomId, agentId, speakers, live, call: createRestClient(url).call, open: [], cards: [] };
  const address = `${url}/api/messaging/channels/${roomId}/events`;
  const headers = { 'x-entity-id': bob };
  const stayed = await openStream(address, { headers });
  for (const what of ['say', 'ask'] as const) await doStep(room, { do: what, by: 'ada', wait: true });
  const last = lastEnd(live);
  await Promise.all([
    stayed.until('messageComplete', ({ messageId }) => messageId === last),
    away.until('messageComplete', ({ messageId }) => messageId === last),
  ]);
  for (const client of [live, away]) await client.ask('unsubscribe_logs');
  const from = {
    live: live.events.length,
    away: away.events.length,
    stayed: stayed.events.length,
    id: stayed.lastId(),
  };
  const hangUp = lose(away, isSilent);
  await away.until('disconnect');
  for (const one of steps) await doStep(room, one);
  await Promise.all(room.open);
  await finish(room, end, ada);
  await live.ask('unsubscribe_logs');
  away.socket.connect();
  await away.until('connection_established', ({ resumed }) => resumed);
  assert.equal(away.socket.recovered, true);
  await away.ask('unsubscribe_logs');
  hangUp();
  const back = await openStream(address, { headers: { ...headers, 'last-event-id': from.id ?? '' } });
  assert.equal(back.response.status, end === 'delete-room' ? 404 : 200);
  const isLast = ({ messageId }: { messageId?: string }) => messageId === lastEnd(live);
  for (const stream of [stayed, back]) await (end === 'none' ? stream.until('messageComplete', isLast) : stream.ended);
  const kept = (heard: readonly Heard[]) => listKept(heard, roomId, bob);
  const ofStream = (events: typeof back.events) =>
    kept(events.map(({ event = '', data }) => ({ event, payload: data })));
  return {
    live: kept(live.events.slice(from.live)),
    resumed: kept(away.events.slice(from.away)),
    streams: { live: ofStream(stayed.events.slice(from.stayed)), replayed: ofStream(back.events) },
  };
}

/** Cuts a client off; with `isSilent` the server takes it for connected until `hangUp`, which is given back. */
function lose({ socket }: StockClient, isSilent: boolean): () => void {
  const { engine } = socket.io;
  const hangUp = engine.close.bind(engine);
  if (isSilent) {
    engine.close = () => engine;
    (socket.io as unknown as { onclose(reason: string): void }).onclose('transport close');
  } else hangUp();
  return hangUp;
}

/** The message whose end was heard last. */
const lastEnd = ({ events }: StockClient): string =>
  events.findLast(({ event }) => event === 'messageComplete')?.payload.messageId;

/** The last thing that happens in the room; without another one, something is said. */
async function finish(room: Room, end: End, ada: string): Promise<void> {
  const params = { channelId: room.roomId };
  if (end === 'none') await doStep(room, { do: 'say', by: 'ada', wait: true });
  else if (end === 'delete-room') {
    assert.equal((await room.call('delete-channel', { params })).status, 204);
    await room.live.until('channelDeleted');
  } else {
    const body = { participants: [ada, room.agentId] };
    assert.equal((await room.call('update-channel', { params, body })).status, 200);
    await room.live.until('userLeft');
  }
}

async function doStep(room: Room, step: Step): Promise<void> {
  const { roomId: channelId, agentId, call, live } = room;
  const params = { channelId };
  if ('by' in step) {
    const times = step.do === 'ask-twice' ? 2 : 1;
    const sent = Promise.all(Array.from({ length: times }, () => say(room, step.by, step.do !== 'say')));
    room.open.push(sent);
    return void (step.wait ? await sent : await Promise.race([sent, live.ask('unsubscribe_logs')]));
  }
  if ('of' in step) return change(room, step);
  if (step.do === 'clear-room') assert.equal((await call('clear-channel', { params })).status, 204);
  else if (step.do === 'update-room')
    assert.equal((await call('update-channel', { params, body: { name: crypto.randomUUID() } })).status, 200);
  else {
    const body = { channelId, authorId: agentId, content: 'done', rawMessage: { actionStatus: 'executing' } };
    const posted = await call(step.do === 'post-card' ? 'post-action' : 'submit-message', {
      body: { ...body, metadata: {}, sourceType: 'agent_response' },
    });
    assert.equal(posted.status, 201, JSON.stringify(posted.body));
    if (step.do === 'post-card') room.cards.push(posted.body.data.id);
  }
}

/** Says something; resolves when nothing more comes of it. */
async function say({ speakers, roomId, live }: Room, by: 'ada' | 'bob', isQuestion: boolean): Promise<void> {
  const text = isQuestion ? 'Eliza, I feel a little lost.' : `@${by === 'ada' ? 'Bob' : 'Ada'} between us`;
  const sent = await speakers[by].ask('message', { roomId, text, messageId: crypto.randomUUID() });
  assert.equal(sent.ok, true, JSON.stringify(sent));
  await live.until('messageComplete', ({ messageId }) => messageId === sent.messageId);
}

/** Changes or deletes one of the messages that are there, where there is one. */
async function change(
  { roomId: channelId, live, cards, call }: Room,
  step: Extract<Step, { of: number }>,
): Promise<void> {
  const heard = live.events.flatMap(({ event, payload }) =>
    event === 'messageBroadcast' ? [payload.id as string] : [],
  );
  const ids = step.do === 'edit-card' ? cards : [...new Set(heard)];
  const messageId = ids[step.of % ids.length];
  if (messageId === undefined) return;
  const body = { content: crypto.randomUUID() };
  const { status } = await (step.do === 'delete'
    ? call('delete-message', { params: { channelId, messageId } })
    : call(step.do === 'edit' ? 'edit-message' : 'edit-action', { params: { messageId }, body }));
  // It may be gone, or be the server's own.
  assert.ok([200, 204, 403, 404].includes(status), `${step.do}: ${status}`);
}
