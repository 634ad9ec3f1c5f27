/** docs/walk-resume.md is true: a stock client that was in a room when its server was killed passes the stops in their order. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { resumeStops } from '../../src/observability/walk.ts';
import { findFreePort } from '../support/free-port.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, spawnServer } from '../support/test-server.ts';
import { listPassed, readStops, recordSpans } from '../support/walk-page.ts';

test('the spans of a client that comes back after a kill are the stops of its walk, in order', async (t) => {
  const dataDir = join(makeDir(t), 'data');
  const port = await findFreePort();
  const killed = await spawnServer(t, dataDir, {}, ['--port', String(port)]);
  const ada = openClient(t, killed.url, { reconnection: false });
  const bob = openClient(t, killed.url, { reconnection: false });
  const roomId = crypto.randomUUID();
  for (const client of [ada, bob]) await client.ask('join', { roomId });
  ada.socket.io.engine.close();
  await ada.until('disconnect');
  const { messageId } = await bob.ask('message', { roomId, text: 'While you were away' });
  await bob.until('messageComplete');
  await killed.end('SIGKILL');

  await openTestServer(t, { PORT: String(port), ELIZAD_DATA: dataDir });
  const spans = recordSpans(t);
  const id = ada.events.find(({ event }) => event === 'connection_established')?.payload.socketId;
  ada.socket.connect();
  await ada.until('messageBroadcast', (message) => message.id === messageId);
  await ada.until('messageComplete');
  // It is answered behind everything that was missed.
  await ada.ask('join', { roomId });

  const [adapter, missed, returning, log, restored, replay, live] = resumeStops;
  const passed = listPassed(spans);
  assert.deepEqual(passed, [
    [adapter, undefined],
    [missed, undefined],
    [returning, id],
    [log, undefined],
    [restored, id],
    // The message, and its end.
    [replay, messageId],
    [replay, messageId],
    [live, id],
  ]);
  assert.deepEqual(readStops('walk-resume.md'), [...new Set(passed.map(([stop]) => stop))]);
});
