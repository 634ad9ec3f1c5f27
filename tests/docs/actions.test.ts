/** docs/actions.md does what it says: its code is loaded as it stands, and its actions are run. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createToolbox } from '../../packages/server/src/agents/actions/toolbox.ts';
import { readCharacter } from '../../packages/server/src/agents/characters/characters.ts';
import { loadConfigFile } from '../../packages/server/src/agents/config/file.ts';
import { ConfigFileError } from '../../packages/server/src/agents/config/loaded-config.ts';
import { runAfterTurn, runBeforeTurn } from '../../packages/server/src/agents/turn/hooks.ts';
import { createContext, openTestLogger } from '../../packages/server/tests/support/action-context.ts';
import { findAgent, openClient } from '../../packages/server/tests/support/stock-client.ts';
import { makeDir, runCli, spawnServer } from '../../packages/server/tests/support/test-server.ts';

const page = readFileSync(new URL('../../docs/actions.md', import.meta.url), 'utf8');
const example = fileURLToPath(new URL('../../examples/actions', import.meta.url));
const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

function readBlock(name: string): string {
  const block = new RegExp(`<!-- ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(page)?.[1];
  assert.ok(block, `docs/actions.md has no block ${name}`);
  return block;
}

/** Replaces what occurs exactly once. */
function replaceOnce(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `${from} once`);
  return text.replace(from, () => to);
}

function writeConfig(t: TestContext, source: string): string {
  const dir = makeDir(t);
  writeFileSync(join(dir, 'elizad.config.ts'), source);
  return dir;
}

test('the first config is that of the example, and its actions do what they say', async (t) => {
  assert.equal(readBlock('actions-config'), readFileSync(join(example, 'elizad.config.ts'), 'utf8'));
  const { logger } = await openTestLogger();
  const config = await loadConfigFile({ directory: example });
  const character = readCharacter(join(example, 'croupier.json'));
  const agent = { id: 'a', name: character.name, character, secrets: {} };
  const toolbox = createToolbox({ shared: config, agents: [agent], logger, env: {} });
  t.after(() => toolbox.stop());
  const [roll, write] = await toolbox.list('a');
  const { isError, output } = (await roll?.run({ count: 2 }, createContext())) ?? {};
  assert.equal(isError, false);
  const { dice, sum } = JSON.parse(output ?? '') as { dice: number[]; sum: number };
  assert.equal(dice.length, 2);
  assert.ok(dice.every((die) => die >= 1 && die <= 6));
  assert.equal(
    sum,
    dice.reduce((one, other) => one + other),
  );
  assert.match((await roll?.run({ count: 0 }, createContext()))?.output ?? '', /^- count: /m);
  assert.equal(write?.approval?.question({ line: 'buy milk' }), 'Shall I write "buy milk" into the notebook?');
});

test('the plugin: its source recalls, its hooks veto and observe', async (t) => {
  const { logger, entries } = await openTestLogger();
  const { plugins, contextSources, hooks } = await loadConfigFile({
    directory: writeConfig(t, readBlock('actions-plugin')),
  });
  assert.deepEqual(plugins, ['night']);
  const question = { agentId: 'a', channelId: 'c', text: '' };
  assert.match((await contextSources[0]?.recall(question, new AbortController().signal))?.[0] ?? '', /^It is 20/);
  const turn = createContext();
  assert.deepEqual(await runBeforeTurn({ hooks, logger }, turn), { skip: false });
  const said = { ...turn, message: { ...turn.message, text: 'psst, over here' } };
  assert.deepEqual(await runBeforeTurn({ hooks, logger }, said), {
    skip: true,
    plugin: 'night',
    reason: 'said to somebody else',
  });
  const log = t.mock.method(console, 'log', () => {});
  await runAfterTurn({ hooks, logger }, { ...turn, outcome: 'answered', text: 'Yes.' });
  assert.deepEqual(log.mock.calls[0]?.arguments, ['Ada answered: 4 characters']);
  assert.deepEqual(entries, []);
});

