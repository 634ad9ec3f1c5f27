/** What is deleted is gone from the files: soon, after a stop, and after a kill. The bytes of the data directory are read. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type App, startApp } from '../../src/app/app.ts';
import { readSettings } from '../../src/config.ts';
import { isErasing } from '../../src/storage/engine/sqlite/scrub.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { insertMemories } from '../../src/storage/memory/memories.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { createRestClient } from '../support/rest-client.ts';
import { openClient, type StockClient } from '../support/stock-client.ts';
import { makeDir, runCli, type ServerProcess, spawnServer } from '../support/test-server.ts';
import { isInUse } from '../support/unused-pages.ts';

/** Words that are nowhere else, and that the index of words neither shortens nor shares the beginning of. */
const letters = 'bcdfghjkmpqvwxz';
const makeWord = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => letters[byte % letters.length]).join('');

/** Those of some words that are still in some file, and in which. An index may leave out how a word begins. */
function listLeft(dataDir: string, words: readonly string[]): string[] {
  const names = readdirSync(dataDir, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.flatMap((path) => {
    const bytes = readFileSync(path);
    return words.filter((word) => bytes.includes(word.slice(6))).map((word) => `${word} in ${path}`);
  });
}

const countLeft = (dataDir: string, words: readonly string[]): number =>
  new Set(listLeft(dataDir, words).map((line) => line.split(' ')[0])).size;

/** But for copies in pages that SQLite has rearranged, which nothing uses: they go when the server stops. */
async function untilGone(dataDir: string, words: readonly string[]): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const left = listLeft(dataDir, words).filter(isStillUsed);
    if (left.length === 0) return;
    assert.ok(performance.now() < deadline, `still there after 10 s:\n${left.join('\n')}`);
    await pause(100);
  }
}

function isStillUsed(line: string): boolean {
  const [word = '', path = ''] = line.split(' in ');
  return !path.endsWith('elizad.sqlite') || isInUse(readFileSync(path), word.slice(6));
}

const settingsOf = (dataDir: string) =>
  readSettings({ env: { PORT: '0', ELIZAD_DATA: dataDir, LOG_LEVEL: 'silent', STOP_TIMEOUT_MS: '0' } });

const ada = { auth: { entityId: crypto.randomUUID(), name: 'Ada' } };

/** A server with words in all that can be deleted; `erase` deletes it all over HTTP. */
async function openWithWords(t: TestContext, start: (dataDir: string) => Promise<{ url: string }>) {
  const dataDir = join(makeDir(t), 'data');
  const first = await startApp(settingsOf(dataDir));
  const client = openClient(t, first.url, ada);
  const [room, cleared] = [crypto.randomUUID(), crypto.randomUUID()];
  const stays = makeWord();
  const said = await sayWords(client, room, 30);
  const inCleared = await sayWords(client, cleared, 5);
  await client.ask('message', { roomId: room, text: `${stays} ${'and so on '.repeat(2_000)}` });
  const secret = makeWord();
  const agent = { name: 'Cleo', bio: 'Answers.', settings: { secrets: { THE_KEY: secret } } };
  const made = await createRestClient(first.url).call('create-agent', { body: { agent } });
  const agentId = made.body.data.id;
  client.socket.close();
  await first.stop();
  const facts = await learn(dataDir, { agentId, channelId: room }, [said[0], said[1], said[29], said[29]]);
  const everything = [...said, ...inCleared].map(({ word }) => word);
  assert.equal(countLeft(dataDir, [...everything, ...facts, secret]), everything.length + facts.length + 1);
  const { url } = await start(dataDir);
  const erase = async () => {
    const { call } = createRestClient(url);
    const headers = { 'X-Entity-Id': ada.auth.entityId };
    const answers: { status: number; body: unknown }[] = await Promise.all(
      said
        .slice(0, 10)
        .map(({ id }) => call('delete-message', { headers, params: { channelId: room, messageId: id } })),
    );
    const edited = { params: { channelId: room, messageId: said[10]?.id ?? '' }, body: { content: 'Something else.' } };
    answers.push(await call('edit-message', { headers, ...edited }));
    answers.push(await call('clear-channel', { headers, params: { channelId: cleared } }));
    const learned = await call('list-memories', { params: { agentId }, query: { tableName: 'facts' } });
    const last = learned.body.data.memories[0];
    answers.push(await call('delete-memory', { headers, params: { agentId, memoryId: last?.id ?? '' } }));
    answers.push(await call('delete-agent', { headers, params: { agentId } }));
    for (const { status, body } of answers) assert.ok(status < 300, JSON.stringify(body));
  };
  const gone = [...said.slice(0, 11), ...inCleared].map(({ word }) => word);
  const kept = [...said.slice(11).map(({ word }) => word), stays];
  return { dataDir, erase, gone: [...gone, ...facts, secret], kept };
}

