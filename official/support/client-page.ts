/** A page of a web client, kept away from the hosts of others, with what went wrong in it. */
import type { Browser, Page } from 'playwright-core';

export type ClientPage = {
  page: Page;
  /** What it said in its console. */
  complaints: string[];
  /** Answers of the server that were refusals. */
  failed: string[];
};

export async function openClientPage(browser: Browser, url: string): Promise<ClientPage> {
  const complaints: string[] = [];
  const failed: string[] = [];
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  await context.route(
    (address) => address.origin !== url,
    (route) => route.abort(),
  );
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() < 400) return;
    failed.push(`${response.status()} ${response.request().method()} ${response.url().replace(url, '')}`);
  });
  return { page, complaints, failed };
}
