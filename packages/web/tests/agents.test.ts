/** Agents: one is made, changed, refused where it is wrong, tried beside its form, stopped, taken along, and deleted. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assertAccessible, openPage, phone, skip } from './support/browser.ts';

type Detail = {
  id: string;
  name: string;
  username?: string;
  bio: string[];
  topics?: string[];
  settings: Record<string, unknown>;
  status: string;
};

async function openAgents(...[t, options]: Parameters<typeof openPage>) {
  const opened = await openPage(t, { path: '/agents', ...options });
  const { page, server } = opened;
  const make = async (name: string) => {
    await page.getByRole('button', { name: 'New agent' }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await page.getByRole('button', { name: 'Create and start it' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  };
  const address = () => `${server.url}/api${new URL(page.url()).pathname}`;
  const read = async (): Promise<Detail> => ((await (await fetch(address())).json()) as { data: Detail }).data;
  /** As somebody else does. */
  const change = (fields: object) =>
    fetch(address(), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
  return { ...opened, make, read, change };
}

describe('agents', { skip }, () => {
  it('makes one with the form, saves what is changed, and says at its place what is wrong', async (t) => {
    const { page, make, read, assertQuiet } = await openAgents(t);
    await make('Otter');
    await page.getByRole('button', { name: 'Add to Bio' }).click();
    await page.getByRole('textbox', { name: 'Bio 1' }).fill('Helps to pack.');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Never forgot a toothbrush.');
    await page.getByRole('textbox', { name: 'Settings' }).fill('{"temperature": 0.5}');
    await page.getByText('Not saved yet; kept in this browser.').waitFor();
    await page.reload();
    await page.getByRole('textbox', { name: 'Bio 2' }).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    const { bio, settings } = await read();
    assert.deepEqual(bio, ['Helps to pack.', 'Never forgot a toothbrush.']);
    assert.equal(settings.temperature, 0.5);
    await page.getByLabel('Name', { exact: true }).fill(' ');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /[Tt]oo small|expected/ })
      .waitFor();
    assert.equal((await read()).name, 'Otter');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Otter');
    assertQuiet();
  });

  it('changes what the form does not show so well as JSON', async (t) => {
    const { page, make, read } = await openAgents(t);
    await make('Otter');
    await page.getByRole('button', { name: 'As JSON' }).click();
    const box = page.getByRole('textbox', { name: 'Character as JSON' });
    const now = JSON.parse(await box.inputValue()) as object;
    await box.fill(JSON.stringify({ ...now, topics: ['packing'] }));
    await page.getByRole('button', { name: 'As a form' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Topics 1' }).inputValue(), 'packing');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    assert.deepEqual((await read()).topics, ['packing']);
  });

  it('keeps a value while a name is written through another name, and a secret nowhere but in its box', async (t) => {
    const { page, make, read, assertQuiet } = await openAgents(t);
    await make('Otter');
    for (const [index, name, text] of [
      [1, 'a', 'one'],
      [2, 'ab', 'two'],
    ] as const) {
      await page.getByRole('button', { name: 'Add to Templates' }).click();
      // Letter by letter: 'a' is there already on the way to 'ab'.
      await page.getByLabel(`Templates ${index}: name`).pressSequentially(name);
      await page.getByLabel(`Templates ${index}: value`).fill(text);
    }
    await page.getByLabel('Templates 2: name').fill('a');
    await page.getByText('a is there twice').waitFor();
    await page.getByLabel('Templates 2: name').pressSequentially('b');
    await page.getByRole('button', { name: 'Add to Secrets' }).click();
    await page.getByLabel('Secrets 1: name').fill('KEY');
    await page.getByLabel('Secrets 1: value').fill('not-to-be-kept');
    assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('not-to-be-kept')), false);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    const { templates, settings } = (await read()) as Detail & { templates: unknown };
    assert.deepEqual(templates, { a: 'one', ab: 'two' });
    assert.deepEqual(Object.keys(settings.secrets as object), ['KEY']);
    assert.equal(await page.getByLabel('Secrets 1: value').inputValue(), '');
    // By another name nothing would stand for it.
    await page.getByLabel('Secrets 1: name').focus();
    await page.keyboard.type('2');
    assert.equal(await page.getByLabel('Secrets 1: name').inputValue(), 'KEY');
    await page.getByRole('button', { name: 'Remove Secrets 1' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    assert.equal((await read()).settings.secrets, undefined);
    assertQuiet();
  });

  it('keeps what is changed here, takes what others save meanwhile, and loses nothing that is typed during a save', async (t) => {
    const { page, make, read, change, assertQuiet } = await openAgents(t);
    await make('Otter');
    const settings = page.getByRole('textbox', { name: 'Settings' });
    await settings.fill('{"temperature": 0.5}');
    await page.getByText('Not saved yet; kept in this browser.').waitFor();
    await change({ bio: ['Theirs.'], settings: { maxTokens: 100 } });
    await page.reload();
    assert.equal(await page.getByRole('textbox', { name: 'Bio 1' }).inputValue(), 'Theirs.');
    assert.deepEqual(JSON.parse(await settings.inputValue()), { maxTokens: 100, temperature: 0.5 });
    await change({ topics: ['theirs'], settings: { maxTokens: 200 } });
    const unread = '{"maxTokens": 100, "temperature": 0.5, "respond":';
    await settings.fill(unread);
    // The line is given up, and another one opened.
    await page.evaluate(() => dispatchEvent(new Event('offline')));
    await page.getByRole('textbox', { name: 'Topics 1' }).waitFor();
    assert.equal(await settings.inputValue(), unread);
    await settings.fill(`${unread} "always"}`);
    const both = { maxTokens: 200, temperature: 0.5, respond: 'always' };
    assert.deepEqual(JSON.parse(await settings.inputValue()), both);
    const held = Promise.withResolvers<void>();
    await page.route('**/api/agents/*', (route) => held.promise.then(() => route.continue()));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('User name').fill('otter');
    held.resolve();
    await page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.locator('button:enabled', { hasText: /^Save$/ }).waitFor();
    const { username, bio, topics, settings: saved } = await read();
    assert.deepEqual([username, bio, topics], [undefined, ['Theirs.'], ['theirs']]);
    assert.deepEqual(saved, both);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    assert.equal((await read()).username, 'otter');
    assertQuiet();
  });

  it('draws what is no character at all, and says at its place what is wrong', async (t) => {
    const { page, make, assertQuiet } = await openAgents(t);
    await make('Otter');
    await page.getByRole('button', { name: 'As JSON' }).click();
    const box = page.getByRole('textbox', { name: 'Character as JSON' });
    await box.fill('null');
    await page.getByText('It is to be an object').waitFor();
    await box.fill('{"name": {}, "bio": 7, "style": 1, "messageExamples": [null], "templates": "x", "secrets": []}');
    await page.getByRole('button', { name: 'As a form' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Examples', exact: true }).inputValue(), '[\n  null\n]');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').nth(4).waitFor();
    assertQuiet();
  });

  it('tries one beside its form, starts over, stops and starts it', async (t) => {
    const { page, make, read } = await openAgents(t);
    await make('Otter');
    const trial = page.getByRole('region', { name: 'Try Otter' });
    await trial.getByRole('textbox', { name: 'Try a message to Otter' }).fill('Hello.');
    await page.keyboard.press('Enter');
    await trial.getByRole('log').getByText('Please state your problem.').waitFor();
    await page.getByLabel('User name').fill('otter');
    await trial.getByText('It answers with what is saved.').waitFor();
    await trial.getByRole('button', { name: 'Save and try' }).click();
    await trial.getByRole('log').getByText('Please state your problem.').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
    assert.equal((await read()).status, 'inactive');
    await page.getByRole('navigation', { name: 'Agents' }).getByText('stopped').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('button', { name: 'Talk', exact: true }).waitFor();
  });

  it('throws the room of a trial away, also when the page is closed', async (t) => {
    const { page, make, server } = await openAgents(t);
    await make('Otter');
    const trial = page.getByRole('region', { name: 'Try Otter' });
    await trial.getByRole('textbox', { name: 'Try a message to Otter' }).fill('Hello.');
    await page.keyboard.press('Enter');
    await trial.getByRole('log').getByText('Please state your problem.').waitFor();
    const listRooms = async () => {
      const response = await fetch(
        `${server.url}/api/messaging/message-servers/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/channels`,
      );
      return ((await response.json()) as { data: { channels: { name: string }[] } }).data.channels.map(
        ({ name }) => name,
      );
    };
    assert.deepEqual(await listRooms(), ['Trying Otter']);
    await page.goto('about:blank');
    const deadline = Date.now() + 10_000;
    while ((await listRooms()).length > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await listRooms(), []);
  });

  it('exports a character that imports again as it was, says what is wrong with a file, and deletes', async (t) => {
    const { page, make, read } = await openAgents(t);
    await make('Otter');
    await page.getByRole('button', { name: 'Add to Topics' }).click();
    await page.getByRole('textbox', { name: 'Topics 1' }).fill('packing');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'detached' });
    const before = await read();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export' }).click(),
    ]);
    const file = await download.path();
    assert.equal(download.suggestedFilename(), 'otter.json');
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor();
    assert.equal(await page.getByRole('navigation', { name: 'Agents' }).getByText('Otter').count(), 0);
    await page.getByRole('button', { name: 'New agent' }).click();
    await page.getByLabel('Its JSON').fill('{"name": "Otter", "bio": 7}');
    await page.getByRole('button', { name: 'Create and start it' }).click();
    await page.getByText('expected a text or a list of texts').waitFor();
    await assertAccessible(page);
    await page
      .getByLabel('Or a character file')
      .setInputFiles({ name: 'otter.json', mimeType: 'application/json', buffer: readFileSync(file) });
    await page.waitForFunction(() =>
      document.querySelector<HTMLTextAreaElement>('#character-json')?.value.includes('packing'),
    );
    await page.getByRole('button', { name: 'Create and start it' }).click();
    await page.getByRole('heading', { name: 'Otter', level: 1 }).waitFor();
    const { id: _id, ...after } = await read();
    for (const name of ['name', 'bio', 'topics', 'settings'] as const) assert.deepEqual(after[name], before[name]);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`has no serious fault of accessibility in the ${colorScheme} theme, wide and on a phone`, async (t) => {
      const { page, make, assertQuiet } = await openAgents(t, { colorScheme });
      await make('Otter');
      await page.getByRole('button', { name: 'Add a conversation to Examples', exact: true }).click();
      await page.getByRole('button', { name: 'Add to Secrets' }).click();
      for (const viewport of [page.viewportSize(), phone]) {
        if (viewport) await page.setViewportSize(viewport);
        await assertAccessible(page);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
      }
      assertQuiet();
    });
  }
});
