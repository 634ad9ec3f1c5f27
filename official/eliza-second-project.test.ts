/**
 * A project of many published plugins and one of its own, behind elizad, as a stock client meets it: a model of OpenAI, a PDF
 * that is asked about, a tool of an MCP server, and one of everything that a plugin can bring.
 */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openFakeHttp } from '../packages/server/tests/support/fake-http.ts';
import { openClient, type Payload } from '../packages/server/tests/support/stock-client.ts';
import { makeDir, spawnServer } from '../packages/server/tests/support/test-server.ts';
import { openai } from './eliza-project/providers.ts';
import { writeProject } from './support/eliza-project.ts';

const respond = (text: string, actions = 'REPLY', providers = '') =>
  `<response><thought>I was asked to.</thought><actions>${actions}</actions><providers>${providers}</providers><text>${text}</text></response>`;

/** Spelled out, a word is nowhere but where it is meant to come from. */
const knows = (prompt: string, word: string): boolean => prompt.includes(word.split('').join('-'));

const orders: Record<string, (words: string, prompt: string) => string> = {
  say: (words) => respond(words),
  count: () => respond('', 'COUNT'),
  'call-tool': () => respond('', 'CALL_MCP_TOOL'),
  recall: (word, prompt) => respond(knows(prompt, word) ? 'I know it.' : 'I do not know it.'),
  // What plugin-knowledge has found is shown to a model that asks for it.
  'look-up': (word, prompt) =>
    knows(prompt, word) ? respond('I looked it up.') : respond('I did not find it.', 'REPLY', 'KNOWLEDGE'),
};

/** The model: it does what the last message says, and what plugin-mcp asks for. */
function think(prompt: string): string {
  if (prompt.includes('Select the Most Appropriate Tool'))
    return JSON.stringify({ serverName: 'files', toolName: 'echo', reasoning: 'asked', noToolAvailable: false });
  if (prompt.includes('JSON Object for Tool Execution')) return JSON.stringify({ toolArguments: {} });
  if (prompt.includes("You've just used the"))
    return prompt.includes('called echo') ? 'The tool was called.' : 'The tool said nothing.';
  const order = [...prompt.matchAll(/\[\[([\w-]+) ?([^\]]*)\]\]/g)].at(-1);
  return orders[order?.[1] ?? '']?.(order?.[2] ?? '', prompt) ?? respond('I have no order.');
}

async function open(t: TestContext) {
  const provider = await openFakeHttp(t, (request) => {
    const { path, body } = request;
    return openai.answer(request, path.endsWith('/responses') ? think(readPrompt(body)) : '');
  });
  const mcpProgram = fileURLToPath(new URL('../packages/server/tests/support/mcp-program.ts', import.meta.url));
  const mcp = { servers: { files: { type: 'stdio', command: process.execPath, args: [mcpProgram, 'plain'] } } };
  const plugins = ['sql', 'openai', 'knowledge', 'mcp', 'bootstrap'].map((name) => `@elizaos/plugin-${name}`);
  const character = { name: 'Ada', bio: ['Counts.'], plugins, settings: { mcp } };
  const env = Object.entries(openai.env(provider.url)).map((pair) => `${pair.join('=')}\n`);
  const project = writeProject(
    t,
    {
      'package.json': JSON.stringify({ name: 'second', type: 'module', main: 'src/index.ts' }),
      '.env': `${env.join('')}KNOWLEDGE_UPLOAD_DIR=${makeDir(t)}\n`,
      'src/index.ts': `import { own } from './own-plugin.ts';
        export default { agents: [{ character: ${JSON.stringify(character)}, plugins: [own] }] };`,
    },
    { tools: 'eliza-plugins' },
  );
  cpSync(new URL('eliza-project/own-plugin.ts', import.meta.url), join(project, 'src/own-plugin.ts'));
  const server = await spawnServer(t, join(makeDir(t), 'data'), {}, ['--project', project]);
  const call = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  const { data } = (await (await call('/api/agents')).json()) as Payload;
  const agentId: string = data.agents.find((one: Payload) => one.name === 'Ada').id;
  const client = openClient(t, server.url, { auth: { name: 'Ann' } });
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId });
  const said = () =>
    client.events.flatMap(({ event, payload }) =>
      event === 'messageBroadcast' && payload.senderId === agentId && payload.source !== 'agent_action'
        ? [payload.text as string]
        : [],
    );
  const ask = async (text: string) => {
    const since = said().length;
    const { messageId } = await client.ask('message', { roomId, text });
    const end = await client.until('messageComplete', (one) => one.messageId === messageId);
    return { outcome: end.outcome as string, said: said().slice(since) };
  };
  return { call, client, agentId, ask, said };
}

