/**
 * The React client of Eliza OS as it is on npm, unmodified, in a browser, with elizad in the place of the reference server.
 * Run by `npm run test:official`; it needs Chromium (`CHROMIUM` names it, where it is not found).
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { openClient } from '../packages/server/tests/support/stock-client.ts';
import {
  makeDir,
  type ServerProcess,
  spawnServer,
  writeCharacter,
} from '../packages/server/tests/support/test-server.ts';
import { chromiumPath, demand } from '../scripts/chromium.ts';
import { openClientPage } from './support/client-page.ts';
import { serveClient } from './support/client-server.ts';
import { fetchPackage, reactClients } from './support/fetch-package.ts';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const [newest] = reactClients.slice(-1);
assert.ok(newest);

/** What it says in its console whatever server it talks to: it asks hosts of others, which are kept away from it here. */
const alwaysThere = [
  /ERR_NAME_NOT_RESOLVED/,
  /ERR_FAILED/,
  /Failed to fetch from registry/,
  /api\.github\.com|elevenlabs/,
];

describe('the official React client', { skip: !chromiumPath && 'no Chromium' }, () => {
  let server: ServerProcess;
  let client: { url: string; close(): Promise<void> };
  let browser: Browser;
  let page: Page;
  let answers: Promise<unknown>[] = [];
  let complaints: string[];
  let failed: string[];

  const button = (icon: string): Locator => page.locator(`button:has(svg.lucide-${icon})`);
  const input = (): Locator => page.getByPlaceholder(/^(Type your message here|Message group)/);
  const seen = (text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor();

  async function say(text: string, answer: string | RegExp): Promise<void> {
    await input().fill(text);
    await input().press('Enter');
    await seen(answer);
    await page.waitForFunction(() => !document.querySelector('textarea')?.disabled);
  }

  async function openDm(name: string): Promise<void> {
    await page.getByRole('link', { name }).first().click();
    await input().waitFor();
    await seen('Connected');
  }

  // Not of a test: they live as long as the suite.
  const ends: (() => unknown)[] = [];
  const scope = { after: (end: () => unknown) => void ends.push(end) } as unknown as Parameters<typeof makeDir>[0];

  before(async () => {
    const dir = makeDir(scope);
    const cleo = writeCharacter(dir, {
      name: 'Cleo',
      bio: ['Listens.'],
      system: 'Listen.',
      settings: { model: 'eliza', respond: 'always' },
    });
    const bea = writeCharacter(dir, {
      name: 'Bea',
      bio: ['Listens too.'],
      system: 'Listen.',
      settings: { model: 'eliza', respond: 'always' },
    });
    server = await spawnServer(scope, join(dir, 'data'), {}, ['--character', cleo, '--character', bea]);
    client = await serveClient(join(fetchPackage(newest), 'dist/client'), server.url);
    browser = await chromium.launch({ executablePath: demand(chromiumPath), args: ['--no-sandbox'] });
    ({ page, complaints, failed } = await openClientPage(browser, client.url));
    await page.goto(client.url);
    await page.getByRole('button', { name: 'Skip' }).click();
  });

  after(async () => {
    await Promise.allSettled(answers);
    answers = [];
    await browser?.close();
    await client?.close();
    for (const end of ends.reverse()) await end();
  });

  test('shows its home, with the agents and the version of the server', async () => {
    for (const name of ['Cleo', 'Bea']) await page.getByRole('heading', { name, level: 3 }).waitFor();
    await seen(/^v0\.1\.0/);
  });

  test('talks with an agent, and may talk on', async () => {
    await openDm('Cleo');
    await say('I am sad', 'I am sorry to hear you are sad.');
    await say('my mother is sad too', 'Tell me more about your family.');
    await say('yes', 'You seem quite positive.');
    await say('I think so', 'You say you think so?');
  });

  test('has the history after a reload, and gets what is older by the time of the oldest that it has', async () => {
    const channelId = await findDm();
    const other = openClient(scope, server.url);
    for (let index = 1; index <= 40; index++)
      await other.ask('message', { roomId: channelId, text: `note ${index} of many` });
    await page.reload();
    await seen('note 40 of many');
    await seen('note 30 of many');
    // It has the code to page back, but nothing on the page calls it: this is the request that it makes.
    const pages = await page.evaluate(async (path) => {
      const texts: string[] = [];
      for (let before = ''; ; ) {
        const answer = await fetch(`${path}?limit=30${before && `&before=${encodeURIComponent(before)}`}`);
        const { data } = (await answer.json()) as { data: { messages: { content: string; createdAt: string }[] } };
        texts.push(...data.messages.map(({ content }) => content));
        const oldest = data.messages.at(-1);
        if (data.messages.length < 30 || !oldest) return texts;
        before = new Date(oldest.createdAt).toISOString();
      }
    }, `/api/messaging/channels/${channelId}/messages`);
    const notes = pages.filter((text) => text.startsWith('note '));
    assert.deepEqual(
      notes,
      Array.from({ length: 40 }, (_, index) => `note ${40 - index} of many`),
    );
    assert.ok(pages.includes('I am sorry to hear you are sad.'));
  });

  test('deletes a message', async () => {
    await openDm('Bea');
    await say('I am glad', /glad/);
    const messages = page.getByText('I am glad', { exact: true });
    await messages.first().waitFor();
    await button('trash-2').first().click();
    await messages.first().waitFor({ state: 'detached' });
    await page.reload();
    await input().waitFor();
    assert.equal(await messages.count(), 0);
  });

  test('shows what an agent remembers, what its model was asked, and its runs', async () => {
    await button('panel-right').click();
    await page.getByRole('tab', { name: 'Memories' }).click();
    await seen('agent_response');
    await page.getByRole('tab', { name: 'Model Calls' }).click();
    await seen('eliza-1966');
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await seen(/^Run /);
  });

  test('changes a character', async () => {
    await page.getByRole('tab', { name: 'Details' }).click();
    await page.getByLabel(/System/).fill('Listen, and be brief.');
    await page.getByRole('button', { name: 'Save' }).click();
    await seen(/updated|saved/i);
    const agents = (await (await fetch(`${server.url}/api/agents`)).json()) as {
      data: { agents: { id: string; name: string }[] };
    };
    const bea = agents.data.agents.find(({ name }) => name === 'Bea');
    const { data } = (await (await fetch(`${server.url}/api/agents/${bea?.id}`)).json()) as {
      data: { system: string };
    };
    assert.equal(data.system, 'Listen, and be brief.');
  });

  test('makes a group with two agents, who both answer', async () => {
    await page.goto(`${client.url}/group/new`);
    await page.getByLabel(/Chat Name/).fill('The three of us');
    await page.getByText('Select agents...').click();
    const dialog = page.locator('div.fixed:has(#chat-name)');
    for (const name of ['Cleo', 'Bea'])
      await dialog
        .locator('.cursor-pointer')
        .filter({ hasText: new RegExp(`${name}$`) })
        .last()
        .click();
    await page.getByRole('heading', { name: 'Create Group Chat' }).click();
    await page.getByRole('button', { name: 'Create Group' }).click();
    // It goes back by itself when the group is there.
    await page.waitForURL(({ pathname }) => pathname !== '/group/new');
    await page.getByRole('link', { name: 'The three of us' }).click();
    await input().waitFor();
    await say('I am sad', 'I am sorry to hear you are sad.');
    await page.waitForFunction(() => document.body.innerText.split('I am sorry to hear you are sad.').length > 2);
  });

  test('uploads an image, and shows it', async () => {
    await openDm('Cleo');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Attach file' }).click();
    await (await chooser).setFiles({ name: 'pixel.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') });
    await say('what is this?', /.+/);
    await page.locator('img[src*="/media/uploads/"]').first().waitFor();
  });

  test('shows the log as it is written', async () => {
    await page.getByRole('link', { name: 'Logs' }).click();
    await seen(/turn/i);
  });

  test('complains of nothing that it would not complain of anyway', () => {
    assert.deepEqual(failed, []);
    assert.deepEqual(
      complaints.filter((text) => !alwaysThere.some((pattern) => pattern.test(text))),
      [],
    );
  });

  async function findDm(): Promise<string> {
    type Channels = { data: { channels: { id: string; type: string }[] } };
    const path = '/api/messaging/message-servers/00000000-0000-0000-0000-000000000000/channels';
    const { data } = (await (await fetch(server.url + path)).json()) as Channels;
    return data.channels.find(({ type }) => type === 'DM')?.id as string;
  }
});
