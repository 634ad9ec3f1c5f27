/** MCP servers over HTTP: a real one from npm in both of its modes, and one that breaks off. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a config are meant.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { McpServer } from '../../src/agents/actions/mcp/mcp-server.ts';
import { type McpServerConfig, mcpServers } from '../../src/agents/actions/mcp/server-config.ts';
import { createContext, openTestLogger } from '../support/action-context.ts';
import { findFreePort } from '../support/free-port.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

async function open(t: TestContext, config: object, variables: Record<string, string> = {}) {
  const log = await openTestLogger();
  const parsed = mcpServers.parse({ web: config }).web as McpServerConfig;
  const server = new McpServer({ name: 'web', config: parsed, variables, logger: log.logger });
  t.after(() => server.stop());
  const call = async (name: string, input: Record<string, string | number>, signal?: AbortSignal) => {
    const action = (await server.list()).find((one) => one.name === name);
    assert.ok(action, JSON.stringify(server.status()));
    return await action.run(input, createContext(signal));
  };
  return { ...log, server, call };
}

/** The real server in a mode of its own; resolves once it listens. */
async function startEverything(t: TestContext, mode: 'streamableHttp' | 'sse', port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [everything, mode], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => end(child));
  // Read to its end: a server whose log nobody takes dies of it.
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (data) => {
      output += data;
      if (/(listening|running) on port/i.test(output)) resolve();
    });
    child.once('exit', () => reject(new Error(`it did not start:\n${output}`)));
  });
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('a real server over HTTP', () => {
  it('is listed and called, and found again after it was away', async (t) => {
    const port = await findFreePort();
    const first = await startEverything(t, 'streamableHttp', port);
    const { server, call, entries, logged } = await open(t, { url: `http://127.0.0.1:${port}/mcp` });
    assert.equal((await call('web_get-sum', { a: 1, b: 2 })).output, 'The sum of 1 and 2 is 3.');
    assert.equal((await call('web_get-sum', { a: 'x' })).isError, true);
    assert.equal(server.status().state, 'ready');
    await end(first);
    const away = await call('web_get-sum', { a: 1, b: 2 });
    assert.equal(away.isError, true);
    assert.match(away.output, /^get-sum of web failed: it cannot be reached \(E\w+\)\. It is not known/);
    await logged(/is down/);
    assert.deepEqual(await server.list(), []);
    await startEverything(t, 'streamableHttp', port);
    await logged(/is connected/, entries.length);
    assert.equal((await call('web_get-sum', { a: 4, b: 2 })).output, 'The sum of 4 and 2 is 6.');
  });

  it('that was started anew in between, and knows our session no more, is connected to again', async (t) => {
    const port = await findFreePort();
    const first = await startEverything(t, 'streamableHttp', port);
    const { call, entries, logged } = await open(t, { type: 'streamable-http', url: `http://127.0.0.1:${port}/mcp` });
    assert.equal((await call('web_get-sum', { a: 1, b: 2 })).isError, false);
    await end(first);
    await startEverything(t, 'streamableHttp', port);
    const seen = entries.length;
    assert.equal((await call('web_get-sum', { a: 1, b: 2 })).isError, true);
    await logged(/is connected/, seen);
    assert.equal((await call('web_get-sum', { a: 1, b: 2 })).output, 'The sum of 1 and 2 is 3.');
  });

  it('that dies in mid-call is an outcome that says so', async (t) => {
    const port = await findFreePort();
    const child = await startEverything(t, 'streamableHttp', port);
    const { server, call } = await open(t, { url: `http://127.0.0.1:${port}/mcp` });
    await server.list();
    const calling = call('web_trigger-long-running-operation', { duration: 60, steps: 1 });
    await new Promise(setImmediate);
    await end(child);
    const { isError, output } = await calling;
    assert.equal(isError, true);
    assert.match(output, /It is not known what it has done\.$/);
  });

  it('is spoken to over SSE, where it has nothing else; a call ends when its stream does', async (t) => {
    const port = await findFreePort();
    const child = await startEverything(t, 'sse', port);
    const { call, logged } = await open(t, { type: 'sse', url: `http://127.0.0.1:${port}/sse` });
    assert.equal((await call('web_get-sum', { a: 1, b: 2 })).output, 'The sum of 1 and 2 is 3.');
    const calling = call('web_trigger-long-running-operation', { duration: 60, steps: 1 });
    await new Promise(setImmediate);
    await end(child);
    const { isError, output } = await calling;
    assert.equal(isError, true);
    assert.match(output, /It is not known what it has done\.$/);
    await logged(/is down/);
  });
});

/** A server of one tool whose calls end as `how` says. */
async function startFake(t: TestContext, how: 'cut' | 'end' | 'huge' | 'refuse') {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer(async (req, res) => {
    seen.push(req.headers);
    let body = '';
    for await (const piece of req.setEncoding('utf8')) body += piece;
    if (req.method !== 'POST') return void res.writeHead(405).end();
    if (how === 'refuse') return void res.writeHead(401).end(`no: ${req.headers.authorization}`);
    const { id, method } = JSON.parse(body) as { id?: number; method: string };
    if (id === undefined) return void res.writeHead(202).end();
    const initialized = {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'f', version: '1' },
    };
    const result =
      method === 'initialize' ? initialized : { tools: [{ name: 'act', inputSchema: { type: 'object' } }] };
    if (method !== 'tools/call') {
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      return;
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n', () => {
      if (how === 'cut') res.destroy();
      if (how === 'end') res.end();
      if (how === 'huge') res.write(`data: ${'x'.repeat(11_000_000)}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen };
}

describe('a server over HTTP that breaks off', () => {
  for (const how of ['cut', 'end', 'huge'] as const) {
    it(`ends the call: ${how}`, async (t) => {
      const { url } = await startFake(t, how);
      const { call } = await open(t, { url });
      const { isError, output } = await call('web_act', {});
      assert.equal(isError, true);
      assert.match(output, /^act of web failed: .* It is not known what it has done\.$/);
    });
  }

  it('gets its headers filled in, and no log or status has them', async (t) => {
    const { url, seen } = await startFake(t, 'refuse');
    const headers = { Authorization: 'Bearer ${TOKEN}' };
    const { server, text } = await open(
      t,
      { url: `${url}?key=\${KEY}`, headers },
      { TOKEN: 'tok-12345678', KEY: 'key-12345678' },
    );
    assert.deepEqual(await server.list(), []);
    assert.equal(seen[0]?.authorization, 'Bearer tok-12345678');
    assert.equal(server.status().detail, 'it answered with HTTP 401');
    assert.doesNotMatch(text() + JSON.stringify(server.status()), /12345678/);
  });
});
