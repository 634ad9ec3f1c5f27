/** A search looks through long texts a little at a time: sockets are served in between, and it says where it ended early. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { searchMessages } from '../../src/storage/messages/message-search.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, openTestServer } from '../support/test-server.ts';

/** The worst of texts for what is searched: it begins at every place, and is at none. */
const text = 'a'.repeat(100_000);
const words = `${'a'.repeat(199)}b`;

/** How often the program looked at its sockets while something was under way. */
async function countTurns(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

describe('a search through long texts', () => {
  it('lets others be served in between, and ends after 10 MB', async (t) => {
    const dataDir = join(makeDir(t), 'data');
    const store = await openMemoryStore(t, dataDir);
    const [room, other] = [await store.makeRoom(), await store.makeRoom()];
    await store.say(room, 'the first words');
    await Promise.all(Array.from({ length: 101 }, () => store.say(room, text)));
    await store.say(room, 'the last WORDS');
    await store.say(other, 'other words');
    const turns = await countTurns(() => searchMessages(store.database.db, [room], { words, limit: 10 }));
    assert.ok(turns >= 50, `the program looked at its sockets ${turns} times`);
    await store.database.close();

    const { call } = createRestClient((await openTestServer(t, { ELIZAD_DATA: dataDir })).url);
    const search = async (query: string, channelId: string): Promise<[string[], true | undefined]> => {
      const { body } = await call('search-messages', { body: { query, channelId } });
      return [body.data.messages.map(({ content }) => content), body.data.partial];
    };
    assert.deepEqual(await search('words', room), [['the last WORDS'], true]);
    const [long, isPartial] = await search('aaa', room);
    assert.deepEqual([long.length, isPartial], [9, true], 'no more than an answer may have');
    assert.deepEqual(await search('words', other), [['other words'], undefined]);
  });
});