test('MCP servers in the config and in a character: the agent has the tools of both', async (t) => {
  // The same lines with a server that is installed already: a test downloads nothing.
  const [node, script] = [process.execPath, everything].map((one) => JSON.stringify(one));
  const source = replaceOnce(
    readBlock('actions-mcp'),
    "command: 'npx', args: ['-y', '@modelcontextprotocol/server-everything']",
    `command: ${node}, args: [${script}]`,
  );
  const path = join(makeDir(t), 'librarian.json');
  const books = '"command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "/srv/books"]';
  const local = `"command": ${node}, "args": [${script}]`;
  writeFileSync(path, replaceOnce(readBlock('actions-character'), books, local));
  const character = readCharacter(path);
  const config = await loadConfigFile({ directory: writeConfig(t, source) });
  const { logger } = await openTestLogger();
  const env = { MY_TOKEN: 'tok-1' };
  const toolbox = createToolbox({
    shared: config,
    agents: [{ id: 'a', name: 'a', character, secrets: {} }],
    logger,
    env,
  });
  t.after(() => toolbox.stop());
  const names = (await toolbox.list('a')).map(({ name }) => name);
  assert.ok(names.includes('every_echo') && names.includes('files_echo'), String(names));
  const states = toolbox.statusOf('a').map(({ name, state, detail }) => [name, state, detail]);
  assert.deepEqual(states, [
    ['every', 'ready', undefined],
    ['web', 'failed', 'WEB_TOKEN is not set'],
    ['files', 'ready', undefined],
  ]);
});

test('the mistakes are told as they are shown', async (t) => {
  const source = `export default {
    actions: [{ name: 'roll dice', description: 'x', parameters: (await import('elizad')).z.object({}), aproval: true, run() {} }],
    mcp: { servers: { web: { url: 'https://example.com', header: {} } } },
  };`;
  const directory = writeConfig(t, source);
  await assert.rejects(loadConfigFile({ directory }), (error: unknown) => {
    assert.ok(error instanceof ConfigFileError);
    assert.equal(`${error.message.replaceAll(join(directory, '/'), '')}\n`, readBlock('actions-mistakes'));
    return true;
  });
});

/** A model on a real socket that calls `roll_dice` once, and then says what came of it. */
async function startModel(t: TestContext): Promise<string> {
  const say = (res: ServerResponse, delta: object, finish: string | null = null) =>
    res.write(
      `data: ${JSON.stringify({
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'fake',
        choices: [{ index: 0, delta, finish_reason: finish }],
      })}\n\n`,
    );
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const piece of req.setEncoding('utf8')) body += piece;
    const { messages, tools } = JSON.parse(body) as {
      messages: { role: string; content: string }[];
      tools?: unknown[];
    };
    const last = messages.at(-1);
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    if (last?.role === 'tool') {
      say(res, { role: 'assistant', content: `They show ${last.content}` });
      say(res, {}, 'stop');
    } else {
      assert.ok(tools?.length, 'no tools were offered');
      const call = {
        index: 0,
        id: 'call-1',
        type: 'function',
        function: { name: 'roll_dice', arguments: '{"count":2}' },
      };
      say(res, { role: 'assistant', tool_calls: [call] });
      say(res, {}, 'tool_calls');
    }
    res.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

test('asked in a room, the agent of the example rolls its dice', async (t) => {
  const env = {
    ELIZAD_CONFIG: join(example, 'elizad.config.ts'),
    ELIZAD_CHARACTERS: join(example, 'croupier.json'),
    OPENAI_BASE_URL: await startModel(t),
  };
  const server = await spawnServer(t, join(makeDir(t), 'data'), env);
  const client = openClient(t, server.url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId: await findAgent(client, 'Croupier') });
  const { messageId } = await client.ask('message', { roomId, text: 'Roll two dice for me.' });
  const answer = await client.until('messageBroadcast', (message) => message.inReplyTo === messageId);
  assert.match(answer.text, /^They show \{"dice":\[[1-6],[1-6]\],"sum":\d+\}$/);
});

test('a config with a mistake stops the start with its line', async (t) => {
  const directory = writeConfig(t, 'export default { plugin: [] };\n');
  const { exited, output } = runCli(t, ['serve', '--port', '0'], {
    ELIZAD_CONFIG: join(directory, 'elizad.config.ts'),
  });
  assert.equal(await exited, 1);
  assert.match(output(), /^elizad: .*elizad\.config\.ts: plugin: unknown field; did you mean plugins\?\n$/);
});
