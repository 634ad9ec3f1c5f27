/** Metrics: what was said is seen in six charts, by eye, by keyboard and by ear. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

async function talk(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Talk to Eliza' }).click();
  await page.getByRole('textbox', { name: 'Message to Eliza', exact: true }).fill('Hello.');
  await page.keyboard.press('Enter');
  await page.getByRole('log', { name: 'Messages' }).getByText('Please state your problem.').waitFor();
}

async function lookInside(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Look inside', exact: true }).click();
  await page.getByRole('link', { name: /^Metrics/ }).click();
  await page.getByRole('heading', { name: 'Metrics', level: 1 }).waitFor();
}

/** How many different colours are on the canvas of a chart, and the most frequent one that is not empty. */
const readCanvas = (page: Page, chart: string) =>
  page.locator(`[data-chart="${chart}"] canvas`).evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const pixels = (element as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    const counts = new Map<string, number>();
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] !== 255) continue;
      const colour = `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return { colours: counts.size, most: [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] };
  });

describe('metrics', { skip }, () => {
  it('says what to do while nothing was said, and shows what was said since', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await lookInside(page);
    await page.getByText('Say something in a room').waitFor();
    const connections = page.getByRole('region', { name: 'Connections' });
    await connections.locator('strong', { hasText: /^1$/ }).waitFor();
    await page.getByText('Say something').getByRole('link', { name: 'room' }).click();
    await talk(page);
    await lookInside(page);
    await page
      .getByRole('region', { name: 'Messages' })
      .locator('strong', { hasText: /^0\.\d\/s$/ })
      .waitFor();
    await page.getByRole('region', { name: 'Turns' }).getByText('0 under way').waitFor();
    for (const name of ['Time of a send', 'Time of a turn'])
      await page
        .getByRole('region', { name })
        .locator('strong', { hasText: /\d m?s$/ })
        .waitFor();
    await page
      .getByRole('region', { name: 'Memory and lag' })
      .locator('strong', { hasText: /^\d+ MB$/ })
      .waitFor();
    assert.equal(await page.getByText('Say something').count(), 0);
    assertQuiet();
  });

  it('asks again by itself, and the points are read with the arrow keys and the mouse', async (t) => {
    const { page, assertQuiet } = await openPage(t);
    await talk(page);
    await lookInside(page);
    const chart = page.getByRole('slider', { name: 'Messages, the last 5 minutes' });
    await page.waitForResponse(
      async (response) => {
        if (!response.url().endsWith('/api/server/metrics')) return false;
        const { data } = (await response.json()) as { data: { ring: unknown[] } };
        return data.ring.length >= 2;
      },
      { timeout: 20_000 },
    );
    await page.locator('[data-chart="messages"] [aria-valuemax="2"]').waitFor();
    const summary = await chart.evaluate((element) => {
      const id = element.getAttribute('aria-describedby') ?? '';
      return document.getElementById(id)?.textContent;
    });
    assert.match(summary ?? '', /^stored: now [\d.]+\/s, highest [\d.]+\/s, in the last 5 minutes\.$/);
    await chart.focus();
    await page.keyboard.press('Home');
    await page.locator('[data-chart="messages"] [aria-valuenow="0"]').waitFor();
    assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /^\d\d:\d\d:\d\d: stored [\d.]+\/s$/);
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-chart="messages"] [aria-valuenow="1"]').waitFor();
    await page.locator('[data-chart="messages"] p', { hasText: /^\d\d:\d\d:\d\d · stored/ }).waitFor();
    const box = await page.locator('[data-chart="send"] canvas').boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width - 10, box.y + box.height / 2);
    await page.locator('[data-chart="send"] p', { hasText: /^\d\d:\d\d:\d\d · p50/ }).waitFor();
    assertQuiet();
  });

  it('draws in the colours of the theme, and again when it changes', async (t) => {
    const { page, assertQuiet } = await openPage(t, { colorScheme: 'light' });
    await talk(page);
    await lookInside(page);
    await page.locator('[data-chart="process"] canvas').waitFor();
    const light = await readCanvas(page, 'process');
    assert.ok(light.colours > 1, JSON.stringify(light));
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => matchMedia('(prefers-color-scheme: dark)').matches);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assert.notEqual((await readCanvas(page, 'process')).most, light.most);
    assertQuiet();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page, assertQuiet } = await openPage(t, { colorScheme });
      await talk(page);
      await lookInside(page);
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await page.locator('[data-chart="process"] canvas').waitFor();
        await assertAccessible(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      }
      assertQuiet();
    });
  }
});
