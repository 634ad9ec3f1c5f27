/** The server over HTTP: how it is, its version, its environment, its end; and how much one address may ask. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { defaultServerId } from 'elizad-protocol';
import { hiddenValue, restRows } from 'elizad-protocol/rest';
import { version } from '../../src/config.ts';
import { openModelProcess, openModelServer } from '../support/model-server.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

describe('the server over HTTP', () => {
  it('says how it is, and who is there', async (t) => {
    const { call, cleo } = await openModelServer(t);
    assert.deepEqual((await call('get-hello')).body, { message: 'Hello World!' });
    assert.deepEqual((await call('get-status')).body.agentCount, 1);
    for (const name of ['get-server-health', 'get-open-health'] as const) {
      const { status, body } = await call(name);
      assert.deepEqual([status, body.status, body.agentCount, body.dependencies.agents], [200, 'OK', 1, 'healthy']);
    }
    await call('stop-agent', { params: { agentId: cleo } });
    const { status, body: ill } = await call('get-server-health');
    assert.deepEqual([status, ill.error?.code, ill.agentCount], [503, 'no-agents-running', 0]);
    const job = await call('create-job', { body: { userId: cleo.replace(/^./, 'f'), content: 'Anybody?' } });
    assert.equal(job.status, 503);
    const { body } = await call('get-version');
    assert.deepEqual([body.version, typeof body.uptime], [version, 'number']);
    for (const spelling of [0, 1]) {
      const { body: all } = await call('get-debug-servers', { spelling });
      assert.deepEqual(all.servers, all.data.servers);
      assert.deepEqual([all.count, all.servers[0]?.id, all.servers[0]?.agents], [1, defaultServerId, [cleo]]);
    }
  });

  it('shows its version and its health without a key, and the rest not', async (t) => {
    const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'open-sesame' });
    const { call } = createRestClient(url);
    assert.equal((await call('get-config')).body.data.requiresAuth, true);
    assert.equal((await call('get-version')).status, 200);
    assert.equal((await call('get-open-health')).status, 200);
    for (const name of [
      'get-hello',
      'get-status',
      'get-logs',
      'get-environment',
      'stop-server',
      'list-sessions',
    ] as const)
      assert.deepEqual([name, (await call(name)).status], [name, 401]);
    assert.equal((await call('get-hello', { headers: { 'x-api-key': 'open-sesame' } })).status, 200);
  });

  it('is not ready any more from the moment that it stops', async (t) => {
    const app = await openTestServer(t);
    const { call } = createRestClient(app.url);
    assert.deepEqual((await call('get-readiness')).body, { status: 'ready', unready: [] });
    // A request that began before is still answered.
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    t.after(() => socket.destroy());
    let answer = '';
    socket.on('data', (data) => (answer += data));
    socket.write('GET /readyz HTTP/1.1\r\nhost: localhost\r\n');
    await call('get-readiness');
    const stopping = app.stop();
    socket.end('\r\n');
    await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
    await stopping;
    assert.match(answer, /^HTTP\/1\.1 503 /);
    const body = restRows['get-readiness'].answers[503].parse(JSON.parse(answer.slice(answer.indexOf('{'))));
    assert.deepEqual(body, { status: 'not-ready', unready: ['stopping'] });
  });

  it('stops when it may be, gracefully, and with the process', async (t) => {
    const { url } = await openTestServer(t);
    const refused = await createRestClient(url).call('stop-server');
    assert.deepEqual([refused.status, refused.body.error?.code], [403, 'remote-stop-off']);
    const { start } = await openModelProcess(t, { ALLOW_REMOTE_STOP: 'on' });
    const { call, server } = await start();
    const exited = new Promise((resolve) => server.process.once('exit', resolve));
    const stopped = await call('stop-server');
    assert.deepEqual([stopped.status, stopped.body.message], [200, 'Server stopping...']);
    assert.equal(await exited, 0);
  });

  it('lets one address ask so much in a minute, and says where it stands', async (t) => {
    const { url } = await openTestServer(t, { REST_REQUESTS_PER_MINUTE: '3' });
    const { call } = createRestClient(url);
    for (const left of ['2', '1', '0']) {
      const { status, headers } = await call('get-hello');
      assert.deepEqual([status, headers.get('ratelimit-remaining'), headers.get('ratelimit-limit')], [200, left, '3']);
    }
    const origin = 'http://localhost:5173';
    const { status, headers, body } = await call('get-hello', { headers: { origin } });
    assert.equal(headers.get('access-control-allow-origin'), origin);
    assert.deepEqual([status, body.error?.code], [429, 'too-many-requests']);
    assert.ok(Number(headers.get('retry-after')) > 0);
    assert.equal((await fetch(`${url}/api/nowhere`)).status, 429);
    assert.equal((await fetch(`${url}/v1/models`)).status, 429);
    assert.equal((await call('get-health')).status, 200);
  });

  it('counts the clients behind a proxy that it is told to believe, and else the proxy', async (t) => {
    const statusesOf = async (env: Record<string, string>) => {
      const { url } = await openTestServer(t, { REST_REQUESTS_PER_MINUTE: '1', ...env });
      const ask = async (client: string) =>
        (await fetch(`${url}/api/server/hello`, { headers: { 'x-forwarded-for': client } })).status;
      // The second one writes that it came for somebody else; the proxy adds whom it was asked by.
      return [await ask('203.0.113.1'), await ask('203.0.113.9, 203.0.113.1'), await ask('203.0.113.2')];
    };
    assert.deepEqual(await statusesOf({ TRUST_PROXY: 'loopback' }), [200, 429, 200]);
    assert.deepEqual(await statusesOf({ TRUST_PROXY: '10.0.0.0/8, 127.0.0.1, ::1' }), [200, 429, 200]);
    assert.deepEqual(await statusesOf({}), [200, 429, 429]);
  });
});

describe('the environment over HTTP', () => {
  const inDirectory = () => {
    const before = process.cwd();
    return (dir: string) => {
      mkdirSync(dir, { recursive: true });
      process.chdir(dir);
      return () => process.chdir(before);
    };
  };

  it('shows names and never a value, and changes nothing unless it may', async (t) => {
    const dir = makeDir(t);
    t.after(inDirectory()(dir));
    const { call } = createRestClient((await openTestServer(t)).url);
    assert.deepEqual((await call('get-environment')).body.data, {});
    writeFileSync(join(dir, '.env'), 'OPENAI_API_KEY=sk-very-secret\nEMPTY=\n');
    for (const spelling of [0, 1])
      assert.deepEqual((await call('get-environment', { spelling })).body, {
        success: true,
        data: { OPENAI_API_KEY: hiddenValue, EMPTY: '' },
      });
    const { status, body } = await call('set-environment', { body: { content: { A: '1' } } });
    assert.deepEqual([status, body.error?.code], [403, 'env-write-off']);
    assert.equal(readFileSync('.env', 'utf8'), 'OPENAI_API_KEY=sk-very-secret\nEMPTY=\n');
  });

  it('changes what is named, drops what is not, and leaves the rest of the file alone', async (t) => {
    const dir = makeDir(t);
    t.after(inDirectory()(dir));
    const { call } = createRestClient((await openTestServer(t, { ELIZAD_ENV_WRITE: 'on' })).url);
    const set = (content: unknown) => call('set-environment', { body: { content } });
    assert.equal((await set({ FIRST: 'one' })).status, 200);
    assert.equal(statSync('.env').mode & 0o777, 0o600);
    const text = '# keys\nKEPT="several\nlines" # of it\nexport CHANGED=old\nGONE=x\n\n# the end\nLAST=1';
    writeFileSync('.env', text);
    const wanted = {
      KEPT: hiddenValue,
      CHANGED: 'new & "better"',
      LAST: hiddenValue,
      ADDED: "it's",
      UNKNOWN: hiddenValue,
    };
    assert.deepEqual((await set(wanted)).body.data, { message: 'Local env updated' });
    assert.equal(
      readFileSync('.env', 'utf8'),
      '# keys\nKEPT="several\nlines" # of it\nCHANGED=\'new & "better"\'\n\n# the end\nLAST=1\nADDED="it\'s"\n',
    );
    const before = readFileSync('.env', 'utf8');
    const wrong = await set({ 'A B': '1', '1A': '2', OK: 5 });
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.error?.issues?.length, 3);
    assert.equal((await set({ ALL: `'"\`` })).body.error?.issues?.[0]?.path, 'content.ALL');
    assert.equal((await set({ ALL: 'x'.repeat(40_000) })).status, 400);
    assert.equal((await set('A=1')).status, 400);
    assert.equal(readFileSync('.env', 'utf8'), before);
    await Promise.all(Array.from({ length: 10 }, (_, n) => set({ N: String(n) })));
    assert.match(readFileSync('.env', 'utf8'), /^# keys\n\n# the end\nN=\d\n$/);
  });
});
