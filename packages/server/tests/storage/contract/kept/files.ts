/** Uploaded files as rows, which messages show them, and the kept lines of the server's log. */
import assert from 'node:assert/strict';
import { createLogStream } from '../../../../src/observability/log-stream.ts';
import type { Engine } from '../../../../src/storage/engine/engine.ts';
import { letGoOfGoneChannels, listLetGo, listNamesInCharacters } from '../../../../src/storage/kept/file-uses.ts';
import {
  deleteFile,
  deleteThumbnail,
  type FileRow,
  findFile,
  insertFile,
  listFiles,
  listFilesAfter,
  listUnknownNames,
  sumFileSizes,
} from '../../../../src/storage/kept/files.ts';
import { openKeptLog } from '../../../../src/storage/kept/server-log-lines.ts';
import { upsertAgent } from '../../../../src/storage/turns/agents.ts';
import type { Cases } from '../contract.ts';
import { addRoom, openJournal } from '../fixture.ts';

const nameOf = (letter: string) => `${letter.repeat(40)}.png`;

const addFile = ({ db }: Engine, letter: string, owner_id: string, over: Partial<FileRow> = {}) =>
  insertFile(db, {
    id: letter,
    owner_kind: 'channel',
    owner_id,
    uploaded_by: null,
    stored_name: nameOf(letter),
    original_name: 'a.png',
    media_type: 'image/png',
    size: 1_000,
    thumbnail: null,
    created_at: 1,
    ...over,
  });

const show = (letter: string) => [{ id: letter, url: `/media/channels/x/${nameOf(letter)}` }];
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

const line = (n: number, level = 30) => JSON.stringify({ time: n, level, msg: `line ${n}` });
const kept = async (log: ReturnType<typeof openKeptLog>, filter: object = {}) => {
  const { lines, total } = await log.list({ level: 0, limit: 99, ...filter });
  return { texts: lines.map(({ msg }) => msg), total };
};

