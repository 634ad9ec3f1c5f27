/**
 * An MCP server of a few lines, over stdio, for what no real one does on purpose. The first argument says how it behaves.
 * It speaks the protocol as it is written down: JSON-RPC, one message a line.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

type Message = { id?: number; method?: string; params?: Record<string, unknown> };

const [behaviour = '', argument = ''] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const schema = { type: 'object' };
const serverInfo = { name: 'fake', version: '1' };
const tools: Record<string, object[]> = {
  many: [
    { name: 'read file!', inputSchema: schema },
    { name: 'read file?', inputSchema: schema },
    { name: 'x'.repeat(100), description: 'd'.repeat(9_000), inputSchema: schema },
    { name: `${'x'.repeat(100)}y`, inputSchema: schema },
    { name: 'huge', inputSchema: { type: 'object', description: 's'.repeat(30_000) } },
    ...Array.from({ length: 200 }, (_, index) => ({ name: `t${index}`, inputSchema: schema })),
  ],
};
let ownTools: object[] = tools[behaviour] ?? [{ name: 'echo', inputSchema: schema }];

const results: Record<string, (message: Message) => object | undefined> = {
  initialize: () => ({ protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo }),
  'server/discover': () => ({ resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }),
  // In pages of a hundred.
  'tools/list': ({ params }) => {
    const from = Number(params?.cursor ?? 0);
    const isLast = from + 100 >= ownTools.length;
    return {
      resultType: 'complete',
      tools: ownTools.slice(from, from + 100),
      ...(isLast ? {} : { nextCursor: String(from + 100) }),
    };
  },
  'tools/call': ({ params }) => {
    const input = params?.arguments as { do?: string } | undefined;
    if (input?.do === 'hang') return undefined;
    if (input?.do === 'die') process.exit(7);
    if (input?.do === 'flood') process.stdout.write('x'.repeat(11_000_000));
    if (input?.do === 'crowd')
      return { content: Array.from({ length: 49_000 }, (_, at) => (at < 500 ? { type: 'text', text: '' } : {})) };
    if (input?.do === 'values') process.stdout.write(`{"jsonrpc":"2.0","id":1,"result":[${'[],'.repeat(100_000)}0]}\n`);
    if (input?.do === 'pester') void pester('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    if (input?.do === 'rubbish') void pester('x\n');
    if (input?.do === 'grow') {
      ownTools = [...ownTools, { name: 'grown', inputSchema: schema }];
      say({ method: 'notifications/tools/list_changed' });
    }
    return { resultType: 'complete', content: [{ type: 'text', text: `called ${String(params?.name)}` }] };
  },
};

/** Says a line again and again, for two seconds, and reads nothing meanwhile. */
async function pester(line: string): Promise<void> {
  process.stdin.pause();
  const end = Date.now() + 2_000;
  const lines = line.repeat(65_536 / line.length);
  while (Date.now() < end) if (!process.stdout.write(lines)) await once(process.stdout, 'drain');
  process.stdin.resume();
}

if (behaviour === 'banner') process.stdout.write('Welcome!\n{"half": \n\n');
if (behaviour === 'stubborn') {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1_000);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  process.stderr.write(`grandchild ${child.pid}\n`);
}
if (behaviour === 'silent') setInterval(() => {}, 1_000);
if (behaviour === 'refuse') {
  process.stderr.write(`the key ${argument} is not valid\n`);
  process.exit(3);
}
if (behaviour === 'chatty')
  for (let line = 0; line < 3_000; line++) process.stderr.write(`line ${line} ${'z'.repeat(3_000)}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message;
  if (message.method?.startsWith('notifications/')) process.stderr.write(`got ${message.method}\n`);
  if (message.id === undefined || behaviour === 'silent') continue;
  const isRefused = behaviour === 'newest' && message.method === 'initialize';
  const result = isRefused ? undefined : results[message.method ?? '']?.(message);
  if (result) say({ id: message.id, result });
  else if (message.method !== 'tools/call')
    say({ id: message.id, error: { code: -32_601, message: 'no such method' } });
}
