/** MCP servers that say far too much: nobody else waits for them, and nothing of it is kept. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { McpServer } from '../../src/agents/actions/mcp/mcp-server.ts';
import { type McpServerConfig, mcpServers } from '../../src/agents/actions/mcp/server-config.ts';
import { createContext, openTestLogger } from '../support/action-context.ts';

const fake = fileURLToPath(new URL('../support/mcp-program.ts', import.meta.url));

async function open(t: TestContext, config: object) {
  const log = await openTestLogger();
  const parsed = mcpServers.parse({ far: config }).far as McpServerConfig;
  const server = new McpServer({ name: 'far', config: parsed, variables: {}, logger: log.logger });
  t.after(() => server.stop());
  const call = async (input: Record<string, string>) => {
    const [echo] = await server.list();
    assert.ok(echo, JSON.stringify(server.status()));
    return echo.run(input, createContext());
  };
  return { ...log, server, call };
}

/** How long others waited at most since this was called, in ms, and how often they had their turn. */
function watchOthers(t: TestContext) {
  let last = performance.now();
  const seen = { longest: 0, turns: 0 };
  const timer = setInterval(() => {
    seen.longest = Math.max(seen.longest, performance.now() - last);
    last = performance.now();
    seen.turns += 1;
  }, 1);
  t.after(() => clearInterval(timer));
  return seen;
}

const memory = () => process.memoryUsage.rss() / 1e6;

describe('a program', () => {
  const program = { command: process.execPath, args: [fake, 'plain'] };

  it('that prints rubbish as fast as it can holds nobody up', async (t) => {
    const { call } = await open(t, program);
    await call({});
    const seen = watchOthers(t);
    await call({ do: 'rubbish' });
    // It reads its next question when it is done.
    await call({});
    assert.ok(seen.turns > 50, `others had ${seen.turns} turns, and waited ${seen.longest} ms`);
  });

  it('that asks without end, and reads no answer, fills no memory', async (t) => {
    const { call } = await open(t, program);
    await call({});
    const before = memory();
    await call({ do: 'pester' });
    await call({});
    assert.ok(memory() - before < 150, `grown by ${memory() - before} MB`);
  });

  it('that gives a great many parts which are none holds nobody up', async (t) => {
    const { call } = await open(t, program);
    // To look at all of them would take half a second.
    assert.equal((await call({ do: 'crowd' })).isError, false);
  });

  it('that sends a message of values without end is down', async (t) => {
    const { call, logged } = await open(t, program);
    assert.equal((await call({ do: 'values' })).isError, true);
    assert.match(String((await logged(/is down/)).detail), /more than 50000 objects/);
  });
});

describe('an address', () => {
  it('that asks without end is answered a few times at once', async (t) => {
    let underWay = 0;
    let most = 0;
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const web = createServer(async (req, res) => {
      let body = '';
      for await (const piece of req.setEncoding('utf8')) body += piece;
      if (req.method !== 'POST') return void res.writeHead(405).end();
      const { id, method, params } = JSON.parse(body);
      if (method === undefined) {
        underWay += 1;
        most = Math.max(most, underWay);
        answer();
        // No answer: each that is sent stays under way.
        return;
      }
      if (id === undefined) return void res.writeHead(202).end();
      const tools = { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] };
      const serverInfo = { name: 'far', version: '1' };
      const greeting = { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo };
      const called = { content: [{ type: 'text', text: 'called' }] };
      const result = method === 'initialize' ? greeting : method === 'tools/list' ? tools : called;
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      if (method !== 'initialize') res.write('data: {"jsonrpc":"2.0","id":1,"method":"ping"}\n\n'.repeat(2_000));
      res.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    t.after(() => {
      web.close();
      web.closeAllConnections();
    });
    const { call } = await open(t, { url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/mcp` });
    assert.equal((await call({})).output, 'called');
    await answered;
    assert.equal((await call({})).output, 'called');
    assert.ok(most <= 8, `${most} at once`);
  });
});
