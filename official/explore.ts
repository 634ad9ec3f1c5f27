import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const url = process.argv[2] as string;
const steps = readFileSync(process.argv[3] as string, 'utf8');
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
const page = await context.newPage();
page.setDefaultTimeout(6000);
page.on('console', (m) => {
  if (m.type() === 'error' && !m.text().includes('version') && !m.text().includes('404'))
    console.log('console', m.text().slice(0, 300));
});
page.on('pageerror', (e) => console.log('pageerror', e.message.slice(0, 300)));
page.on('response', async (r) => {
  if (
    !r.url().includes('version') &&
    r.url().includes('/api/') &&
    (r.status() >= 400 || r.request().method() !== 'GET')
  )
    console.log(
      r.status(),
      r.request().method(),
      r.url().replace(url, ''),
      (await r.text().catch(() => '')).slice(0, 300),
      (r.request().postData() ?? '').slice(0, 400),
    );
});
const wait = (ms: number) => page.waitForTimeout(ms);
const snap = async () => console.log(await page.locator('body').ariaSnapshot());
const shot = (n: string) => page.screenshot({ path: `/tmp/scratch/ui-${n}.png` });
try {
  await new (Object.getPrototypeOf(async () => {}).constructor)('page', 'url', 'wait', 'snap', 'shot', steps)(
    page,
    url,
    wait,
    snap,
    shot,
  );
} catch (e) {
  console.log('FAILED', e);
  await snap();
  await shot('failed');
}
await browser.close();
