/**
 * Reads CPU profiles that `npm run bench -- <family> --profile <folder>` has left: where the time went, by part of the
 * program and by function. `node bench/profile.ts <file>… [--last <seconds>]`, of its end only.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] };
/** Times are in microseconds. */
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[]; startTime: number; endTime: number };

/** Where a function is from: the first pattern that fits its file. */
const parts: [string, RegExp][] = [
  ['storage', /\/server\/src\/storage\//],
  ['gateway', /\/server\/src\/gateway\//],
  ['messaging', /\/server\/src\/messaging\//],
  ['agents', /\/server\/src\/agents\//],
  ['the rest of elizad', /\/packages\//],
  ['kysely', /\/node_modules\/kysely\//],
  ['zod', /\/node_modules\/zod\//],
  ['Engine.IO', /\/node_modules\/engine\.io/],
  ['Socket.IO', /\/node_modules\/socket\.io/],
  ['ws', /\/node_modules\/ws\//],
  ['other packages', /\/node_modules\/([^/]+)\//],
  ['Node: streams, net, timers', /^node:/],
];
const shown = 30;

function report(path: string, last: number): void {
  const { nodes, samples, timeDeltas, startTime, endTime } = JSON.parse(readFileSync(path, 'utf8')) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const byPart = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let total = 0;
  let now = startTime;
  for (const [index, id] of samples.entries()) {
    const { callFrame } = byId.get(id) as Node;
    const time = timeDeltas[index] ?? 0;
    now += time;
    if (callFrame.functionName === '(idle)' || now < endTime - last * 1e6) continue;
    total += time;
    add(byPart, findPart(callFrame), time);
    const where = callFrame.url ? ` ${basename(callFrame.url)}:${callFrame.lineNumber + 1}` : '';
    add(byFunction, `${callFrame.functionName || '(anonymous)'}${where}`, time);
  }
  process.stdout.write(`\n${path}: ${(total / 1e6).toFixed(1)} s of work\n`);
  for (const table of [byPart, byFunction]) {
    const sorted = [...table].sort(([, a], [, b]) => b - a).slice(0, shown);
    process.stdout.write(`\n${sorted.map(([name, time]) => formatLine(name, time / total)).join('\n')}\n`);
  }
}

function add(table: Map<string, number>, name: string, time: number): void {
  table.set(name, (table.get(name) ?? 0) + time);
}

/** Native code has no file: it is what JavaScript called, a system call most of all. */
function findPart({ functionName, url }: Node['callFrame']): string {
  if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`;
  return parts.find(([, pattern]) => pattern.test(url))?.[0] ?? url;
}

const formatLine = (name: string, share: number): string => `${(share * 100).toFixed(1).padStart(5)} %  ${name}`;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { last: { type: 'string' } } });
for (const path of positionals) report(path, Number(values.last ?? Number.POSITIVE_INFINITY));
