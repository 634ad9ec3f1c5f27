/** Texts that are made to be slow, or to nest without an end: the page reacts while they are drawn, and after. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage, skip } from './support/browser.ts';
import { findParts } from './support/talk.ts';
import { openWrittenRoom } from './support/written-room.ts';

/** Between two frames, in ms. Alone it is a tenth of it; this machine may do other things. */
const longest = 3_000;
/** As long as is drawn as markdown. */
const most = 20_000;
const fill = (part: string): string => part.repeat(most / part.length);
const cells = '|a'.repeat(50);
const rising = (one: (n: number) => string): string =>
  Array.from({ length: 200 }, (_, n) => one(n))
    .join('')
    .slice(0, most);

const texts: Readonly<Record<string, string>> = {
  'blank lines': `a${'\n'.repeat(60_000)}a`,
  'a line of blanks': `${' '.repeat(60_000)}-`,
  'bold that never ends': '**a'.repeat(9_000),
  'bold that never ends, as long as is drawn': fill('**a'),
  'two kinds of stress': fill('*a_'),
  'stress in stress': `${'*a **b '.repeat(1_000)}${'c** d* '.repeat(1_000)}`,
  'struck out': fill('~~a'),
  quotes: '> '.repeat(4_000),
  'quotes and nothing': fill('>\n\n'),
  'quotes that rise': rising((n) => `${'>'.repeat(n)} a\n`),
  lists: '- '.repeat(1_000),
  'lists that rise': rising((n) => `${'  '.repeat(n)}- a\n`),
  'a list': fill('- a\n'),
  'a numbered list': fill('1. a\n'),
  headings: fill('a\n=\n'),
  'ten thousand cells': `${cells}|\n${'|-'.repeat(50)}|\n${`${cells}|\n`.repeat(200)}`,
  'cells that are not there': `|${'a|'.repeat(500)}\n|${'-|'.repeat(500)}\n${'|\n'.repeat(8_000)}`,
  'five thousand links': '[a](/b) '.repeat(5_000),
  'links, as many as are drawn': fill('[a](b)'),
  'brackets that never close': fill('['),
  'pictures in pictures': `${'!['.repeat(3_000)}${'](b)'.repeat(3_000)}`,
  'links that never end': fill('[a](<b'),
  'bare links': fill('http://a.b '),
  'addresses of mail': fill('a@b.c '),
  www: fill('www.a'),
  fences: fill('```\n'),
  'a fence that never ends': `\`\`\`js\n${'a('.repeat(45_000)}`,
  'code to colour': `\`\`\`js\n${fill('`${').slice(0, most - 10)}`,
  ticks: rising((n) => `${'`'.repeat(n)}a`),
  entities: fill('&amp;'),
  definitions: fill('[a]: b\n'),
  'a word': 'a'.repeat(100_000),
  'a word that is marked': `*${'a'.repeat(most - 2)}*`,
  'letters of both directions': '\u05d0a'.repeat(49_000),
  'words of both directions': `${'\u05d0a'.repeat(20)} `.repeat(2_400),
  'digits in Arabic': '\u06271'.repeat(49_000),
  'lines from right to left': '\u0e01\u0e33\u0e49 \u05d0\n'.repeat(16_000),
  'marks over a letter': 'Z\u0310'.padEnd(most, '\u0310'),
};

/** The longest time between two frames since it was last asked. */
async function watchFrames(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const frames = { last: performance.now(), longest: 0 };
    Object.assign(globalThis, { frames });
    const look = () => {
      const now = performance.now();
      frames.longest = Math.max(frames.longest, now - frames.last);
      frames.last = now;
      requestAnimationFrame(look);
    };
    look();
  });
  return () =>
    page.evaluate(() => {
      const { frames } = globalThis as unknown as { frames: { longest: number } };
      const { longest } = frames;
      frames.longest = 0;
      return longest;
    });
}