/** All that the model is given to read, as one text. */
const readPrompt = (body: Buffer): string => {
  const { input, instructions = '' } = JSON.parse(body.toString()) as { input: unknown; instructions?: string };
  const texts: string[] = [instructions];
  JSON.stringify(input, (_key, value) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n');
};

test('a project of many plugins, as a stock client meets it', { timeout: 120_000 }, async (t) => {
  const { call, client, agentId, ask, said } = await open(t);

  assert.deepEqual(await ask('[[say Hello from OpenAI]]'), { outcome: 'answered', said: ['Hello from OpenAI'] });
  assert.ok(
    client.events.some(({ event }) => event === 'messageStreamChunk'),
    'streamed',
  );

  // plugin-knowledge: a PDF goes in by its route, and comes back in an answer. Core gives back only what shares words with the question.
  const question = 'Which animal is in the house? [[look-up marmot]]';
  assert.deepEqual((await ask(question)).said, ['I did not find it.']);
  const form = new FormData();
  form.set('agentId', agentId);
  form.set(
    'files',
    new File([makePdf('The animal of the house is the m-a-r-m-o-t')], 'house.pdf', { type: 'application/pdf' }),
  );
  const stored = await call(`/api/agents/${agentId}/plugins/knowledge/documents?agentId=${agentId}`, {
    method: 'POST',
    body: form,
  });
  const uploaded = (await stored.json()) as Payload;
  assert.deepEqual([stored.status, uploaded.data?.[0]?.status], [200, 'success'], JSON.stringify(uploaded));
  assert.deepEqual((await ask(question)).said, ['I looked it up.']);
  const panel = await call(`/api/agents/${agentId}/plugins/knowledge/display?agentId=${agentId}`);
  assert.match(await panel.text(), /<html/i);

  // plugin-mcp: a tool of a server that it has started itself.
  const called = await ask('[[call-tool]]');
  assert.deepEqual([called.outcome, called.said.at(-1)], ['answered', 'The tool was called.']);

  // Our own: an action with a service and a task, a provider, an evaluator, an event, a route.
  assert.deepEqual(await ask('[[count]]'), { outcome: 'answered', said: ['Number 1.'] });
  assert.deepEqual(
    (await ask('[[count]]')).said.filter((text) => text.startsWith('Number')),
    ['Number 2.'],
  );
  assert.deepEqual(
    (await ask('[[recall rain]]')).said.filter((text) => text.startsWith('I ')),
    ['I know it.'],
  );
  await client.until('messageBroadcast', ({ text }) => text === 'You asked me to remind you.');
  const happened = (await (await call('/own/happened')).json()) as string[];
  assert.ok(happened.includes('evaluated [[say Hello from OpenAI]]'), happened.join('\n'));
  assert.ok(happened.includes('action completed COUNT'), happened.join('\n'));
  assert.ok(said().length > 6);
});

/** The smallest PDF of one page with a line of text. */
function makePdf(line: string): string {
  const content = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  return `${file}xref\n0 6\n0000000000 65535 f \n${offsets.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
}
