/**
 * The web client under load, while Chromium traces itself: a room of 100,000 messages is scrolled, jumped through and
 * written in. `npm run prove:web-frames -- --messages 5000` is a trial.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { writeLongRoom } from '../packages/web/tests/support/long-room.ts';
import { demand, wholeChromiumPath } from '../scripts/chromium.ts';
import { startMeasuredServer } from './measured-server.ts';
import { keepResult } from './result.ts';
import { describeTraces, holdsFrames, recordings, type Trace, traceNotes, traceUse } from './web-trace.ts';

const { values } = parseArgs({ options: { messages: { type: 'string', default: '100000' } } });
const messages = Number(values.messages);
const between = 16;

type Use = { name: string; use: (page: Page) => Promise<void> };

const wheel =
  (deltaY: number, times: number) =>
  async (page: Page): Promise<void> => {
    await page.getByRole('log', { name: 'Messages' }).hover();
    for (let turn = 0; turn < times; turn++) {
      await page.mouse.wheel(0, deltaY);
      await page.waitForTimeout(between);
    }
  };

async function jump(page: Page, keys: readonly string[]): Promise<void> {
  await page.getByRole('log', { name: 'Messages' }).focus();
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(500);
  }
}

const inRoom: readonly Use[] = [
  { name: 'scrolled up by 100,000 px', use: wheel(-400, 250) },
  { name: 'scrolled down by 100,000 px', use: wheel(400, 250) },
  {
    name: 'jumped to its beginning and its end',
    use: (page) => jump(page, ['Home', 'End', 'Home', 'End', 'Home', 'End']),
  },
  {
    name: 'written in',
    async use(page) {
      await page.getByRole('textbox', { name: /^Message to/ }).focus();
      for (const letter of 'The quick brown fox jumps over the lazy dog. '.repeat(3)) {
        await page.keyboard.type(letter);
        await page.waitForTimeout(between);
      }
    },
  },
];

const dir = mkdtempSync(join(tmpdir(), 'elizad-frames-'));
const dataDir = join(dir, 'data');
const { roomId } = await writeLongRoom(dataDir, messages);
const server = await startMeasuredServer({ ELIZAD_DATA: dataDir });
const browser = await chromium.launch({
  executablePath: demand(wholeChromiumPath),
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1320, height: 860 } });
  await page.goto(`${server.url}/rooms/${roomId}`);
  await page.getByText(`note ${messages}.`).last().waitFor();
  // What is compiled and loaded at first use is not what a frame costs.
  await wheel(-400, 30)(page);
  await wheel(400, 40)(page);
  await jump(page, ['Home', 'End']);
  const traces = new Map<string, Trace[]>(inRoom.map(({ name }) => [name, []]));
  for (let recording = 1; recording <= recordings; recording++) {
    process.stdout.write(`recording ${recording} of ${recordings}\n`);
    for (const { name, use } of inRoom) traces.get(name)?.push(await traceUse(page, () => use(page)));
  }
  keepResult({
    name: 'web-frames',
    claim: `A room of ${messages} messages in headless Chromium, drawn by the CPU: nobody waits for a frame longer than 50 ms while it is scrolled, jumped through and written in.`,
    seeds: [],
    figures: [...traces].map(([name, recorded]) => [name, describeTraces(recorded)] as const),
    holds: [...traces.values()].every(holdsFrames),
    notes: traceNotes,
  });
} finally {
  await browser.close();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
