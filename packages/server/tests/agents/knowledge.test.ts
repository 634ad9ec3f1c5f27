/** Knowledge of a character: its files become parts that are found and cited, as long as they are there and as they are. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { splitIntoChunks } from '../../src/agents/memory/chunks.ts';
import { toPlainText } from '../../src/agents/memory/html-text.ts';
import type { KnowledgeItem } from '../../src/agents/memory/knowledge-files.ts';
import { createMemory } from '../../src/agents/memory/long-term-memory.ts';
import type { Embedder } from '../../src/agents/models/embedder.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { within } from '../support/model-stream.ts';
import { makeDir } from '../support/test-server.ts';

async function open(t: TestContext, embedder?: Embedder) {
  const store = await openMemoryStore(t);
  const folder = join(makeDir(t), 'characters');
  mkdirSync(folder);
  const { database, logger, agentId } = store;
  const embedderOf = () => embedder;
  const memory = createMemory({ database, logger, modelOf: () => undefined, embedderOf });
  t.after(() => memory.stop());
  const ask = async (text: string, signal = new AbortController().signal) =>
    (await memory.sources[1]?.recall({ agentId, channelId: crypto.randomUUID(), text }, signal)) ?? [];
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
  const load = (...items: KnowledgeItem[]) => memory.loadKnowledge(agentId, items, folder);
  return { store, folder, ask, write, load, memory };
}

describe('knowledge', () => {
  it('is recalled with the name of its file and its heading', async (t) => {
    const { ask, write, load, folder, memory } = await open(t);
    write(
      'handbook.md',
      '# Work\n\n## Holidays\n\nEverybody has 30 days a year.\n\n## Sickness\n\nCall before nine.\n',
    );
    mkdirSync(join(folder, 'docs/deep'), { recursive: true });
    write('docs/deep/prices.csv', 'thing,price\nbicycle,300\n');
    write(
      'docs/page.html',
      '<head><title>x</title></head><h1>Opening</h1><script>var bicycle</script><p>Shut on Sundays &amp; Mondays',
    );
    await load('The house was built in 1912.', { path: 'handbook.md' }, { directory: 'docs' });
    assert.deepEqual(await ask('How many holidays do I have?'), [
      '[handbook.md] Work > Holidays Everybody has 30 days a year.',
    ]);
    assert.deepEqual(await ask('a bicycle'), ['[docs/deep/prices.csv] thing,price bicycle,300']);
    assert.deepEqual(await ask('on Sunday'), ['[docs/page.html] Opening Shut on Sundays & Mondays']);
    assert.deepEqual(await ask('built when?'), ['The house was built in 1912.']);
    assert.deepEqual(await ask('Good morning'), []);
    assert.match(memory.sources[1]?.heading ?? '', /file/);
  });

  it('that changed is read anew, that stayed is left alone, that is gone is forgotten', async (t) => {
    const { ask, write, load, folder, store } = await open(t);
    write('a.md', 'The bakery sells bread.');
    write('b.md', 'The brewery sells beer.');
    await load({ directory: '.' });
    const before = store.lines();
    await load({ path: 'a.md' }, { path: 'b.md' });
    assert.equal(store.lines(), before, 'nothing was done');
    write('a.md', 'The bakery sells cake.');
    await load({ directory: '.' });
    assert.deepEqual((await ask('bread cake beer')).toSorted(), [
      '[a.md] The bakery sells cake.',
      '[b.md] The brewery sells beer.',
    ]);
    rmSync(join(folder, 'b.md'));
    await load({ directory: '.' });
    assert.deepEqual(await ask('bread cake beer'), ['[a.md] The bakery sells cake.']);
    await load();
    assert.deepEqual(await ask('bread cake beer'), []);
  });

  it('is text within bounds and within the folder, and what is not is named in the log', async (t) => {
    const { ask, write, load, folder, store } = await open(t);
    writeFileSync(join(folder, '../secret.md'), 'The secret is out.');
    mkdirSync(join(folder, '../more'));
    writeFileSync(join(folder, '../more/secret.md'), 'The secret is out.');
    symlinkSync('../secret.md', join(folder, 'link.md'));
    symlinkSync('../more', join(folder, 'linked'));
    symlinkSync(folder, join(folder, 'loop'));
    write('inside.md', 'Nothing is secret inside.');
    symlinkSync('inside.md', join(folder, 'again.md'));
    write('huge.txt', 'secret '.repeat(150_000));
    write('binary.txt', Buffer.from('secret\0secret'));
    write('latin.txt', Buffer.from([0x73, 0x65, 0xe9, 0x20]));
    write('program.exe', 'secret');
    mkdirSync(join(folder, 'dir.md'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    const items = [
      '../secret.md',
      join(folder, '../secret.md'),
      'link.md',
      'linked/secret.md',
      'huge.txt',
      'binary.txt',
    ];
    const paths = [...items, 'latin.txt', 'program.exe', 'dir.md', 'pipe.md', 'missing.md', 'nul\0.md'];
    await within(
      8_000,
      load(...paths.map((path) => ({ path })), { directory: '..' }, { directory: 'linked' }, { directory: '.' }),
      'the reading',
    );
    assert.deepEqual((await ask('secret')).toSorted(), [
      '[again.md] Nothing is secret inside.',
      '[inside.md] Nothing is secret inside.',
    ]);
    const lines = store.lines();
    for (const reason of [
      /\.\.\/secret\.md: leads out of the folder/,
      /link\.md: leads out/,
      /linked\/secret\.md: leads out/,
      /huge\.txt: has 1050000 bytes; 1000000 is the most/,
      /binary\.txt: is not text/,
      /latin\.txt: is not UTF-8/,
      /program\.exe: files of type \.exe are not read/,
      /dir\.md: is no file/,
      /missing\.md: is not there/,
      /left out knowledge: \.\.: leads out/,
      /left out knowledge: linked: leads out/,
    ])
      assert.match(lines, reason);
  });

  it('of more than 200 files is read in part', async (t) => {
    const { ask, write, load, store } = await open(t);
    for (let n = 100; n < 310; n++) write(`file${n}.txt`, `Word${n} stands here.`);
    await load({ directory: '.' });
    assert.match(store.lines(), /10 files are more than the 200/);
    assert.deepEqual(await ask('word299'), ['[file299.txt] Word299 stands here.']);
    assert.deepEqual(await ask('word300'), []);
  });

  it('goes into a prompt within 4,500 characters, six parts at most', async (t) => {
    const { ask, write, load } = await open(t);
    write(
      'long.md',
      Array.from({ length: 60 }, (_, n) => `Paragraph ${n} on fish. ${'Fish swim. '.repeat(40)}`).join('\n\n'),
    );
    await load({ path: 'long.md' });
    const lines = await ask('fish');
    assert.ok(lines.length > 1 && lines.length <= 6);
    assert.ok(lines.join('').length <= 4_500);
  });
});

describe('parts of a text', () => {
  it('are cut at headings, paragraphs and sentences, repeat a sentence, and lose nothing', () => {
    const sentences = Array.from({ length: 120 }, (_, n) => `This is sentence number ${n} of all.`);
    const chunks = [
      ...splitIntoChunks(`# One\n\n${sentences.join(' ')}\n\n# Two\n\nShort.\n\n\`\`\`\n# no heading\n\`\`\`\n`),
    ];
    assert.ok(chunks.every((chunk) => chunk.length < 1_500));
    for (const sentence of sentences)
      assert.ok(
        chunks.some((chunk) => chunk.includes(sentence)),
        sentence,
      );
    assert.ok(chunks.slice(0, -1).every((chunk) => chunk.startsWith('One\n')));
    assert.match(chunks.at(-1) ?? '', /^Two\nShort\.[\s\S]*# no heading/);
    const last = /This is sentence number \d+ of all\.$/.exec(chunks[0] ?? '')?.[0];
    assert.ok(last && chunks[1]?.includes(last), 'the overlap');
    assert.deepEqual([...splitIntoChunks(' \n ')], []);
    assert.ok([...splitIntoChunks('x'.repeat(10_000))].length >= 9);
  });

  it('of a megabyte of anything are cut, and read from HTML, in a moment', async () => {
    const pieces = ['<script>', '<!--', '<', '# ', '\n\n', '. ', '&#', '```\n', '</', 'a', '###### x\n', '<p>'];
    const work = async () => {
      for (const piece of pieces) Array.from(splitIntoChunks(toPlainText(piece.repeat(1_000_000 / piece.length))));
    };
    await within(10_000, work(), 'twelve megabytes');
  });
});

describe('with an embedder', () => {
  const drink = (text: string) => (/beer|thirst/i.test(text) ? 1 : 0);
  const toVector = (text: string) => new Float32Array([drink(text), 1 - drink(text)]);

  it('knowledge is found by its meaning, once it was embedded in the background', async (t) => {
    const batches: number[] = [];
    const all = Promise.withResolvers<void>();
    const { ask, write, load } = await open(t, {
      name: 'fake',
      embed: async (texts) => {
        batches.push(texts.length);
        if (batches.reduce((sum, size) => sum + size, 0) >= 101) all.resolve();
        return texts.map(toVector);
      },
    });
    write('b.md', `# B\n\nThe brewery sells beer.\n${'\n# C\n\nSand.\n'.repeat(100)}`);
    await load({ path: 'b.md' });
    await within(5_000, all.promise, 'the embedding');
    let found: string[] = [];
    for (let n = 0; n < 200 && found.length !== 1; n++) found = [...(await ask('I am thirsty'))];
    assert.deepEqual(found, ['[b.md] B The brewery sells beer.']);
    assert.ok(batches.every((size) => size <= 64));
  });

  it('that hangs or fails, words alone find it, in time', async (t) => {
    for (const later of [() => new Promise<never>(() => {}), () => Promise.reject(new Error('down'))]) {
      let calls = 0;
      const embed: Embedder['embed'] = async (texts) => (++calls === 1 ? texts.map(toVector) : later());
      const { ask, load, store } = await open(t, { name: 'fake', embed });
      await load('Beer is a drink.');
      const isEmbedded = async () =>
        (await store.database.db.selectFrom('memories').select('row').where('embedding', 'is not', null).execute())
          .length > 0;
      const embedded = async () => {
        while (!(await isEmbedded())) await new Promise(setImmediate);
      };
      await within(6_000, embedded(), 'the embedding');
      const found = await within(6_000, Promise.all([ask('Beer?'), ask('Beer?')]), 'the recall');
      assert.deepEqual(found, [['Beer is a drink.'], ['Beer is a drink.']]);
      assert.equal(calls, 2, 'asked once for both');
      await ask('More beer?');
      assert.equal(calls, 2, 'and then left alone for a while');
    }
  });
});