async function sayWords(client: StockClient, roomId: string, count: number) {
  await client.ask('join', { roomId });
  const said: { word: string; id: string }[] = [];
  for (let n = 0; n < count; n++) {
    const word = makeWord();
    const { messageId } = await client.ask('message', { roomId, text: `${word} ${'to fill a page '.repeat(n * n)}` });
    said.push({ word, id: messageId });
  }
  return said;
}

/** What an agent has learned from some messages, with the words of what it learned. */
async function learn(
  dataDir: string,
  place: { agentId: string; channelId: string },
  from: ({ id: string } | undefined)[],
) {
  const database = await openSqlite(dataDir);
  const words = from.map(() => makeWord());
  const facts = from.map((message, n) => ({ messageId: message?.id ?? '', text: `Ada likes ${words[n]}.` }));
  assert.equal(await insertMemories(database, place, facts, 1, 100), facts.length);
  await database.close();
  return words;
}

describe('what is deleted is gone from the files', () => {
  it('soon, and after a stop; what stays is there', async (t) => {
    let app: App | undefined;
    t.after(() => app?.stop());
    const start = async (dataDir: string) => (app = await startApp(settingsOf(dataDir)));
    const { dataDir, erase, gone, kept } = await openWithWords(t, start);
    await erase();
    await untilGone(dataDir, gone);
    await app?.stop();
    assert.deepEqual(listLeft(dataDir, gone), []);
    assert.equal(countLeft(dataDir, kept), kept.length);
  });

  it('at once when the server is stopped', async (t) => {
    let app: App | undefined;
    const start = async (dataDir: string) => (app = await startApp(settingsOf(dataDir)));
    const { dataDir, erase, gone } = await openWithWords(t, start);
    await erase();
    await app?.stop();
    assert.deepEqual(listLeft(dataDir, gone), []);
  });

  it('after a kill right behind the deletion, and the next start', async (t) => {
    let server: ServerProcess | undefined;
    const start = async (dataDir: string) => (server = await spawnServer(t, dataDir));
    const { dataDir, erase, gone } = await openWithWords(t, start);
    await erase();
    await server?.end('SIGKILL');
    assert.notDeepEqual(listLeft(dataDir, gone), [], 'it was killed too late');
    const app = await startApp(settingsOf(dataDir));
    t.after(() => app.stop());
    await untilGone(dataDir, gone);
  });

  it('also what SQLite has copied while it rearranged its pages, after a stop', async (t) => {
    const dataDir = makeDir(t);
    const store = await openMemoryStore(t, dataDir);
    const room = await store.makeRoom();
    // Of lengths that make SQLite move many of them when the ones between them go.
    const words = Array.from({ length: 600 }, makeWord);
    const said = await Promise.all(words.map((word, n) => store.say(room, word + 'a'.repeat((n * 7_919) % 1_000))));
    const gone = Array.from({ length: 300 }, (_, n) => (n * 7) % 600);
    await Promise.all(gone.map((n) => store.erase(room, said[n]?.id ?? '')));
    await store.database.close();
    assert.deepEqual(
      listLeft(
        dataDir,
        gone.map((n) => words[n] ?? ''),
      ),
      [],
    );
  });

  it('of a store of an older elizad, with `elizad compact`', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    await (await openSqlite(dataDir)).close();
    const word = makeWord();
    for (const name of ['elizad.sqlite', 'elizad-log.sqlite']) {
      const old = new DatabaseSync(join(dataDir, name));
      old.exec('create table old (msg text)');
      old.prepare('insert into old values (?)').run(word);
      old.exec('drop table old');
      old.close();
    }
    assert.notDeepEqual(listLeft(dataDir, [word]), []);
    const { exited, output } = runCli(t, ['compact', '--data', dataDir]);
    assert.equal(await exited, 0, output());
    assert.match(output(), /was rewritten: [\d.]+ MB before, [\d.]+ MB now/);
    assert.deepEqual(listLeft(dataDir, [word]), []);
  });
});

test('the files are gone through after what takes words away, and not each time that a socket enters a room', () => {
  for (const table of ['messages', 'memories', 'channels', 'participants', 'sessions', 'session_rooms'])
    assert.equal(isErasing(`delete from "${table}" where "id" = ?`), !table.startsWith('session'), table);
});
