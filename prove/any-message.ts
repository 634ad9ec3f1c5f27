/**
 * Ten thousand messages that were made to break the page, in the web client: markdown, links, attachments and metadata of every
 * type. All are drawn, none is lost, and the page goes on. The flow of the web client's tests, with more of them and any seed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepResult } from './result.ts';

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '10000' }, seed: { type: 'string', default: '20261129' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const args = ['scripts/run.mjs', 'test:web', '--test-timeout=900000', 'packages/web/tests/any-message.test.ts'];
const began = performance.now();
const flow = spawn(process.execPath, args, {
  cwd: root,
  env: { ...process.env, ELIZAD_MESSAGES: values.messages, ELIZAD_SEED: values.seed },
  stdio: 'inherit',
});
const [code] = await once(flow, 'close');
keepResult({
  name: 'any-message',
  claim: 'Messages of markdown, links, attachments and metadata of every type: all are drawn, and the page goes on.',
  seeds: [values.seed],
  figures: [
    ['messages', Number(values.messages).toLocaleString('en')],
    ['time', `${Math.round((performance.now() - began) / 1_000)} s`],
  ],
  holds: code === 0,
});