describe('a text that is made to be slow', { skip }, () => {
  it('does not hold the page up, whatever it is', async (t) => {
    const { app, roomId } = await openWrittenRoom(t, () => [{ text: 'Nothing yet.' }]);
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    page.on('crash', () => assert.fail('the tab is gone'));
    const { log } = findParts(page, 'The museum');
    await log.getByText('Nothing yet.').waitFor();
    const readLongest = await watchFrames(page);
    const slow: string[] = [];
    for (const [index, [name, content]] of Object.entries(texts).entries()) {
      await readLongest();
      const { ok } = await fetch(`${app.url}/api/messaging/channels/${roomId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content, author_id: crypto.randomUUID(), author_display_name: name }),
      });
      assert.ok(ok, name);
      await log.getByText(`#${index + 2}`, { exact: true }).waitFor({ state: 'attached' });
      const took = await readLongest();
      if (took > longest) slow.push(`${name}: ${Math.round(took)} ms`);
    }
    assert.deepEqual(slow, []);
    await page.reload();
    await log.locator('li[data-index]').first().waitFor();
    assertQuiet();
  });

  it('is all there where it is placed piece by piece', async (t) => {
    const text = `x${'\u05d0a\u{1f642}'.repeat(2_001)}\n${'\u05d0\u05d1 b '.repeat(3_000)}`;
    const { app, roomId } = await openWrittenRoom(t, () => [{ text }]);
    const { page } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    const pieces = findParts(page, 'The museum').log.locator('article p', { hasText: '\u05d0' });
    await pieces.first().waitFor();
    assert.ok((await pieces.count()) > 10);
    assert.ok((await pieces.allTextContents()).join('') === text);
  });

  it('is shown as it is where it is too long or too deep to be markdown, and as markdown up to there', async (t) => {
    const { app, roomId } = await openWrittenRoom(t, () => [
      { text: `${'> '.repeat(20)}*deep*` },
      { text: `${'> '.repeat(60)}*too deep*` },
      { text: `*long* ${'a '.repeat(9_900)}` },
      { text: `*too long* ${'a '.repeat(10_000)}` },
    ]);
    const { page } = await openPage(t, {
      server: app,
      path: `/rooms/${roomId}`,
      viewport: { width: 900, height: 12_000 },
    });
    const { log } = findParts(page, 'The museum');
    await log.getByText('*too long*').waitFor();
    await log.getByText('*too deep*').waitFor();
    for (const text of ['deep', 'long']) await log.locator('em', { hasText: text }).waitFor();
    assert.equal(await log.locator('em').count(), 2);
  });

  it('has its marks: headings, lists, tasks, tables, links, code', async (t) => {
    const text = [
      '# Title',
      '1. one\n2. two\n\n- [x] done\n- [ ] open',
      '| a | b |\n|:-:|--:|\n| c | d |',
      '**strong** *soft* ~~gone~~ `code` http://example.com/x www.example.org <b>no element</b> a&amp;b',
      '[bad](javascript:alert) [port](http://a.example:99999/) ![away](https://example.com/x.png) ![stream](/api/x/events)',
      '```ts\nconst one = 1;\n```',
    ].join('\n\n');
    const { app, roomId } = await openWrittenRoom(t, () => [{ text }]);
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    const { log } = findParts(page, 'The museum');
    await log.getByRole('heading', { name: 'Title' }).waitFor();
    assert.deepEqual(await log.locator('article ol > li').allTextContents(), ['one', 'two']);
    assert.deepEqual(
      await log.getByRole('checkbox').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).checked)),
      [true, false],
    );
    assert.equal(
      await log.getByRole('cell', { name: 'd' }).evaluate((cell) => getComputedStyle(cell).textAlign),
      'right',
    );
    for (const tag of ['strong', 'em', 'del', 'code']) assert.ok((await log.locator(tag).count()) > 0, tag);
    const links = await log.getByRole('link').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    assert.deepEqual(links, [
      'http://example.com/x',
      'https://www.example.org',
      'https://example.com/x.png',
      '/api/x/events',
    ]);
    await log.getByText('<b>no element</b> a&b').waitFor();
    assert.equal(await log.getByRole('img').count(), 0);
    await log.locator('.hljs-keyword').waitFor();
    assertQuiet();
  });

  it('leads where it says: a link whose label reads as another address has its host in it', async (t) => {
    const text = [
      '[https://bank.example/login](https://evil.example/)',
      '[**bank.example**](https://evil.example/)',
      '![bank.example](https://evil.example/x.png)',
      '[https://bank.example/?evil.example](https://evil.example/)',
      '<http://bank.example@evil.example/>',
      'http://xn--pple-43d.com/',
      '[\u202eelpmaxe.knab](https://evil.example/)',
      '[the report](https://good.example/)',
      '[https://good.example/a](https://good.example/b)',
      '[good.example](https://good.example/)',
      'https://good.example/c',
    ].join('\n\n');
    const url = 'https://evil.example/pic\u202egpj.exe';
    const { app, roomId } = await openWrittenRoom(t, () => [{ text, attachments: [{ url }] }]);
    const { page, assertQuiet } = await openPage(t, { server: app, path: `/rooms/${roomId}` });
    const { log } = findParts(page, 'The museum');
    await log.getByText('the report').waitFor();
    assert.deepEqual(await log.locator('article p a').allTextContents(), [
      'https://bank.example/login (evil.example)',
      'bank.example (evil.example)',
      'bank.example (evil.example)',
      'https://bank.example/?evil.example (evil.example)',
      'http://bank.example@evil.example/ (evil.example)',
      'http://xn--pple-43d.com/ (xn--pple-43d.com)',
      '\u202eelpmaxe.knab (evil.example)',
      'the report',
      'https://good.example/a',
      'good.example',
      'https://good.example/c',
    ]);
    await log.getByText('picgpj.exe').waitFor();
    assertQuiet();
  });
});
