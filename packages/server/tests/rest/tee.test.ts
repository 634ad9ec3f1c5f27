/** Trusted execution: reports by the interface of the kernel and of dstack, and 501 where there is neither. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openFakeTsm } from '../support/fake-tsm.ts';
import { openModelServer } from '../support/model-server.ts';
import { makeDir } from '../support/test-server.ts';

const padded = (hex: string): string => hex.padEnd(128, '0');
const signed = (hex: string): string => Buffer.from('signed:').toString('hex') + hex;

/** A service on a Unix socket; it answers with what it was asked. */
async function openDstack(t: TestContext, name: string, status = 200) {
  const path = join(makeDir(t), name);
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    asked.push([request.method, request.url, JSON.parse(text)]);
    const { report_data } = JSON.parse(text) as { report_data: string };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ quote: `0x${signed(report_data)}`, event_log: '[{"imr":3}]' }));
  });
  server.listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
  return { path, asked };
}

describe('attestation', () => {
  it('is not there on a machine that is no trusted execution environment', async (t) => {
    const { call, cleo } = await openModelServer(t, { TEE_REPORT_DIR: '/nowhere', DSTACK_SOCKETS: '/nowhere.sock' });
    for (const { status, body } of [
      await call('get-attestation'),
      await call('list-tee-agents'),
      await call('get-tee-agent', { params: { agentId: cleo } }),
    ])
      assert.deepEqual([status, body.error?.code], [501, 'tee-not-available']);
  });

  it('comes from the kernel, to many at once, each from a report of its own that is gone afterwards', async (t) => {
    const { path, seen } = openFakeTsm(t);
    const { call, cleo } = await openModelServer(t, { TEE_REPORT_DIR: path });
    const nonces = Array.from({ length: 8 }, (_, n) => `0${n}ff`);
    const answers = await Promise.all(nonces.map((nonce) => call('get-attestation', { query: { nonce } })));
    answers.forEach(({ status, body }, n) => {
      const nonce = nonces[n] ?? '';
      assert.equal(status, 200);
      assert.deepEqual(body.data, {
        provider: 'tdx_guest',
        quote: signed(padded(nonce)),
        generation: 1,
        reportData: padded(nonce),
        nonce,
      });
    });
    assert.equal(new Set(seen).size, 8);
    assert.deepEqual(readdirSync(path), []);

    const nonce = 'ab'.repeat(64);
    const reportData = createHash('sha512').update(cleo).update(Buffer.from(nonce, 'hex')).digest('hex');
    const { body: agent } = await call('get-tee-agent', { params: { agentId: cleo }, query: { nonce: `0x${nonce}` } });
    assert.deepEqual([agent.data.id, agent.data.name, agent.data.attestation.reportData], [cleo, 'Cleo', reportData]);
    assert.equal(agent.data.attestation.quote, signed(reportData));
    const { body: list } = await call('list-tee-agents');
    assert.deepEqual(
      list.data.agents.map(({ id, attestation }) => [id, attestation.provider]),
      [[cleo, 'configfs-tsm']],
    );
  });

  it('refuses a nonce that is none, or longer than the hardware signs', async (t) => {
    const { call } = await openModelServer(t, { TEE_REPORT_DIR: openFakeTsm(t).path });
    for (const nonce of ['xyz', 'abc', 'ab'.repeat(65)])
      assert.equal((await call('get-attestation', { query: { nonce } })).status, 400);
    const unknown = await call('get-tee-agent', { params: { agentId: crypto.randomUUID() } });
    assert.deepEqual([unknown.status, unknown.body.error?.code], [404, 'agent-not-found']);
  });

  it('comes from dstack, by its name of today and of before', async (t) => {
    for (const [name, url, more] of [
      ['dstack.sock', '/GetQuote', {}],
      ['tappd.sock', '/prpc/Tappd.TdxQuote', { hash_algorithm: 'raw' }],
    ] as const) {
      const { path, asked } = await openDstack(t, name);
      const { call } = await openModelServer(t, {
        TEE_REPORT_DIR: '/nowhere',
        DSTACK_SOCKETS: `/nowhere.sock,${path}`,
      });
      const { body } = await call('get-attestation', { query: { nonce: 'C0FFEE' } });
      const { provider, quote, eventLog, nonce } = body.data;
      assert.deepEqual(
        [provider, quote, eventLog, nonce],
        ['dstack', signed(padded('c0ffee')), [{ imr: 3 }], 'c0ffee'],
      );
      assert.deepEqual(asked, [['POST', url, { report_data: padded('c0ffee'), ...more }]]);
    }
  });

  it('says so when the interface fails', async (t) => {
    const { path } = await openDstack(t, 'dstack.sock', 500);
    const { call } = await openModelServer(t, { TEE_REPORT_DIR: '/nowhere', DSTACK_SOCKETS: path });
    const { status, body } = await call('get-attestation');
    assert.deepEqual([status, body.error?.code], [502, 'attestation-failed']);
  });
});
