/**
 * Other shapes of projects: the starter as it comes, a plugin alone, a character alone, TypeScript that Node cannot run by
 * itself, a plugin with tables, and a real plugin for a provider, against a server that speaks its protocol.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openFakeHttp } from '../packages/server/tests/support/fake-http.ts';
import { embed } from './eliza-project/providers.ts';
import { openWritten, writeProject, writeStarter } from './support/eliza-project.ts';

const ofModule = (name: string, more: object = {}) => JSON.stringify({ name, type: 'module', ...more });
const codeOf = ({ verdict }: { verdict: { outcome: string; code?: string } }) => verdict.code ?? verdict.outcome;

const character = `{ name: 'Ada', bio: ['Counts.'], plugins: ['@elizaos/plugin-sql', '@elizaos/plugin-bootstrap'] }`;

describe('shapes of projects', () => {
  test('the starter as it comes runs, and says what it needs to answer', async (t) => {
    const { ask, info, lines } = await openWritten(t, writeStarter(t, {}));
    assert.equal(info.agents[0]?.character.name, 'Eliza');
    const { verdict } = await ask('hello');
    assert.equal(codeOf({ verdict }), 'model-failed');
    assert.match(verdict.outcome === 'failed' ? verdict.reason : '', /no model for TEXT_LARGE: set a key in the \.env/);
    assert.ok(!lines.some(({ message }) => message.includes('hello')));
  });

  test('a plugin alone gets an agent to try it with', async (t) => {
    const { ask, info } = await openWritten(
      t,
      writeProject(t, {
        'package.json': ofModule('a-plugin'),
        'src/index.ts': "export { lab as default } from '../lab.ts';",
      }),
    );
    assert.equal(info.agents[0]?.character.name, 'Eliza (Test Mode)');
    assert.equal((await ask('[[say Tried]]')).said, 'Tried');
  });

  test('a character alone, and two agents with plugins of their own', async (t) => {
    const alone = await openWritten(
      t,
      writeProject(t, {
        'package.json': ofModule('alone'),
        'index.js': `export const character = ${character}; export default character;`,
      }),
    );
    assert.deepEqual(
      alone.info.agents.map((agent) => agent.character.name),
      ['Ada'],
    );
    const two = `import { lab } from './lab.ts';
      export default { agents: [
        { character: ${character}, plugins: [lab] },
        { character: { ...${character}, name: 'Grace' }, init: async (runtime) => { globalThis.started = runtime.agentId; } },
      ] };`;
    const { ask, info } = await openWritten(t, writeProject(t, { 'package.json': ofModule('two'), 'index.ts': two }));
    const [ada, grace] = info.agents;
    assert.deepEqual([ada?.character.name, grace?.character.name], ['Ada', 'Grace']);
    assert.equal((await ask('[[say One]]', { turn: { agentId: ada?.id ?? '' } })).said, 'One');
    assert.equal(codeOf(await ask('[[say Two]]', { turn: { agentId: grace?.id ?? '' } })), 'model-failed');
  });

  test('TypeScript with an enum, imports without extensions, and paths runs through the tsx of the project', async (t) => {
    const files = {
      'package.json': ofModule('typed', { main: 'src/index.ts' }),
      'tsconfig.json': JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@/*': ['./*'] } } }),
      'src/mood.ts': "export enum Mood { Good = 'good' }",
      'src/index.ts': `import { Mood } from './mood';
        import { lab } from '@/lab';
        import type { Character } from '@elizaos/core';
        const character: Character = { ...${character}, system: Mood.Good };
        export default { agents: [{ character, plugins: [lab] }] };`,
    };
    const { ask, info } = await openWritten(t, writeProject(t, files));
    assert.equal(info.agents[0]?.character.system, 'good');
    assert.equal((await ask('[[say Typed]]')).said, 'Typed');
  });

  test('a plugin with tables of its own keeps PGlite, which says why', async (t) => {
    const tables = `import { pgTable, text } from 'drizzle-orm/pg-core';
      import { lab } from './lab.ts';
      const todo = { name: 'todo', description: 'Has a table.', schema: { todos: pgTable('todos', { id: text('id').primaryKey() }) } };
      export default { agents: [{ character: ${character}, plugins: [lab, todo] }] };`;
    const { ask, info } = await openWritten(
      t,
      writeProject(t, { 'package.json': ofModule('tables'), 'index.ts': tables }),
    );
    assert.equal(
      info.agents[0]?.store,
      'PGlite, in the directory of the project, because the plugin todo brings tables of its own',
    );
    assert.equal((await ask('[[say Kept]]')).said, 'Kept');
    assert.equal((await ask('[[roll]]')).said, 'You rolled a 6.');
  });

  test('plugin-openai streams an answer from its provider; a key that is refused is said without the key', async (t) => {
    const answer =
      '<response><thought>Greet.</thought><actions>REPLY</actions><providers></providers><text>Hello from afar, my friend</text></response>';
    const provider = await openFakeHttp(t, (request) => {
      const { path, headers } = request;
      if (headers.authorization !== 'Bearer sk-right-right-right')
        return {
          status: 401,
          body: { error: { message: `Incorrect API key: ${headers.authorization?.slice(7)}`, type: 'x' } },
        };
      if (path.endsWith('/embeddings')) return embed(request);
      if (path.endsWith('/models')) return { body: { data: [] } };
      return { headers: { 'content-type': 'text/event-stream' }, body: speak(answer) };
    });
    const open = (key: string) =>
      openWritten(
        t,
        writeProject(t, {
          'package.json': ofModule('openai'),
          '.env': `OPENAI_API_KEY=${key}\nOPENAI_BASE_URL=${provider.url}/v1\n`,
          'index.js': `export default { ...${character}, plugins: ['@elizaos/plugin-sql', '@elizaos/plugin-openai', '@elizaos/plugin-bootstrap'] };`,
        }),
      );
    const { ask, info } = await open('sk-right-right-right');
    assert.ok(!JSON.stringify(info.agents).includes('sk-right'));
    const { verdict, said, streamed, parts } = await ask('hello');
    assert.deepEqual(
      [verdict, said, streamed],
      [{ outcome: 'answered' }, 'Hello from afar, my friend', 'Hello from afar, my friend'],
    );
    assert.ok(parts.filter(({ type }) => type === 'chunk').length > 1);
    const usage = parts.find((part) => part.type === 'usage');
    assert.deepEqual([usage?.inputTokens, usage?.outputTokens], [12, 34]);
    const refused = await (await open('sk-wrong-wrong-wrong')).ask('hello');
    assert.equal(codeOf(refused), 'model-failed');
    assert.ok(refused.verdict.outcome === 'failed' && !refused.verdict.reason.includes('sk-wrong'));
  });
});

/** A response of OpenAI as a stream of events. */
function speak(text: string): Buffer {
  const item = { id: 'msg_1', type: 'message', role: 'assistant' };
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const content = [{ type: 'output_text', text, annotations: [] }];
  const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5', output: [] };
  const usage = { input_tokens: 12, output_tokens: 34, total_tokens: 46 };
  const pieces = text
    .split(/(?<= )/)
    .map((delta) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] }));
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    ...pieces,
    { type: 'response.output_item.done', output_index: 0, item: { ...item, status: 'completed', content } },
    {
      type: 'response.completed',
      response: { ...response, status: 'completed', output: [{ ...item, content }], usage },
    },
  ];
  return Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}
