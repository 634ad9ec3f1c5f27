/** What strangers cause is counted, cut and kept apart in the log: it cannot push the rest out, nor fill the disk. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createLogStream } from '../../src/observability/log-stream.ts';
import { openLogger } from '../../src/observability/logger.ts';
import { openStrangerLog } from '../../src/observability/stranger-log.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, spawnServer } from '../support/test-server.ts';

const key = 'a-key-of-some-length';
const headers = { 'x-api-key': key };

/** A connection over long-polling that shows no key. */
async function connectWithout(url: string): Promise<void> {
  const address = `${url}/socket.io/?EIO=4&transport=polling`;
  const opened = await (await fetch(address)).text();
  const sid = /"sid":"([^"]+)"/.exec(opened)?.[1];
  if (sid) await (await fetch(`${address}&sid=${sid}`, { method: 'POST', body: '40' })).text();
}

describe('strangers in the log', () => {
  it('push nothing out of it, and do not make it grow', async (t) => {
    const server = await spawnServer(t, join(makeDir(t), 'data'), { ELIZAD_API_KEY: key, LOG_KEPT: '50' });
    const { call } = createRestClient(server.url);
    const agentId = (await call('list-agents', { headers })).body.data.agents[0]?.id ?? '';
    await call('stop-agent', { params: { agentId }, headers });
    const before = server.output().length;
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 12 }, () => connectWithout(server.url)));
    const origin = `https://${'e'.repeat(15_000)}.example`;
    const shake = () =>
      new Promise((resolve, reject) =>
        get(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } }, (response) =>
          resolve(response.resume().statusCode),
        ).on('error', reject),
      );
    assert.deepEqual(new Set(await Promise.all(Array.from({ length: 40 }, shake))), new Set([403]));

    const { body } = await call('get-logs', { query: { limit: 1_000 }, headers });
    const lines = body.logs.map(({ msg }) => msg);
    assert.ok(lines.includes('the agent was stopped over HTTP'), lines.join('\n'));
    assert.ok(lines.some((line) => line.startsWith('a connection was refused: unauthorized')));
    const pages = lines.filter((line) => line.startsWith('a page of https://eeee'));
    assert.equal(pages.length, 1, 'once, however often it asks');
    assert.ok(pages[0] && pages[0].length < 1_000, pages[0]);
    await server.end('SIGTERM');
    const grown = server.output().slice(before);
    assert.ok(grown.length < 5_000, `${grown.length} bytes were written`);
  });

  it('have a few lines at a time, from however many addresses', async () => {
    const stream = createLogStream();
    const lines: string[] = [];
    stream.subscribe(({ msg }) => lines.push(msg));
    const logger = await openLogger({ level: 'info', pretty: false, stream, out: { write: () => {} } });
    const strangers = openStrangerLog(logger);
    for (let index = 0; index < 5_000; index++)
      strangers.note({ kind: 'it was refused', address: `10.0.${index >> 8}.${index & 255}` });
    strangers.note({ kind: 'it was refused', address: '10.0.0.1' });
    strangers.stop();
    assert.equal(lines.length, 22, lines.join('\n'));
    assert.deepEqual(lines.slice(-2), [
      'it was refused: once more, from 10.0.0.1',
      'it was refused: 4,980 times more, from other addresses',
    ]);
    strangers.note({ kind: 'it was refused', address: '10.0.0.1' });
    strangers.stop();
    assert.deepEqual(lines.slice(22), ['it was refused']);
  });
});
