/** The figures of the server move with what it does, the same in JSON and for Prometheus; and the last five minutes are kept. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { openMeterRing, stepMs } from '../../src/observability/meter-ring.ts';
import { createMeters } from '../../src/observability/meters.ts';
import { createTiming } from '../../src/observability/timing.ts';
import { openRoom } from '../support/model-room.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

/** Lines of the text format, by name and labels. */
async function scrape(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const figures = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  return { response, text, figures };
}

describe('the figures of the server', () => {
  it('move with messages, turns and sockets, in both formats', async (t) => {
    const { url } = await openTestServer(t);
    const { call } = createRestClient(url);
    const { data: before } = (await call('get-metrics')).body;
    assert.deepEqual([before.now.connections, before.totals.messages, before.now.send.p50], [0, 0, null]);
    assert.deepEqual([before.stepMs, before.ring], [stepMs, []]);
    assert.ok(before.now.rssBytes > 1e6);

    const client = openClient(t, url);
    const roomId = crypto.randomUUID();
    await client.ask('join', { roomId, agentId: await findAgent(client, 'Eliza') });
    for (const text of ['Hello', 'I am sad', 'Men are all alike']) {
      const { messageId } = await client.ask('message', { roomId, text, messageId: crypto.randomUUID() });
      await client.until('messageComplete', (complete) => complete.messageId === messageId);
    }

    const { now, totals } = (await call('get-metrics')).body.data;
    assert.equal(totals.messages, 6);
    assert.deepEqual([totals.turnsStarted, totals.turnsEnded.answered, totals.turnsEnded.failed], [3, 3, 0]);
    assert.equal(now.connections, 1);
    assert.ok(now.messagesPerSecond > 0 && now.turnsEndedPerSecond.answered > 0);
    for (const { p50, p99 } of [now.send, now.turn, now.firstToken])
      assert.ok(p50 !== null && p99 !== null && p50 <= p99, JSON.stringify(now));

    const { response, figures, text } = await scrape(url);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(figures.get('elizad_connections'), 1);
    assert.equal(figures.get('elizad_messages_total'), 6);
    assert.equal(figures.get('elizad_turns_started_total'), 3);
    assert.equal(figures.get('elizad_turns_ended_total{outcome="answered"}'), 3);
    for (const [name, count] of Object.entries({ send_duration: 3, turn_duration: 3, first_token: 3 })) {
      assert.equal(figures.get(`elizad_${name}_seconds_count`), count);
      assert.equal(figures.get(`elizad_${name}_seconds_bucket{le="+Inf"}`), count);
    }
    assert.ok((figures.get('process_resident_memory_bytes') ?? 0) > 1e6);
    assert.doesNotMatch(text, /Eliza"|[0-9a-f]{8}-[0-9a-f]{4}/);
    assert.equal((await scrape(url)).figures.get('elizad_messages_total'), 6);
  });

  it('count no connection that was not let in', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'right-key-of-sixteen' });
    const key = { 'X-API-KEY': 'right-key-of-sixteen' };
    const stranger = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    t.after(() => stranger.terminate());
    const hears = async () => String((await once(stranger, 'message', { signal: AbortSignal.timeout(10_000) }))[0]);
    assert.match(await hears(), /^0{/);
    assert.equal((await scrape(url, key)).figures.get('elizad_connections'), 0);
    stranger.send('40{"apiKey":"wrong"}');
    assert.match(await hears(), /^44/);
    assert.equal((await scrape(url, key)).figures.get('elizad_connections'), 0);
    const client = openClient(t, url, { auth: { apiKey: 'right-key-of-sixteen' } });
    await client.until('connection_established');
    assert.equal((await scrape(url, key)).figures.get('elizad_connections'), 1);
  });

  it('does not count a message that is sent again', async (t) => {
    const { url } = await openTestServer(t);
    const client = openClient(t, url);
    const roomId = crypto.randomUUID();
    const message = { roomId, text: 'Once', messageId: 'again' };
    await client.ask('join', { roomId });
    await client.ask('message', message);
    await client.ask('message', message);
    assert.equal((await scrape(url)).figures.get('elizad_messages_total'), 1);
  });

  it('count how each turn ended, and that one is under way', async (t) => {
    const { provider, client, channelId: roomId, call, url } = await openRoom(t);
    provider.script({ kind: 'refuse', status: 401 }, { kind: 'break', how: 'hang', after: 2 });
    const refused = await client.ask('message', { roomId, text: 'One' });
    await client.until('messageComplete', ({ messageId }) => messageId === refused.messageId);
    const hanging = await client.ask('message', { roomId, text: 'Two' });
    await client.until('messageStreamChunk');
    const { now, totals } = (await call('get-metrics')).body.data;
    assert.deepEqual([now.turnsUnderWay, totals.turnsStarted, totals.turnsEnded.failed], [1, 2, 1]);
    assert.equal((await scrape(url)).figures.get('elizad_turns_under_way'), 1);
    await client.ask('cancel', { roomId, messageId: hanging.messageId });
    await client.until('messageComplete', ({ messageId }) => messageId === hanging.messageId);
    const { figures } = await scrape(url);
    const endings = ['failed', 'cancelled', 'answered'].map((outcome) =>
      figures.get(`elizad_turns_ended_total{outcome="${outcome}"}`),
    );
    assert.deepEqual(endings, [1, 1, 0]);
    // The refused turn had no token.
    assert.equal(figures.get('elizad_first_token_seconds_count'), 1);
  });

  it('count each turn once that is refused while its agent is busy, also beside one that is not', async (t) => {
    const env = { TURN_POLICY: 'reject' };
    const { provider, client, agentIds, url } = await openRoom(t, { names: ['Cleo', 'Bea'], env });
    const roomId = crypto.randomUUID();
    const ended = async () => {
      const { figures } = await scrape(url);
      return ['ignored', 'answered'].map((outcome) => figures.get(`elizad_turns_ended_total{outcome="${outcome}"}`));
    };
    const endOf = ({ messageId }: { messageId: string }) =>
      client.until('messageComplete', (end) => end.messageId === messageId);
    provider.script({ kind: 'answer', text: 'One', held: true }, { kind: 'answer', text: 'Two', held: true });
    await client.ask('join', { roomId, agentId: agentIds[0] });
    const first = await client.ask('message', { roomId, text: 'One?' });
    await provider.arrived(1);
    const alone = { roomId, text: 'Two?', messageId: 'two' };
    await endOf(await client.ask('message', alone));
    await client.ask('message', alone);
    assert.deepEqual(await ended(), [1, 0]);
    await client.ask('join', { roomId, agentId: agentIds[1] });
    const both = await client.ask('message', { roomId, text: 'Three?' });
    await provider.arrived(2);
    assert.deepEqual(await ended(), [2, 0]);
    provider.release(20);
    await Promise.all([endOf(first), endOf(both)]);
    assert.deepEqual(await ended(), [2, 2]);
    // They were never taken up, so they took no time.
    assert.equal((await scrape(url)).figures.get('elizad_turn_duration_seconds_count'), 2);
  });

  it('are for who has the key', async (t) => {
    const { url } = await openTestServer(t, { ELIZA_SERVER_AUTH_TOKEN: 'open-sesame' });
    for (const path of ['/metrics', '/api/server/metrics']) assert.equal((await fetch(url + path)).status, 401);
    const { response } = await scrape(url, { authorization: 'Bearer open-sesame' });
    assert.equal(response.status, 200);
  });
});

