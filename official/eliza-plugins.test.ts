/**
 * Plugins as they were published, each in a project of its own: those of model providers against a server that speaks their
 * protocol, those of chat networks, and one that others than Eliza OS wrote.
 */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { openFakeHttp } from '../packages/server/tests/support/fake-http.ts';
import { otherProviders } from './eliza-project/providers.ts';
import { openWritten, writeProject } from './support/eliza-project.ts';

const words = 'Hello from afar, my friend';
const answered = `<response><thought>Greet.</thought><actions>REPLY</actions><providers></providers><text>${words}</text></response>`;

/** A project of one agent with some plugins by name, and the instant model where it brings none. */
function open(t: TestContext, plugins: readonly string[], env: Readonly<Record<string, string>> = {}, hasModel = true) {
  const names = ['@elizaos/plugin-sql', ...plugins, '@elizaos/plugin-bootstrap'];
  const files = {
    'package.json': JSON.stringify({ name: 'tried', type: 'module' }),
    '.env': Object.entries(env)
      .map((pair) => `${pair.join('=')}\n`)
      .join(''),
    'index.ts': `import { lab } from './lab.ts';
      const character = { name: 'Ada', bio: ['Counts.'], plugins: ${JSON.stringify(names)} };
      export default { agents: [{ character, plugins: [${hasModel ? 'lab' : ''}] }] };`,
  };
  return openWritten(t, writeProject(t, files, { tools: 'eliza-plugins' }));
}

describe('plugins of model providers', () => {
  for (const { plugin, env, answer } of otherProviders)
    test(`${plugin}: its provider answers`, async (t) => {
      const provider = await openFakeHttp(t, (request) => answer(request, answered));
      const { ask, info } = await open(t, [plugin], env(provider.url), false);
      assert.ok(info.agents[0]?.models.includes('TEXT_LARGE'));
      const { verdict, said } = await ask('What is your name?');
      assert.deepEqual([verdict, said], [{ outcome: 'answered' }, words]);
      assert.ok(provider.requests.some(({ body }) => body.includes('What is your name?')));
    });
});

describe('plugins of chat networks', () => {
  test('@elizaos/plugin-telegram: a message from Telegram is answered there', async (t) => {
    const chat = { id: 7, type: 'private', first_name: 'Ann' };
    const from = { id: 7, is_bot: false, first_name: 'Ann', username: 'ann' };
    const update = {
      update_id: 1,
      message: { message_id: 1, date: 1_790_000_000, chat, from, text: '[[say To you]]' },
    };
    const updates: object[] = [update];
    const { promise: sent, resolve } = Promise.withResolvers<string>();
    const telegram = await openFakeHttp(t, async ({ path, body }) => {
      const result = (value: unknown) => ({ body: { ok: true, result: value } });
      if (path.endsWith('/getMe')) return result({ id: 1, is_bot: true, first_name: 'Ada', username: 'ada_bot' });
      if (path.endsWith('/getChat')) return result(chat);
      if (path.endsWith('/getUpdates')) {
        if (updates.length === 0) await new Promise((go) => setTimeout(go, 200));
        return result(updates.splice(0));
      }
      if (!path.endsWith('/sendMessage')) return result(true);
      const { text } = JSON.parse(body.toString()) as { text: string };
      resolve(text);
      return result({ message_id: 2, date: 1_790_000_001, chat, text });
    });
    const { ask } = await open(t, ['@elizaos/plugin-telegram'], {
      TELEGRAM_BOT_TOKEN: '1:test',
      TELEGRAM_API_ROOT: telegram.url,
    });
    assert.equal(await sent, 'To you');
    assert.equal((await ask('[[say Here too]]')).said, 'Here too');
  });

  test('@elizaos/plugin-discord loads, and the agent answers in rooms, with no way to Discord', async (t) => {
    const { ask, info } = await open(t, ['@elizaos/plugin-discord']);
    assert.ok(info.agents[0]?.services.includes('discord') && info.agents[0].actions.includes('SEND_DM'));
    assert.equal((await ask('[[say Here]]')).said, 'Here');
  });
});

test('@theschein/plugin-polymarket, bundled for Bun and with tables of its own, loads and answers', {
  timeout: 120_000,
}, async (t) => {
  const { ask, info } = await open(t, ['@theschein/plugin-polymarket']);
  const [agent] = info.agents;
  assert.ok(agent?.plugins.includes('polymarket') && agent.actions.includes('GET_MARKET_PRICE'));
  assert.match(agent?.store ?? '', /^PGlite, .+ the plugin polymarket brings tables of its own$/);
  assert.equal((await ask('[[say Here]]')).said, 'Here');
});
