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
import { describeTrace, holdsFrames, traceNotes, traceUse } from './web-trace.ts';

const { values } = parseArgs({
  options: { rate: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '10' } },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
/** Of the view. */
const capacity = 20_000;
const warmUpMs = 1_000;

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
  await page.getByRole('button', { name: 'Clear' }).click();
  const idle = await traceUse(page, () => page.waitForTimeout(1_000));
  const script = join(import.meta.dirname, 'line-source.ts');
  const source = spawn(process.execPath, [script, String(server.port), String(rate), String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  source.stdout.on('data', (text) => (output += text));
  const written = once(source, 'close').then(() => output.trim());
  const cdp = await page.context().newCDPSession(page);
  // Of the page's main thread, by its own clock: what else runs on the machine does not count.
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busyBefore = await readBusy(cdp);
  const load = loadavg()[0] ?? 0;
  const share = (seconds * 1_000 - warmUpMs) / 4;
  // What is compiled at first use is not what a frame costs.
  await page.waitForTimeout(warmUpMs / 2);
  await type(page, performance.now() + warmUpMs / 2);
  const following = await traceUse(page, () => page.waitForTimeout(share));
  const typing = await traceUse(page, () => type(page, performance.now() + share));
  const scrolling = await traceUse(page, () => scroll(page, performance.now() + share));
  const rest = await traceUse(page, async () => void (await written));
  const sent = await written;
  const took = Number(/in (\d+) ms/.exec(sent)?.[1]);
  const busy = (await readBusy(cdp)) - busyBefore;
  const shown = await countShown(page, rate * seconds);
  keepResult({
    name: 'web-logs',
    claim: `The live log with ${rate} lines a second for ${seconds} s, in Chromium without a window: who follows, types a filter and scrolls waits for no frame longer than 50 ms, and no line is lost.`,
    seeds: [],
    figures: [
      ['lines written by the server', sent],
      ['lines that reached the view', String(shown)],
      ['idle', describeTrace(idle)],
      ['following the end', describeTrace(following)],
      ['typing in the filter', describeTrace(typing)],
      ['scrolling', describeTrace(scrolling)],
      ['until the last line', describeTrace(rest)],
      ['main thread of the page, computing', `${((busy / took) * 100_000).toFixed(0)} % of the time`],
      ['load of the machine when it began, over a minute', load.toFixed(1)],
    ],
    holds: [following, typing, scrolling].every(holdsFrames) && shown === rate * seconds && took < seconds * 1_100,
    notes: traceNotes,
  });
} finally {
  await browser.close();
  await server.stop();
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
  const kept = readFileSync(await saved.path(), 'utf8').split('a handshake failed').length - 1;
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
