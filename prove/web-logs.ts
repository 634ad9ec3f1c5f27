/**
 * The live log under 2,000 lines a second, while Chromium traces itself: one follows, types a filter and scrolls.
 * `npm run prove:web-logs -- --seconds 4` is a trial.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { demand, wholeChromiumPath } from '../scripts/chromium.ts';
import { startMeasuredServer } from './measured-server.ts';
import { keepResult } from './result.ts';
import { describeTraces, holdsFrames, recordings, type Trace, traceNotes, traceUse } from './web-trace.ts';

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '10' } },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
/** Of the view. */
const capacity = 20_000;
const warmUpMs = 1_000;

const useNames = {
  idle: 'idle',
  following: 'following the end',
  typing: 'typing in the filter',
  scrolling: 'scrolling',
};
type Use = keyof typeof useNames;
/** `busy`: the share of the time in which the page's main thread computed, from 0 to 1. */
type Run = Record<Use, Trace> & { sent: number; tookMs: number; busy: number; shown: number };

const server = await startMeasuredServer({ LOG_LEVEL: 'debug' });
const browser = await chromium.launch({
  executablePath: demand(wholeChromiumPath),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1320, height: 860 } });
  await page.goto(`${server.url}/inside/logs`);
  const list = page.getByRole('listbox', { name: 'Log lines' });
  await list.waitFor();
  // From here on every line of the view is one of ours.
  await page.waitForFunction(() => !document.body.textContent?.includes('Loading…'));
  const cdp = await page.context().newCDPSession(page);
  // Of the page's main thread, by its own clock: what else runs on the machine does not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const load = loadavg()[0] ?? 0;
  const runs: Run[] = [];
  for (let recording = 1; recording <= recordings; recording++) {
    process.stdout.write(`recording ${recording} of ${recordings}\n`);
    runs.push(await record(page, cdp));
  }
  const uses = (Object.keys(useNames) as Use[]).map((use) => [useNames[use], runs.map((run) => run[use])] as const);
  keepResult({
    name: 'web-logs',
    claim: `The live log with ${rate} lines a second for ${seconds} s, in Chromium without a window: who follows, types a filter and scrolls waits for no frame longer than 50 ms, and no line is lost.`,
    seeds: [],
    figures: [
      ['lines written by the server', runs.map(({ sent, tookMs }) => `${sent} in ${tookMs} ms`).join(', ')],
      ['lines that reached the view', runs.map(({ shown }) => shown).join(', ')],
      ...uses.map(([name, traces]) => [name, describeTraces(traces)] as const),
      [
        'main thread of the page, computing',
        `${runs.map(({ busy }) => `${Math.round(busy * 100)} %`).join(', ')} of the time`,
      ],
      ['load of the machine when it began, over a minute', load.toFixed(1)],
    ],
    holds:
      uses.every(([, traces]) => holdsFrames(traces)) &&
      runs.every(({ shown, tookMs }) => shown === rate * seconds && tookMs < seconds * 1_100),
    notes: traceNotes,
  });
} finally {
  await browser.close();
  await server.stop();
}

/** The view is emptied, the server writes, and one follows, types and scrolls. */
async function record(page: Page, cdp: CDPSession): Promise<Run> {
  await page.getByRole('button', { name: 'Clear' }).click();
  const idle = await traceUse(page, () => page.waitForTimeout(1_000));
  const script = join(import.meta.dirname, 'line-source.ts');
  const source = spawn(process.execPath, [script, String(server.port), String(rate), String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  source.stdout.on('data', (text) => (output += text));
  const written = once(source, 'close');
  const busyBefore = await readBusy(cdp);
  const share = (seconds * 1_000 - warmUpMs) / 4;
  // What is compiled at first use is not what a frame costs.
  await page.waitForTimeout(warmUpMs / 2);
  await type(page, performance.now() + warmUpMs / 2);
  const following = await traceUse(page, () => page.waitForTimeout(share));
  const typing = await traceUse(page, () => type(page, performance.now() + share));
  const scrolling = await traceUse(page, () => scroll(page, performance.now() + share));
  await written;
  const [sent = 0, tookMs = 0] = output.match(/\d+/g)?.map(Number) ?? [];
  const busy = ((await readBusy(cdp)) - busyBefore) / (tookMs / 1_000);
  const shown = await countShown(page, rate * seconds);
  await page.getByRole('button', { name: 'Newest' }).click();
  return { idle, following, typing, scrolling, sent, tookMs, busy, shown };
}

/** How many lines the view has, with those that it says it has left out. */
async function countShown(page: Page, wanted: number): Promise<number> {
  const all = page.locator(`[role=option][aria-setsize="${Math.min(wanted, capacity)}"]`).first();
  // Where lines were lost it never comes to that; the count says how many.
  await all.waitFor({ timeout: 10_000 }).catch(() => {});
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  const kept = readFileSync(await saved.path(), 'utf8').split('disconnected').length - 1;
  const notices = await page.getByText('lines left out: the last').allTextContents();
  return kept + Number(notices[0]?.replace(/\D/g, '').slice(0, -String(capacity).length) ?? 0);
}

/** In seconds. */
async function readBusy(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

async function type(page: Page, until: number): Promise<void> {
  const box = page.getByRole('searchbox', { name: 'Filter by text' });
  await box.focus();
  while (performance.now() < until) {
    await page.keyboard.type('transport', { delay: 60 });
    for (let key = 0; key < 9; key++) await page.keyboard.press('Backspace', { delay: 30 });
  }
}

async function scroll(page: Page, until: number): Promise<void> {
  await page.getByRole('listbox', { name: 'Log lines' }).hover();
  while (performance.now() < until) {
    for (let step = 0; step < 12; step++) await page.mouse.wheel(0, -300);
    for (let step = 0; step < 6; step++) await page.mouse.wheel(0, 500);
  }
}
