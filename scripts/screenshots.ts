/**
 * `npm run screenshots`: the pictures of the README, taken from the real application in Chromium, light and dark. Only the
 * model is scripted: a provider on the loopback, so that the pictures are the same each time.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { io } from 'socket.io-client';
import { demand, wholeChromiumPath } from './chromium.ts';
import { openScene } from './screenshots/scene.ts';
import { makeTraffic } from './screenshots/traffic.ts';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const themes = ['light', 'dark'] as const;
const trafficMs = 170_000;

/** Each view: its file, where it is, and what has to be on it before it is taken. */
type View = { name: string; open: (page: Page) => Promise<void> };

const dir = mkdtempSync(join(tmpdir(), 'elizad-pictures-'));
mkdirSync(folder, { recursive: true });
const scene = await openScene(dir);
const browser = await chromium.launch({
  executablePath: demand(wholeChromiumPath),
  args: ['--no-sandbox', '--font-render-hinting=none'],
});
try {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  await context.addInitScript((entityId) => {
    localStorage.setItem('elizad-entity', entityId);
    localStorage.setItem('elizad-name', 'Ada');
  }, scene.ada);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const { roomId, questionId, agentId, otherId } = await scene.play(page);
  const wrong = io(scene.url, { auth: { name: 'my-bot' }, transports: ['websocket'] });
  await new Promise<void>((resolve) => wrong.once('connect', () => resolve()));
  const misbehave = () => {
    wrong.emit('mesage', { roomId, text: 'Hello?' });
    wrong.emit('message', { text: 'Hello?' });
    wrong.emit('message', {
      type: 2,
      payload: { roomId: crypto.randomUUID(), message: 'Hello?', metadata: { isDm: true } },
    });
  };
  const at = (path: string) => page.goto(scene.url + path);
  const views: View[] = [
    // First: a page that is loaded again and again is a finding itself.
    {
      name: 'wire-doctor',
      async open() {
        await at('/inside/wire');
        misbehave();
        await page.getByRole('button', { name: /my-bot/ }).click();
        await page.getByText('Did you mean').first().waitFor();
        // Once more for who watches now.
        misbehave();
        await page.getByRole('cell', { name: 'mesage' }).first().waitFor();
      },
    },
    {
      name: 'conversation',
      async open() {
        await at(`/rooms/${roomId}`);
        await page.getByText('It is rolled back, and nothing was lost.', { exact: true }).waitFor();
      },
    },
    {
      name: 'agent',
      async open() {
        await at(`/agents/${agentId}`);
        scene.answerNext('The **log** of the release. Then I say what I saw, and ask before I touch anything.');
        await page
          .getByRole('textbox', { name: 'Try a message to Scout' })
          .fill('A release fails. What do you do first?');
        await page.keyboard.press('Enter');
        await page.getByRole('log').getByText('Then I say what I saw').waitFor();
      },
    },
    {
      name: 'x-ray',
      async open() {
        await at(`/rooms/${roomId}/messages/${questionId}/xray`);
        await page.getByText('It was answered.').waitFor();
      },
    },
    {
      name: 'logs',
      async open() {
        process.stdout.write(`people come, ask and go for ${trafficMs / 1_000} s\n`);
        await at('/inside/logs');
        const agents = [agentId, otherId];
        await makeTraffic({ url: scene.url, agentIds: agents, durationMs: trafficMs, fail: scene.failNext });
        await page.getByText('turn answered').first().waitFor();
      },
    },
    {
      name: 'metrics',
      async open() {
        await at('/inside/metrics');
        await page.getByRole('heading', { name: 'Memory and lag' }).waitFor();
      },
    },
  ];
  for (const { name, open } of views) {
    await open(page);
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      // Fonts, charts and what slides in.
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      process.stdout.write(`docs/images/${name}-${colorScheme}.png\n`);
    }
  }
  wrong.close();
} finally {
  await browser.close();
  await scene.close();
  rmSync(dir, { recursive: true, force: true });
}
