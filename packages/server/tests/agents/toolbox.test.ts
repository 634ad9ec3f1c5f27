/** The toolbox: which actions an agent has, and what goes on when its character is changed. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a config are meant.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Character } from 'elizad-protocol';
import { createToolbox, type ToolboxAgent } from '../../src/agents/actions/toolbox.ts';
import { readConfig } from '../../src/agents/config/content.ts';
import { defineAction, definePlugin, type ElizadConfig, z } from '../../src/index.ts';
import { createContext, openTestLogger } from '../support/action-context.ts';

const fake = fileURLToPath(new URL('../support/mcp-program.ts', import.meta.url));
const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const program = (...args: string[]) => ({ command: process.execPath, args: args.length > 0 ? args : [fake] });

const actionNamed = (name: string) =>
  defineAction({ name, description: name, parameters: z.object({}), run: () => name });
const dice = definePlugin({ name: 'dice', actions: [actionNamed('roll_dice'), actionNamed('toss_coin')] });

const createAgent = (
  id: string,
  settings: Character['settings'] = {},
  more: Partial<Character> = {},
): ToolboxAgent => ({
  id,
  name: id,
  character: { name: id, bio: 'x', settings, ...more },
  secrets: {},
});

async function open(t: TestContext, config: ElizadConfig, agents: ToolboxAgent[], env: Record<string, string> = {}) {
  const log = await openTestLogger();
  const toolbox = createToolbox({ shared: readConfig(config, 'test'), agents, logger: log.logger, env });
  t.after(() => toolbox.stop());
  const names = async (id: string) => (await toolbox.list(id)).map(({ name }) => name);
  return { ...log, toolbox, names };
}

describe('which actions an agent has', () => {
  it('all of the config, when its character chooses none; none, when nobody knows it', async (t) => {
    const { names, toolbox } = await open(t, { plugins: [dice], actions: [actionNamed('own')] }, [createAgent('ada')]);
    assert.deepEqual(await names('ada'), ['roll_dice', 'toss_coin', 'own']);
    assert.deepEqual(await names('nobody'), []);
    assert.deepEqual(toolbox.statusOf('ada'), [{ name: 'dice', state: 'ready' }]);
    assert.deepEqual(toolbox.statusOf('nobody'), []);
  });

  it('those that its settings.actions names, of plugins and of shared MCP servers; its own servers’ always', async (t) => {
    const agents = [
      createAgent('ada', { actions: ['toss_coin', 'fake_*'], mcp: { servers: { mine: program() } } }),
      createAgent('bob', { actions: ['fake_echo'] }),
      createAgent('cy', { actions: [] }),
    ];
    const { names } = await open(t, { plugins: [dice], mcp: { servers: { fake: program() } } }, agents);
    assert.deepEqual(await names('ada'), ['toss_coin', 'fake_echo', 'mine_echo']);
    assert.deepEqual(await names('bob'), ['fake_echo']);
    assert.deepEqual(await names('cy'), []);
  });

  it('and a name that nobody has is logged with the nearest; a list that is none chooses nothing', async (t) => {
    const agents = [
      createAgent('ada', { actions: ['rol_dice', 'roll_dice', 'fake_anything'] }),
      createAgent('bob', { actions: 'all' }),
    ];
    const { names, entries } = await open(t, { plugins: [dice], mcp: { servers: { fake: program() } } }, agents);
    const warnings = entries.filter(({ level }) => level === 40);
    assert.deepEqual(
      warnings.map(({ agentName, action, didYouMean }) => [agentName, action, didYouMean]),
      [
        ['ada', 'rol_dice', 'roll_dice'],
        ['bob', undefined, undefined],
      ],
    );
    assert.deepEqual(await names('ada'), ['roll_dice']);
    assert.deepEqual(await names('bob'), []);
  });

  it('and names that nobody has fill no log, however many there are', async (t) => {
    const actions = Array.from({ length: 2_000 }, (_, index) => `no_${index}_${'x'.repeat(200)}`);
    const { entries } = await open(t, { plugins: [dice] }, [createAgent('ada', { actions })]);
    const warnings = entries.filter(({ level }) => level === 40);
    assert.equal(warnings.length, 21);
    assert.equal(warnings.at(-1)?.more, 1_980);
    assert.ok(warnings.every(({ action = '' }) => String(action).length < 200));
  });

  it('never two of one name: the later one gets a mark and still calls its own', async (t) => {
    const servers = { a: program(fake, 'many') };
    const clash = actionNamed('a_t1');
    const { toolbox } = await open(t, { actions: [clash], mcp: { servers } }, [createAgent('ada')]);
    const actions = await toolbox.list('ada');
    assert.equal(new Set(actions.map(({ name }) => name)).size, actions.length);
    const marked = actions.find(({ name }) => /^a_t1_[0-9a-f]{8}$/.test(name));
    assert.equal((await marked?.run({}, createContext()))?.output, 'called t1');
    assert.equal((await actions[0]?.run({}, createContext()))?.output, 'a_t1');
  });

  it('and plugins of a character file have no effect', async (t) => {
    const agent = createAgent('ada', {}, { plugins: ['@elizaos/plugin-bootstrap'] });
    const { names } = await open(t, { plugins: [dice] }, [agent]);
    assert.deepEqual(await names('ada'), ['roll_dice', 'toss_coin']);
  });
});

describe('MCP servers', () => {
  it('of the config are one child for all agents, those of a character its own', async (t) => {
    const agents = ['ada', 'bob'].map((id) => createAgent(id, { mcp: { servers: { mine: program() } } }));
    const { names, entries } = await open(t, { mcp: { servers: { shared: program() } } }, agents);
    assert.deepEqual(await names('ada'), ['shared_echo', 'mine_echo']);
    assert.deepEqual(await names('bob'), ['shared_echo', 'mine_echo']);
    const connected = entries.filter(({ msg }) => /is connected/.test(String(msg)));
    assert.deepEqual(connected.map(({ mcpServer, agentName }) => `${agentName ?? 'all'} ${mcpServer}`).sort(), [
      'ada mine',
      'all shared',
      'bob mine',
    ]);
  });

  it('that are down or written wrongly do not stop the agent, and have a status', async (t) => {
    const servers = {
      gone: { command: 'no-such-command' },
      wrong: { comand: 'x' },
      off: { command: 'x', disabled: true },
    };
    const { names, toolbox } = await open(t, { plugins: [dice] }, [createAgent('ada', { mcp: { servers } })]);
    assert.deepEqual(await names('ada'), ['roll_dice', 'toss_coin']);
    assert.deepEqual(toolbox.statusOf('ada'), [
      { name: 'dice', state: 'ready' },
      { name: 'gone', state: 'failed', detail: 'its command cannot be started (ENOENT)' },
      {
        name: 'wrong',
        state: 'failed',
        detail: 'wrong: expected {command, args?, env?, cwd?}, or {type?, url, headers?}',
      },
    ]);
  });

  it('of a character get its secrets and the environment, but none of the server’s own keys', async (t) => {
    const env = { OPENAI_API_KEY: 'sk-of-the-server', PLACE: 'Delphi' };
    const own = {
      ...program(everything),
      env: { KEY: '${MY_KEY}', PLACE: '${PLACE}', STOLEN: '${OPENAI_API_KEY:-nothing}' },
    };
    const agent = {
      ...createAgent('ada', { mcp: { servers: { mine: own } } }),
      secrets: { MY_KEY: 'key-of-ada', n: 1 },
    };
    const shared = { ...program(everything), env: { KEY: '${OPENAI_API_KEY}' } };
    const { toolbox } = await open(t, { mcp: { servers: { shared } } }, [agent], env);
    const read = async (name: string) => {
      const action = (await toolbox.list('ada')).find((one) => one.name === name);
      const { PATH, HOME, ...rest } = JSON.parse((await action?.run({}, createContext()))?.output ?? '{}');
      return rest;
    };
    assert.deepEqual(await read('mine_get-env'), { KEY: 'key-of-ada', PLACE: 'Delphi', STOLEN: 'nothing' });
    assert.deepEqual(await read('shared_get-env'), { KEY: 'sk-of-the-server' });
  });
});

describe('while the server runs', () => {
  const pidsIn = (entries: Record<string, unknown>[]) =>
    entries.filter(({ msg }) => /is connected/.test(String(msg))).length;

  it('a changed character has what it asks for; servers about which nothing is different go on', async (t) => {
    const { toolbox, names, entries } = await open(t, { plugins: [dice] }, [
      createAgent('ada', { mcp: { servers: { mine: program() } } }),
    ]);
    assert.deepEqual(await names('ada'), ['roll_dice', 'toss_coin', 'mine_echo']);
    await toolbox.update(createAgent('ada', { actions: ['roll_dice'], mcp: { servers: { mine: program() } } }));
    assert.deepEqual(await names('ada'), ['roll_dice', 'mine_echo']);
    assert.equal(pidsIn(entries), 1);
    await toolbox.update(createAgent('ada', { mcp: { servers: { other: program() } } }));
    assert.deepEqual(await names('ada'), ['roll_dice', 'toss_coin', 'other_echo']);
    await toolbox.update(createAgent('bob'));
    assert.deepEqual(await names('bob'), ['roll_dice', 'toss_coin']);
  });

  it('an action of an agent that was removed says so when a turn still calls it', async (t) => {
    const { toolbox, names } = await open(t, {}, [createAgent('ada', { mcp: { servers: { mine: program() } } })]);
    const [echo] = await toolbox.list('ada');
    await toolbox.remove('ada');
    assert.deepEqual(await names('ada'), []);
    const outcome = await echo?.run({}, createContext());
    assert.deepEqual([outcome?.isError, outcome?.output], [true, 'mine is not connected (stopped).']);
  });

  it('a stop ends it all, twice too', async (t) => {
    const { toolbox, names } = await open(t, { plugins: [dice], mcp: { servers: { fake: program() } } }, [
      createAgent('ada'),
    ]);
    await names('ada');
    await Promise.all([toolbox.stop(), toolbox.stop()]);
    assert.deepEqual(await names('ada'), []);
  });
});
