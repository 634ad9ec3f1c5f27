/** Files that were uploaded: read again as nothing else, small and in pieces; and shown to models. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { deleteFilesOf, keepFile } from '../../src/messaging/media/files.ts';
import { makeThumbnail } from '../../src/messaging/media/thumbnail.ts';
import { createFileName, openDiskFiles } from '../../src/storage/disk/file-store.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listFiles } from '../../src/storage/kept/files.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createForm, makePicture, openMediaRoom } from '../support/media-room.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const id = '11111111-1111-4111-8111-111111111111';

describe('reading', () => {
  it('honours HEAD, ranges and validators, under each address', async (t) => {
    const { url, call, agentId } = await openMediaRoom(t);
    const { body } = await call('upload-agent-media', { params: { agentId }, body: createForm('0123456789') });
    const address = url + body.data.url;
    const head = await fetch(address, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '10', '']);
    const part = await fetch(address, { headers: { range: 'bytes=2-4' } });
    assert.deepEqual([part.status, part.headers.get('content-range'), await part.text()], [206, 'bytes 2-4/10', '234']);
    assert.equal((await fetch(address, { headers: { range: 'bytes=50-60' } })).status, 416);
    const etag = head.headers.get('etag') ?? '';
    assert.equal(await askStatus(address, { 'if-none-match': etag }), 304);
    const generated = await fetch(address.replace('/uploads/agents/', '/generated/'));
    assert.equal(await generated.text(), '0123456789');
  });

  it('gives a small picture of a picture; of a broken or gigantic one there is none', async (t) => {
    const { url, call, agentId } = await openMediaRoom(t);
    const upload = async (bytes: Buffer) =>
      (await call('upload-agent-media', { params: { agentId }, body: createForm(bytes) })).body.data;
    const { thumbnailUrl } = await upload(await makePicture());
    const small = await fetch(url + thumbnailUrl);
    assert.equal(small.headers.get('content-type'), 'image/webp');
    const { width, height } = await sharp(Buffer.from(await small.arrayBuffer())).metadata();
    assert.deepEqual([width, height], [512, 341]);
    const broken = await upload((await makePicture()).subarray(0, 200));
    assert.equal(broken.thumbnailUrl, null);
    assert.equal((await fetch(`${url}${broken.url}?thumbnail=1`)).headers.get('content-type'), 'image/jpeg');
    const none = await fetch(`${url}${broken.url}?thumbnail=only`);
    assert.equal(none.status, 404);
    assert.equal((await none.json()).error.code, 'file-not-found');
    const bomb = await sharp({
      create: { width: 9000, height: 9000, channels: 3, background: 'red' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    assert.equal((await upload(bomb)).thumbnailUrl, null);
  });
});

it('a picture whose turn does not come for many others is kept without a small one', async (t) => {
  const files = openDiskFiles(makeDir(t));
  const bytes = await makePicture();
  const names = Array.from({ length: 5 }, () => createFileName('jpg'));
  for (const name of names) await (await files.receive(Readable.from([bytes]))).keep(name);
  const made = await Promise.all(names.map((name) => makeThumbnail(files, name, 0)));
  assert.equal(made.at(-1), undefined);
  assert.ok(await makeThumbnail(files, names[4] as string), 'it has its turn when the others are over');
});

it('files go with their channel: rows, bytes and small pictures', async (t) => {
  const database = await openSqlite(join(makeDir(t), 'data'));
  t.after(() => database.close());
  const directory = join(makeDir(t), 'files');
  const deps = { database, files: openDiskFiles(directory) };
  const keep = async (channelId: string, bytes: Uint8Array) => {
    async function* source() {
      yield bytes;
    }
    const owner = { kind: 'channel', id: channelId } as const;
    return keepFile(deps, await deps.files.receive(source()), { owner, declared: {}, uploadedBy: id });
  };
  const [gone, kept] = [crypto.randomUUID(), crypto.randomUUID()];
  await keep(gone, await makePicture());
  await keep(gone, Buffer.from('a text'));
  const { stored_name } = await keep(kept, Buffer.from('another'));
  await deleteFilesOf(deps, { kind: 'channel', id: gone });
  assert.deepEqual(globSync('**/*.*', { cwd: directory }), [join(stored_name.slice(0, 2), stored_name)]);
  assert.equal((await listFiles(database.db, { kind: 'channel', id: gone }, 10)).length, 0);
  assert.equal(String(Buffer.from((await deps.files.read(stored_name, 4)) ?? [])), 'anot');
});

it('an uploaded picture or text that is attached reaches the model, by a relative or a full address', async (t) => {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const character = writeCharacter(makeDir(t), { name: 'Cleo', bio: ['Calm.'], settings: { model: 'openai/seeing' } });
  const { url } = await openTestServer(t, {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'k',
    ELIZAD_CHARACTERS: character,
    ELIZAD_MEMORY: 'off',
  });
  const client = openClient(t, url);
  const { call } = createRestClient(url);
  const agentId = await findAgent(client, 'Cleo');
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId });
  const picture = await makePicture(8, 8);
  const shown = await call('upload-agent-media', { params: { agentId }, body: createForm(picture) });
  const read = await call('upload-channel-media', {
    params: { channelId: roomId },
    body: createForm('Ärger im Öl', 'poem.txt'),
  });
  const attachments = [
    { url: shown.body.data.url, contentType: 'image' },
    { url: `${url}${read.body.data.url}`, title: 'poem.txt', contentType: 'document' },
  ];
  const { messageId } = await client.ask('message', { roomId, text: 'Look', attachments });
  await client.until('messageComplete', (done) => done.messageId === messageId);
  const sent = JSON.stringify(provider.requests[0]?.body);
  assert.ok(sent.includes(picture.toString('base64')), sent.slice(0, 2000));
  assert.match(sent, /\[poem\.txt\]\\nÄrger im Öl/);
});

/** As a browser asks: `fetch` of Node adds that it wants nothing from a cache. */
async function askStatus(address: string, headers: Record<string, string>): Promise<number | undefined> {
  const [response] = await once(request(address, { headers }).end(), 'response');
  response.resume();
  return response.statusCode;
}
