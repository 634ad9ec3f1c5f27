/**
 * A host without a project: speaks the real line, with the real window of parts, and does what the text of a message says,
 * one command after the other, separated by `;`. How it starts is in its environment.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { log, openLine, send } from '../../../src/host/line.ts';
import { createScope, type TurnScope } from '../../../src/host/turn/scope.ts';
import type { ProjectInfo, ProjectTurn, ProjectVerdict } from '../../../src/link.ts';

const [, , , dataDir = ''] = process.argv;
const startsFile = join(dataDir, 'starts');
appendFileSync(startsFile, `${process.pid}\n`);
const isFirst = readFileSync(startsFile, 'utf8').trim().split('\n').length === 1;
const scopes = new Map<string, TurnScope>();
const { FAKE_BOOT: boot = '', FAKE_HEAP: heap } = process.env;
let sent = 0;

const hang = (): never => {
  for (;;);
};
const die = (): never => process.exit(7);

const commands: Record<string, (scope: TurnScope, words: string) => unknown> = {
  chunk: (scope, text) => scope.tell({ type: 'chunk', text }),
  said: (scope, text) => scope.tell({ type: 'said', text, thought: null, actions: ['REPLY'], attachments: [] }),
  begin: (scope, id) => scope.tellAndWait({ type: 'card', id, action: 'ROLL', status: 'executing' }),
  done: (scope, id) => scope.tell({ type: 'card', id, action: 'ROLL', status: 'completed', output: '6' }),
  chunks: async (scope, count) => {
    for (let index = 0; index < Number(count); index += 1) {
      await scope.tell({ type: 'chunk', text: `${index} ` });
      sent += 1;
    }
  },
  /** Of a host that does not keep to the window. */
  flood: ({ turnId }, text) => {
    for (let index = 0; index < 1_000; index += 1)
      send({ type: 'part', turnId, part: { type: 'chunk', text: text.repeat(1_000) } });
  },
  environment: (scope, name) => scope.tell({ type: 'chunk', text: process.env[name] ?? 'not set' }),
  pid: (scope) => scope.tell({ type: 'chunk', text: String(process.pid) }),
  print: (_scope, text) => console.log(text),
  'print-many': (_scope, count) => {
    for (let index = 0; index < Number(count); index += 1) console.error(`line ${index}`);
  },
  'print-long': (_scope, length) => console.log('x'.repeat(Number(length))),
  nonsense: () => {
    for (const message of [null, 7, [], {}, { type: 'ready' }, { type: 'constructor' }, { type: 'part', turnId: 1 }])
      process.send?.(message);
    process.send?.({ type: 'ended', turnId: 'x', verdict: { outcome: 'failed', code: 'invented', reason: 'x' } });
    process.send?.({ type: 'log', line: { level: 'loud', message: 'x' } });
  },
  wait: (_scope, ms) => new Promise((resolve) => setTimeout(resolve, Number(ms))),
  'wait-for-cancel': (scope) => new Promise((resolve) => scope.signal.addEventListener('abort', resolve)),
  report: (_scope, words) => log('info', words),
  hang,
  'hang-once': () => isFirst && hang(),
  die,
  'die-once': () => isFirst && die(),
  throw: () => {
    throw new Error('a command that throws');
  },
};

async function answer(turn: ProjectTurn): Promise<void> {
  const scope = createScope(turn.id);
  scopes.set(turn.id, scope);
  for (const command of turn.message.text.split(';')) {
    const [name = '', words = ''] = command.split(':');
    await commands[name]?.(scope, words);
    if (scope.signal.aborted) log('info', `cancelled in ${name}`);
  }
  scopes.delete(turn.id);
  const verdict: ProjectVerdict = { outcome: 'answered' };
  send({ type: 'ended', turnId: turn.id, verdict });
}

const info: ProjectInfo = {
  name: 'fake',
  coreVersion: '1.7.2',
  agents: [],
  routesPort: 1,
  routesToken: String(process.pid),
};

openLine((message) => {
  if (message.type === 'turn') void answer(message.turn);
  else if (message.type === 'taken') scopes.get(message.turnId)?.taken(message.count);
  else if (message.type === 'cancel') scopes.get(message.turnId)?.cancel();
  else if (message.type === 'stop') boot === 'deaf' ? undefined : process.exit(0);
  else if (message.type === 'use-model') {
    const { id, model, params } = message;
    if (model === 'SENT') send({ type: 'used', id, result: sent });
    else if (model === 'ECHO') send({ type: 'used', id, result: params });
    else if (model === 'DIE') die();
    else if (model !== 'SILENCE') send({ type: 'used', id, error: `there is no ${model}` });
  } else log('info', `heard ${message.type}`);
});
if (boot === 'unusable') send({ type: 'unusable', reason: 'there is no project here: make one' });
else if (boot === 'fail') {
  send({ type: 'failed', reason: 'its database is locked' });
  setTimeout(() => process.exit(1), 20);
} else send({ type: 'ready', info });
if (heap && isFirst) send({ type: 'alive', heapBytes: Number(heap) });
