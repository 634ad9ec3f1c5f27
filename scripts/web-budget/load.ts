/**
 * What the first load of the web client costs a browser: bytes over the wire, tasks that held the page up, and when one
 * saw something; of each address in a fresh browser, from a server of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { startApp } from '../../packages/server/src/app/app.ts';
import { readSettings } from '../../packages/server/src/config.ts';

export type Load = {
  path: string;
  /** Everything that was fetched, compressed, headers included. */
  bytes: number;
  /** First Contentful Paint, ms. */
  paintMs: number;
  /** Tasks of more than 50 ms. */
  longTasks: number;
  /** What of them is beyond 50 ms each: Total Blocking Time. */
  blockingMs: number;
};

const longMs = 50;

/** Loads each address `times` times and keeps the one in the middle by blocking time. */
export async function measureLoads(executablePath: string, paths: readonly string[], times = 3): Promise<Load[]> {
  const dir = mkdtempSync(join(tmpdir(), 'elizad-load-'));
  const env = { PORT: '0', ELIZAD_DATA: join(dir, 'data'), LOG_LEVEL: 'silent', STOP_TIMEOUT_MS: '0' };
  const app = await startApp(readSettings({ env }));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const loads: Load[] = [];
    for (const path of paths) {
      const tries: Load[] = [];
      for (let time = 0; time < times; time++) tries.push(await measure(browser, app.url, path));
      tries.sort((a, b) => a.blockingMs - b.blockingMs);
      loads.push(tries[Math.floor(times / 2)] as Load);
    }
    return loads;
  } finally {
    await browser.close();
    await app.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(browser: Browser, url: string, path: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1320, height: 860 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.addInitScript(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    Object.assign(globalThis, { tasks });
  });
  await page.goto(url + path, { waitUntil: 'load' });
  await page.getByRole('navigation', { name: 'Sections' }).waitFor();
  // Once nothing has been fetched for half a second.
  await page.waitForLoadState('networkidle');
  const { tasks, paintMs } = await page.evaluate(() => ({
    tasks: (globalThis as unknown as { tasks: number[] }).tasks,
    paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  }));
  await context.close();
  return {
    path,
    bytes,
    paintMs,
    longTasks: tasks.length,
    blockingMs: tasks.reduce((sum, ms) => sum + Math.max(0, ms - longMs), 0),
  };
}