export const files: Cases = {
  'a file is found by its name, with its owner alone': async (engine) => {
    await addFile(engine, 'a', 'r1');
    assert.equal((await findFile(engine.db, { kind: 'channel', id: 'r1' }, nameOf('a')))?.id, 'a');
    assert.equal(await findFile(engine.db, { kind: 'channel', id: 'r2' }, nameOf('a')), undefined);
    assert.equal(await findFile(engine.db, { kind: 'agent', id: 'r1' }, nameOf('a')), undefined);
  },
  'files of an owner, no more than asked': async (engine) => {
    for (const letter of ['a', 'b', 'c']) await addFile(engine, letter, letter === 'c' ? 'r2' : 'r1');
    const owner = { kind: 'channel', id: 'r1' } as const;
    assert.deepEqual(
      [ids(await listFiles(engine.db, owner, 9)).sort(), (await listFiles(engine.db, owner, 1)).length],
      [['a', 'b'], 1],
    );
  },
  'sizes are summed to a number; without files it is 0': async (engine) => {
    assert.equal(await sumFileSizes(engine.db), 0);
    await addFile(engine, 'a', 'r', { size: 5_000_000_000 });
    await addFile(engine, 'b', 'r', { size: 7 });
    assert.equal(await sumFileSizes(engine.db), 5_000_000_007);
  },
  'names that no file has, neither as bytes nor as a small picture': async (engine) => {
    await addFile(engine, 'a', 'r', { thumbnail: 'small.webp' });
    assert.deepEqual(await listUnknownNames(engine.db, [nameOf('a'), 'small.webp', 'other']), ['other']);
    await deleteThumbnail(engine.db, 'a');
    assert.deepEqual(await listUnknownNames(engine.db, ['small.webp']), ['small.webp']);
  },
  'all files, behind an id, in the order of its bytes': async (engine) => {
    for (const letter of ['b', 'D', 'c']) await addFile(engine, letter, 'r');
    assert.deepEqual(
      [ids(await listFilesAfter(engine.db, '', 2)), ids(await listFilesAfter(engine.db, 'b', 2))],
      [['D', 'b'], ['c']],
    );
    await deleteFile(engine.db, 'D');
    assert.deepEqual(ids(await listFilesAfter(engine.db, '', 9)), ['b', 'c']);
  },
  'a file is let go with the last message that showed it': async (engine) => {
    const room = await addRoom(engine);
    await addFile(engine, 'a', room);
    await addFile(engine, 'b', room);
    const { say, erase } = openJournal(engine);
    const [one, two] = [
      await say(room, '1', { attachments: show('a') }),
      await say(room, '2', { attachments: show('a') }),
    ];
    await erase(room, one.id);
    assert.deepEqual(await listLetGo(engine.db, '', 9), []);
    await erase(room, two.id);
    assert.deepEqual(ids(await listLetGo(engine.db, '', 9)), ['a']);
  },
  'a message that is edited shows a file, too, and twice is once': async (engine) => {
    const room = await addRoom(engine);
    await addFile(engine, 'a', room);
    const { say, edit, erase } = openJournal(engine);
    const message = await say(room, 'bare');
    for (const text of ['one', 'two']) await edit({ ...message, text, attachments: show('a') });
    assert.deepEqual(await engine.db.selectFrom('file_uses').selectAll().execute(), [
      { message_id: message.id, file_id: 'a' },
    ]);
    await erase(room, message.id);
    assert.deepEqual(ids(await listLetGo(engine.db, '', 9)), ['a']);
  },
  'files of a room that is gone are let go': async (engine) => {
    const room = await addRoom(engine);
    await addFile(engine, 'a', room);
    await addFile(engine, 'b', 'gone');
    await addFile(engine, 'c', 'gone', { owner_kind: 'agent' });
    await letGoOfGoneChannels(engine.db);
    assert.deepEqual(ids(await listLetGo(engine.db, '', 9)), ['b']);
  },
  'files that are pictures of agents are known': async ({ db }) => {
    await upsertAgent(db, {
      id: 'B',
      name: 'B',
      character: JSON.stringify({ avatar: `/media/${nameOf('a').toUpperCase()}` }),
    });
    await upsertAgent(db, { id: 'a', name: 'a', character: JSON.stringify({ avatar: `/media/${nameOf('b')}` }) });
    assert.deepEqual([...(await listNamesInCharacters(db))].sort(), [nameOf('a'), nameOf('b')]);
  },
  'lines of the log are kept, oldest first, over a stop': async (engine) => {
    const stream = createLogStream();
    const log = openKeptLog(engine, stream, 100);
    for (let n = 1; n <= 3; n++) stream.write(line(n));
    assert.deepEqual(await kept(log), { texts: ['line 1', 'line 2', 'line 3'], total: 3 });
    await log.stop();
    assert.equal((await kept(openKeptLog(engine, createLogStream(), 100))).total, 3);
  },
  'no more lines are kept than may be': async (engine) => {
    const stream = createLogStream();
    const log = openKeptLog(engine, stream, 5);
    for (let n = 1; n <= 12; n++) stream.write(line(n));
    await kept(log);
    for (let n = 13; n <= 14; n++) stream.write(line(n));
    assert.deepEqual(await kept(log), { texts: ['line 10', 'line 11', 'line 12', 'line 13', 'line 14'], total: 5 });
    await log.stop();
  },
  'lines are found by level and time, the last ones that fit': async (engine) => {
    const stream = createLogStream();
    const log = openKeptLog(engine, stream, 100);
    for (let n = 1; n <= 6; n++) stream.write(line(n, n % 2 === 0 ? 50 : 20));
    const found = async (filter: object) => (await kept(log, filter)).texts;
    assert.deepEqual(
      [await found({ level: 40 }), await found({ since: 5 }), await found({ limit: 2 })],
      [
        ['line 2', 'line 4', 'line 6'],
        ['line 5', 'line 6'],
        ['line 5', 'line 6'],
      ],
    );
    await log.stop();
  },
  'lines that are cleared are gone': async (engine) => {
    const stream = createLogStream();
    const log = openKeptLog(engine, stream, 100);
    stream.write(line(1));
    await log.clear();
    assert.deepEqual(await kept(log), { texts: [], total: 0 });
    await log.stop();
  },
};
