/** A page in the DM with an agent whose model is a scripted provider. */
import type { TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { openModel } from '../../../server/tests/support/model-room.ts';
import { openPage } from './browser.ts';

/** The parts of a conversation that every flow touches. Exact: to try an agent there is a box of nearly the same name. */
export function findParts(page: Page, name: string) {
  return {
    log: page.getByRole('log', { name: 'Messages' }),
    box: page.getByRole('textbox', { name: `Message to ${name}`, exact: true }),
    say: async (text: string) => {
      await page.getByRole('textbox', { name: `Message to ${name}`, exact: true }).fill(text);
      await page.keyboard.press('Enter');
    },
    /** What can be done with the message of a `seq`. */
    deed: async (seq: number, label: string) => {
      await page.getByRole('button', { name: `Message ${seq}: what can be done` }).click();
      await page.getByRole('menuitem', { name: label }).click();
    },
  };
}

export async function openDm(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Agents', exact: true }).click();
  await page
    .getByRole('navigation', { name: 'Agents' })
    .getByRole('link', { name: new RegExp(name) })
    .click();
  await page.getByRole('button', { name: 'Talk', exact: true }).click();
  await page.getByRole('textbox', { name: `Message to ${name}`, exact: true }).waitFor();
}

/** Reloads a page, and holds the answer with its messages back when the server has given it; what is returned lets it go. */
export async function holdHistory(page: Page): Promise<() => void> {
  const [held, given] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route(/endings=true/, async (route) => {
    const response = await route.fetch();
    given.resolve();
    await held.promise;
    await route.fulfill({ response });
  });
  await page.reload();
  await given.promise;
  return held.resolve;
}

export async function openTalk(t: TestContext, env: Record<string, string> = {}) {
  const model = await openModel(t);
  const opened = await openPage(t, { env: { ...model.env, ...env } });
  await openDm(opened.page, 'Cleo');
  return { ...opened, provider: model.provider, ...findParts(opened.page, 'Cleo') };
}