describe('the ring', () => {
  it('takes a sample every step, with what was timed in it, and keeps five minutes', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const meters = createMeters();
    const ring = openMeterRing(meters, () => 7);
    t.after(() => ring.stop());
    meters.messages += 10;
    meters.turnsEnded.failed += 5;
    meters.sends.record(12);
    t.mock.timers.tick(stepMs);
    t.mock.timers.tick(stepMs);
    const [first, second] = ring.list();
    assert.deepEqual([first?.connections, first?.messagesPerSecond, first?.turnsEndedPerSecond.failed], [7, 2, 1]);
    assert.ok(first?.send.p50 && Math.abs(first.send.p50 - 12) < 0.5);
    assert.deepEqual([second?.messagesPerSecond, second?.send.p50], [0, null]);
    for (let n = 0; n < 70; n++) t.mock.timers.tick(stepMs);
    assert.equal(ring.list().length, 60);
  });

  it('goes on where the system cannot say how large the process is: no descriptor is left to ask by', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const ring = openMeterRing(createMeters(), () => 0);
    t.after(() => ring.stop());
    t.mock.timers.tick(stepMs);
    t.mock.method(process.memoryUsage, 'rss', () => {
      throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    });
    t.mock.timers.tick(stepMs);
    const [before, now] = ring.list();
    assert.ok(now && now.rssBytes === before?.rssBytes);
    assert.equal(ring.read().rssBytes, before?.rssBytes);
  });
});

describe('a timing', () => {
  it('takes what ended before it began, by a clock that was set back, for nothing', () => {
    const timing = createTiming();
    for (const ms of [20, -3_600_000]) timing.record(ms);
    assert.deepEqual([timing.count, timing.sumMs], [2, 20]);
  });

  it('has percentiles of this window and the one before, and buckets of all', () => {
    const timing = createTiming();
    for (const ms of [0, 1, 4, 40, 4e9]) timing.record(ms);
    assert.deepEqual([timing.count, timing.buckets.reduce((sum, count) => sum + count, 0)], [5, 4]);
    timing.turnOver();
    timing.record(2);
    assert.ok((timing.read().p99 ?? 0) > 1_000);
    timing.turnOver();
    assert.ok(Math.abs((timing.read().p99 ?? 0) - 2) < 0.1);
    timing.turnOver();
    timing.turnOver();
    assert.deepEqual(timing.read(), { p50: null, p99: null });
  });
});
