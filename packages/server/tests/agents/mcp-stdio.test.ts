/** MCP servers as child processes: a real one from npm, and one that does what no real one does on purpose. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a config are meant.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { McpServer } from '../../src/agents/actions/mcp/mcp-server.ts';
import { type McpServerConfig, mcpServers } from '../../src/agents/actions/mcp/server-config.ts';
import type { Json } from '../../src/agents/models/model.ts';
import { createContext, openTestLogger, type TestLogger } from '../support/action-context.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const fake = fileURLToPath(new URL('../support/mcp-program.ts', import.meta.url));

type Opened = TestLogger & {
  readonly server: McpServer;
  call(
    name: string,
    input: Json,
    signal?: AbortSignal,
  ): ReturnType<Awaited<ReturnType<McpServer['list']>>[number]['run']>;
};

async function open(
  t: TestContext,
  config: object,
  more: { variables?: Record<string, string>; connectMs?: number } = {},
): Promise<Opened> {
  const log = await openTestLogger();
  const parsed = mcpServers.parse({ every: { command: process.execPath, ...config } }).every as McpServerConfig;
  const server = new McpServer({ name: 'every', config: parsed, variables: {}, logger: log.logger, ...more });
  t.after(() => server.stop());
  return {
    ...log,
    server,
    async call(name, input, signal) {
      const action = (await server.list()).find((one) => one.name === name);
      assert.ok(
        action,
        `${name} of ${(await server.list()).map((one) => one.name)}: ${JSON.stringify(server.status())}`,
      );
      return await action.run(input, createContext(signal));
    },
  };
}

const openFake = (
  t: TestContext,
  behaviour: string,
  more?: { variables?: Record<string, string>; connectMs?: number },
) => open(t, { args: [fake, behaviour] }, more);

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a real server', () => {
  it('becomes ready in the background, and its tools are actions with its schemas', async (t) => {
    const { server } = await open(t, { args: [everything] });
    assert.deepEqual(server.status(), { name: 'every', state: 'starting' });
    const actions = await server.list();
    assert.deepEqual(server.status(), { name: 'every', state: 'ready' });
    const sum = actions.find(({ name }) => name === 'every_get-sum');
    assert.equal(sum?.description, 'Returns the sum of two numbers');
    assert.equal(sum?.parameters.type, 'object');
    assert.deepEqual(sum?.parameters.required, ['a', 'b']);
    assert.equal(sum?.approval, undefined);
  });

  it('is called: text, pictures, links, resources and errors come back as outcomes', async (t) => {
    const { call } = await open(t, { args: [everything] });
    assert.deepEqual(await call('every_get-sum', { a: 2, b: 3 }), {
      isError: false,
      output: 'The sum of 2 and 3 is 5.',
      attachments: [],
    });
    const wrong = await call('every_get-sum', { a: 'two' });
    assert.equal(wrong.isError, true);
    assert.match(wrong.output, /expected number, received string/);
    assert.match((await call('every_get-sum', 'two')).output, /expected an object/);
    const { output, attachments } = await call('every_get-tiny-image', {});
    assert.match(output, /^Here's the image.*\n\[image image\/png, attached to the answer\]\n/);
    assert.match(attachments[0]?.url ?? '', /^data:image\/png;base64,iVBOR/);
    assert.match((await call('every_get-resource-links', { count: 2 })).output, /\n\[link: .*demo:\/\/resource/);
    const resource = await call('every_get-resource-reference', { resourceType: 'Text', resourceId: 1 });
    assert.match(resource.output, /\n\[resource: demo:\/\/\S+ text\/plain\]\nResource 1: /);
  });

  it('sees of our environment PATH and HOME, and what its config lists, filled in', async (t) => {
    process.env.ELIZAD_TEST_SECRET = 'must-not-leak';
    t.after(() => delete process.env.ELIZAD_TEST_SECRET);
    const { call, text } = await open(
      t,
      { args: [everything], env: { TOKEN: '${MY_TOKEN}', MODE: 'x-${MODE:-plain}' } },
      { variables: { MY_TOKEN: 'tok-12345678', OTHER: 'not-asked-for' } },
    );
    const { output } = await call('every_get-env', {});
    const { PATH, HOME, ...rest } = JSON.parse(output) as Record<string, string>;
    assert.deepEqual([PATH, HOME], [process.env.PATH, process.env.HOME]);
    assert.deepEqual(rest, { TOKEN: 'tok-12345678', MODE: 'x-plain' });
    assert.doesNotMatch(text(), /tok-12345678|must-not-leak/);
  });

  it('that dies in mid-call is an outcome that says so, and is started again', async (t) => {
    const { server, call, entries, logged } = await open(t, { args: [everything] });
    const calling = call('every_trigger-long-running-operation', { duration: 60, steps: 1 });
    await server.list();
    await new Promise(setImmediate);
    const pid = server.pid as number;
    process.kill(pid, 'SIGKILL');
    const { isError, output } = await calling;
    assert.equal(isError, true);
    assert.match(output, /^trigger-long-running-operation of every failed: .* It is not known what it has done\.$/);
    assert.match(String((await logged(/is down/)).detail), /ended by SIGKILL/);
    assert.deepEqual(await server.list(), []);
    assert.equal(server.status().state, 'failed');
    await logged(
      /is connected/,
      entries.findIndex(({ msg }) => /is down/.test(String(msg))),
    );
    assert.match((await call('every_echo', { message: 'again' })).output, /again/);
    assert.notEqual(server.pid, pid);
  });

  it('is gone after a stop', async (t) => {
    const { server } = await open(t, { args: [everything] });
    await server.list();
    const pid = server.pid as number;
    assert.equal(isAlive(pid), true);
    await server.stop();
    assert.equal(isAlive(pid), false);
    assert.deepEqual(await server.list(), []);
  });

  it('that is still starting when the stop comes is gone too', async (t) => {
    const { server, logged } = await open(t, { args: [everything] });
    await logged(/Starting default/);
    await server.stop();
    assert.deepEqual(await server.list(), []);
    assert.equal(server.pid, undefined);
  });
});

describe('a server that is down', () => {
  it('whose command is not there is named, tried again, and has no tools', async (t) => {
    const { server, entries, logged } = await open(t, { command: 'no-such-command' });
    assert.deepEqual(await server.list(), []);
    assert.deepEqual(server.status(), {
      name: 'every',
      state: 'failed',
      detail: 'its command cannot be started (ENOENT)',
    });
    await logged(/"retryMs":2000/);
    assert.deepEqual(
      entries.map(({ level, mcpServer, retryMs }) => [level, mcpServer, retryMs]),
      [
        [40, 'every', 1_000],
        [20, 'every', 2_000],
      ],
    );
  });

  it('is described by its exit code and its last words, without its secrets', async (t) => {
    const config = { args: [fake, 'refuse', '${KEY}'] };
    const { server, text } = await open(t, config, { variables: { KEY: 'sk-0123456789' } });
    await server.list();
    assert.equal(
      server.status().detail,
      'it ended with code 3; the last that it printed: the key [secret] is not valid',
    );
    assert.doesNotMatch(text(), /sk-0123456789/);
  });

  it('for want of a variable is not started, and the variable is named', async (t) => {
    const { server } = await open(t, { args: [fake], env: { TOKEN: '${NOBODY_SET_THIS}' } });
    await server.list();
    assert.equal(server.status().detail, 'NOBODY_SET_THIS is not set');
  });

  it('since it never answers is given up, and its process ended', async (t) => {
    const { server } = await openFake(t, 'silent', { connectMs: 1_500 });
    assert.deepEqual(await server.list(), []);
    assert.match(server.status().detail ?? '', /^it was not ready within 1\.5 s/);
  });
});

describe('a strange server', () => {
  it('with too many tools, names that no model takes, and schemas without end is brought into bounds', async (t) => {
    const { server, logged } = await openFake(t, 'many');
    const actions = await server.list();
    const names = actions.map(({ name }) => name);
    assert.equal(actions.length, 128);
    assert.equal(new Set(names).size, 128);
    assert.ok(names.every((name) => /^[A-Za-z0-9_-]{1,64}$/.test(name)));
    assert.equal(names[0], 'every_read_file_');
    assert.match(names[1] ?? '', /^every_read_file_+[0-9a-f]{8}$/);
    assert.ok(actions.every(({ description }) => description.length < 4_100));
    assert.ok(!names.includes('every_huge'));
    assert.match(JSON.stringify(await logged(/left out/)), /"huge"/);
    const outcome = await actions[1]?.run({}, createContext());
    assert.equal(outcome?.output, 'called read file?');
  });

  it('that prints what is no JSON-RPC is understood all the same', async (t) => {
    const { call } = await openFake(t, 'banner');
    assert.equal((await call('every_echo', {})).output, 'called echo');
  });

  it('of the newest protocol alone is spoken to in that', async (t) => {
    const { call } = await openFake(t, 'newest');
    assert.equal((await call('every_echo', {})).output, 'called echo');
  });

  it('that gets new tools has them for the next turn', async (t) => {
    const { server, call, logged } = await openFake(t, 'grow');
    await call('every_echo', { do: 'grow' });
    const signal = AbortSignal.timeout(10_000);
    while ((await server.list()).length < 2 && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(
      (await server.list()).map(({ name }) => name),
      ['every_echo', 'every_grown'],
    );
    await logged(/is connected/);
  });

  it('that hangs in a call is told that it is cancelled, and the call ends at once', async (t) => {
    const { call, logged } = await openFake(t, 'plain');
    const stop = new AbortController();
    const calling = call('every_echo', { do: 'hang' }, stop.signal);
    await logged(/is connected/);
    await new Promise(setImmediate);
    stop.abort('cancelled');
    const { isError, output } = await calling;
    assert.equal(isError, true);
    assert.match(output, /^echo was cancelled/);
    await logged(/got notifications\/cancelled/);
    assert.equal((await call('every_echo', {})).output, 'called echo');
  });

  it('that ends itself in a call, or sends a message without end, is down', async (t) => {
    for (const deed of ['die', 'flood']) {
      const { call, logged } = await openFake(t, 'plain');
      assert.equal((await call('every_echo', { do: deed })).isError, true);
      assert.match(
        String((await logged(/is down/)).detail),
        deed === 'die' ? /ended with code 7/ : /more than 10000000 bytes/,
      );
    }
  });

  it('that prints without end fills no log', async (t) => {
    const { server, entries } = await openFake(t, 'chatty');
    await server.list();
    const printed = entries.filter((entry) => 'printed' in entry);
    assert.ok(printed.length <= 1_000, `${printed.length} lines`);
    assert.ok(printed.every((entry) => String(entry.printed).length <= 300));
  });

  it('that does not want to end is ended, with what it has started', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const { server, logged } = await openFake(t, 'stubborn');
    const { printed } = await logged(/grandchild \d+/);
    await server.list();
    const pids = [server.pid as number, Number(/\d+/.exec(String(printed))?.[0])];
    assert.deepEqual(pids.map(isAlive), [true, true]);
    await server.stop();
    assert.equal(isAlive(pids[0] as number), false);
    // The grandchild belongs to nobody then: it is dead when the system has seen to it.
    const signal = AbortSignal.timeout(5_000);
    while (isRunning(pids[1] as number) && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isRunning(pids[1] as number), false);
  });
});

/** Alive, and not a zombie that waits for a reaper. */
function isRunning(pid: number): boolean {
  if (!isAlive(pid)) return false;
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return existsSync('/proc/self') ? false : isAlive(pid);
  }
}

describe('tools that people must agree to', () => {
  it('are all of a server, or those that are named', async (t) => {
    const askers = async (approval: boolean | string[]) => {
      const { server } = await open(t, { args: [everything, 'stdio'], approval });
      return (await server.list()).filter((one) => one.approval).map(({ name }) => name);
    };
    assert.deepEqual(await askers(['echo']), ['every_echo']);
    const all = await askers(true);
    assert.ok(all.includes('every_get-sum') && all.length > 5, `${all}`);
  });
});
