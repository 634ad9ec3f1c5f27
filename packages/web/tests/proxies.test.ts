/** The web client behind nginx, Caddy and haproxy, as docs/deploy.md sets them up: at the root of a host, and under a path. */
import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumPath, demand } from '../../../scripts/chromium.ts';
import { openTestServer } from '../../server/tests/support/test-server.ts';
import { skip } from './support/browser.ts';
import { openProxy, proxies, skipOf } from './support/proxies.ts';
import { findParts } from './support/talk.ts';

const key = 'a-key-of-some-length';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQImWP4z8DwH4QBEfcD/RSF9bkAAAAASUVORK5CYII=',
  'base64',
);
/** More than a proxy lets through that was not told. */
const long = { name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.from('A line.\n'.repeat(200_000)) };
const picture = { name: 'dot.png', mimeType: 'image/png', buffer: png };

let browser: Promise<Browser> | undefined;
after(async () => (await browser)?.close());

/** A page of somebody who has the key; what it complains of is kept. */
async function openPage(t: TestContext, basePath: string) {
  const args = ['--no-sandbox', '--host-resolver-rules=MAP *.example.com 127.0.0.1'];
  browser ??= chromium.launch({ executablePath: demand(chromiumPath), args });
  const context = await (await browser).newContext({ ignoreHTTPSErrors: true, locale: 'en-GB' });
  t.after(() => context.close());
  const kept = basePath === '' ? 'elizad-key' : `elizad:${basePath}:key`;
  await context.addInitScript(([name = '', value = '']) => localStorage.setItem(name, value), [kept, key]);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on(
    'response',
    (response) => response.status() >= 400 && complaints.push(`${response.status()} ${response.url()}`),
  );
  return { page, complaints };
}

/** Writes over HTTP as a page does, with its origin. */
const rename = (page: Page, address: string) =>
  page.evaluate(
    async ([url = '', apiKey = '']) => {
      const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
      return (await fetch(url, { method: 'PATCH', headers, body: '{"name":"The lounge"}' })).status;
    },
    [address, key],
  );

/** Reads the events of a room, says something once the first bytes are there, and resolves when it comes: the stream goes on. */
const hearEvent = (page: Page, room: string) =>
  page.evaluate(
    async ([url = '', apiKey = '']) => {
      const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
      const end = new AbortController();
      const { body } = await fetch(`${url}/events`, { headers, signal: end.signal });
      const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
      let heard = (await reader?.read())?.value ?? '';
      const message = { content: 'Now.', author_id: crypto.randomUUID() };
      await fetch(`${url}/messages`, { method: 'POST', headers, body: JSON.stringify(message) });
      while (!heard.includes('Now.')) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) return 'it ended';
        heard += value;
      }
      end.abort();
      return 'heard';
    },
    [room, key],
  );

for (const proxy of proxies)
  describe(`behind ${proxy.name}`, { skip: skip || skipOf(proxy) }, () => {
    for (const [where, basePath] of [
      ['root', ''],
      ['path', '/eliza'],
    ] as const)
      it(`at the ${where}: page, WebSocket, upload, reload, writes and streams`, async (t) => {
        const app = await openTestServer(t, {
          ELIZAD_API_KEY: key,
          TRUST_PROXY: 'loopback',
          BASE_PATH: basePath || '/',
        });
        const origin = await openProxy(t, proxy, where, app.url);
        const { page, complaints } = await openPage(t, basePath);
        const socket = page.waitForEvent('websocket');
        await page.goto(origin + basePath);
        await page.getByRole('button', { name: 'Talk to Eliza' }).click();
        const { log, say } = findParts(page, 'Eliza');
        await say('Hello.');
        await log.getByText('Please state your problem.').waitFor();
        assert.ok((await socket).url().startsWith(`${origin.replace('https', 'wss')}${basePath}/socket.io/`));
        const listed = await fetch(`${app.url}/api/server/sockets`, { headers: { 'x-api-key': key } });
        assert.match(await listed.text(), /"transport":"websocket"/);

        await page.getByLabel('Files', { exact: true }).setInputFiles([picture, long]);
        await page
          .getByRole('list', { name: 'Files to send' })
          .getByRole('progressbar')
          .first()
          .waitFor({ state: 'detached' });
        await say('Look.');
        const shown = log.getByRole('button', { name: 'Show dot.png large' }).getByRole('img');
        await shown.evaluate((image: HTMLImageElement) => image.decode());
        await log.getByRole('link', { name: /Download long.txt/ }).waitFor();

        await page.reload();
        await log.getByText('Hello.', { exact: true }).waitFor();
        await shown.evaluate((image: HTMLImageElement) => image.decode());

        const roomId = /\/rooms\/([\w-]+)/.exec(page.url())?.[1];
        const room = `${origin}${basePath}/api/messaging/channels/${roomId}`;
        assert.equal(await rename(page, room), 200);
        assert.equal(await hearEvent(page, room), 'heard');
        await log.getByText('Now.', { exact: true }).waitFor();
        assert.deepEqual(complaints, []);
      });
  });
