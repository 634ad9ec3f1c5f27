/**
 * `npm run web:budget`: what the first load of the web client weighs, compressed, chunk by chunk; and, where there is
 * Chromium, what a browser fetches and how long its page cannot be used. Exit code 1 when it is over the budget. With
 * `--bytes` times are shown and not held to it: run beside other things, they say how busy the machine is.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wholeChromiumPath } from './chromium.ts';
import { measureLoads } from './web-budget/load.ts';

const budget = 200_000;
/** Up to these, Lighthouse finds First Contentful Paint and Total Blocking Time good, in ms. */
const budgetPaintMs = 1_800;
const budgetBlockingMs = 200;
const areTimesHeld = !process.argv.includes('--bytes');
const paths = ['/', '/agents', '/inside', '/settings'];
const dist = fileURLToPath(new URL('../packages/web/dist/', import.meta.url));
type Chunk = { file: string; isEntry?: boolean; imports?: string[]; dynamicImports?: string[]; css?: string[] };
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;

/** Of the brotli file, where there is one. */
const weigh = (file: string): number => {
  const path = join(dist, file);
  return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
};

const first = new Set<string>(['index.html']);
const collect = (name: string): void => {
  const chunk = manifest[name];
  if (!chunk || first.has(chunk.file)) return;
  first.add(chunk.file);
  for (const css of chunk.css ?? []) first.add(css);
  for (const imported of chunk.imports ?? []) collect(imported);
};
for (const [name, chunk] of Object.entries(manifest)) if (chunk.isEntry) collect(name);

const all = new Set([...first, ...Object.values(manifest).flatMap(({ file, css = [] }) => [file, ...css])]);
const rows = [...all].map((file) => ({ file, bytes: weigh(file), isFirst: first.has(file) }));
for (const { file, bytes, isFirst } of rows.sort(
  (a, b) => Number(b.isFirst) - Number(a.isFirst) || b.bytes - a.bytes,
)) {
  console.log(`${isFirst ? 'first ' : 'lazy  '} ${String(bytes).padStart(8)}  ${file}`);
}
const sum = (list: typeof rows) => list.reduce((total, { bytes }) => total + bytes, 0);
const load = sum(rows.filter(({ isFirst }) => isFirst));
console.log(`\nfirst load ${load} of ${budget} bytes; everything ${sum(rows)}`);

const loads = wholeChromiumPath ? await measureLoads(wholeChromiumPath, paths) : [];
for (const { path, bytes, paintMs, longTasks, blockingMs } of loads) {
  console.log(
    `${path.padEnd(12)} ${bytes} bytes fetched, first paint ${Math.round(paintMs)} ms, ${longTasks} tasks over 50 ms, ${Math.round(blockingMs)} ms of them blocking`,
  );
}
if (loads.length === 0) console.log('no Chromium: the load in a browser was not measured');
const isOver = ({ bytes, paintMs, blockingMs }: (typeof loads)[number]): boolean =>
  bytes > budget || (areTimesHeld && (paintMs > budgetPaintMs || blockingMs > budgetBlockingMs));
process.exitCode = load > budget || loads.some(isOver) ? 1 : 0;
