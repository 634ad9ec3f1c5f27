/** Files: kept as what their bytes are, read again as nothing else, small and in pieces; and shown to models. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import sharp from 'sharp';
import { deleteFilesOf, keepFile } from '../../src/messaging/media/files.ts';
import { makeThumbnail } from '../../src/messaging/media/thumbnail.ts';
import { createFileName, openDiskFiles } from '../../src/storage/disk/file-store.ts';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listFiles } from '../../src/storage/kept/files.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { createRestClient } from '../support/rest-client.ts';
import { findAgent, openClient } from '../support/stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

const id = '11111111-1111-4111-8111-111111111111';

async function open(t: TestContext, env: Record<string, string> = {}) {
  const dataDir = join(makeDir(t), 'data');
  const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir, ...env });
  const client = openClient(t, url, { auth: { apiKey: env.ELIZAD_API_KEY } });
  const agentId = await findAgent(client, 'Eliza');
  const channelId = crypto.randomUUID();
  await client.ask('join', { roomId: channelId, agentId });
  const { call } = createRestClient(url);
  const listStored = () => globSync('files/**/*.*', { cwd: dataDir });
  const listIncoming = () => globSync('files/incoming/*', { cwd: dataDir });
  return { url, call, client, agentId, channelId, listStored, listIncoming };
}

function form(bytes: Uint8Array | string, name = 'a.bin', type = 'application/octet-stream'): FormData {
  const data = new FormData();
  data.set('file', new File([bytes as BlobPart], name, { type }));
  return data;
}

const makePicture = (width = 1200, height = 800) =>
  sharp({ create: { width, height, channels: 3, background: '#2f57c4' } })
    .jpeg()
    .toBuffer();
const riff = (size: number) => {
  const head = Buffer.from(
    '524946460000000057415645666d7420100000000100010040 1f0000803e0000020010006461746100000000'.replaceAll(' ', ''),
    'hex',
  );
  return Buffer.concat([head, Buffer.alloc(size)]);
};

describe('an upload', () => {
  it('to an agent answers in every shape that clients read, and is read again byte for byte', async (t) => {
    const { url, call, agentId } = await open(t);
    const picture = await makePicture();
    for (const spelling of [0, 1]) {
      const given = { params: { agentId }, body: form(picture, 'C:\\me\\cät "1".jpg', 'image/gif'), spelling };
      const { status, body } = await call('upload-agent-media', given);
      assert.equal(status, 200);
      assert.deepEqual(
        [body.data.type, body.data.mimeType, body.data.size, body.data.originalName],
        ['image', 'image/jpeg', picture.length, 'cät "1".jpg'],
      );
      assert.equal(body.url, body.data.url);
      const read = await fetch(url + body.data.url);
      assert.deepEqual(Buffer.from(await read.arrayBuffer()), picture);
      assert.equal(read.headers.get('content-type'), 'image/jpeg');
      assert.equal(read.headers.get('x-content-type-options'), 'nosniff');
      assert.match(read.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
      assert.match(
        read.headers.get('content-disposition') ?? '',
        /^inline; filename\*=UTF-8''c%C3%A4t%20%221%22\.jpg$/,
      );
      assert.match(read.headers.get('cache-control') ?? '', /immutable/);
    }
  });

  it('to a channel says the media type within `data`, and the kind beside it', async (t) => {
    const { url, call, channelId, agentId } = await open(t);
    for (const spelling of [0, 1, 2]) {
      const body = form(riff(64), 'voice.wav');
      body.set('agentId', agentId);
      const { body: answer } = await call('upload-channel-media', { params: { channelId }, body, spelling });
      assert.deepEqual([answer.data.type, answer.type, answer.agentId], ['audio/wav', 'audio', agentId]);
      assert.equal((await fetch(url + answer.url)).status, 200);
      const elsewhere = answer.url.replace(channelId, id);
      assert.equal((await fetch(url + elsewhere)).status, 404);
    }
  });

  it('is taken for what its bytes are: pages and scripts become plain text, anything else is refused', async (t) => {
    const { url, call, agentId, listStored } = await open(t);
    const page = '<!doctype html><script>alert(1)</script>';
    const drawing = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [page, drawing, 'Ärger', '%PDX']) {
      const { body } = await call('upload-agent-media', {
        params: { agentId },
        body: form(text, 'a.html', 'text/html'),
      });
      const read = await fetch(url + body.data.url);
      assert.equal(read.headers.get('content-type'), 'text/plain; charset=utf-8');
      assert.match(read.headers.get('content-security-policy') ?? '', /sandbox/);
      assert.equal(await read.text(), text);
    }
    const before = listStored().length;
    for (const bytes of [
      Buffer.from('4d5a90000300', 'hex'),
      Buffer.from('504b0304140000000800', 'hex'),
      Buffer.from('a\0b'),
    ]) {
      const { status, body } = await call('upload-agent-media', {
        params: { agentId },
        body: form(bytes, 'a.png', 'image/png'),
      });
      assert.deepEqual([status, body.error?.code], [415, 'unsupported-file-type']);
    }
    assert.equal(listStored().length, before);
  });

  it('that is too large, empty, missing, no form or for nobody leaves nothing', async (t) => {
    const { call, agentId, listStored, listIncoming } = await open(t, { MAX_UPLOAD_BYTES: '1000' });
    const refused = async (given: Parameters<typeof call>[1], status: number, code: string) => {
      const answer = await call('upload-agent-media', { params: { agentId }, ...given });
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
    };
    await refused({ body: form('x'.repeat(1001)) }, 413, 'file-too-large');
    await refused({ body: form('x'.repeat(3_000_000)) }, 413, 'file-too-large');
    await refused({ body: form('') }, 400, 'file-missing');
    await refused({ body: new FormData() }, 400, 'file-missing');
    await refused({ body: { file: 'x' } }, 415, 'unsupported-media-type');
    await refused({ params: { agentId: id }, body: form('x') }, 404, 'agent-not-found');
    const nowhere = await call('upload-channel-media', { params: { channelId: id }, body: form('x') });
    assert.deepEqual([nowhere.status, nowhere.body.error?.code], [404, 'channel-not-found']);
    assert.deepEqual([listStored(), listIncoming()], [[], []]);
    assert.equal((await call('upload-agent-media', { params: { agentId }, body: form('x'.repeat(1000)) })).status, 200);
  });

  it('that breaks off leaves nothing', async (t) => {
    const { url, agentId, listStored, listIncoming } = await open(t);
    const upload = request(`${url}/api/media/agents/${agentId}/upload-media`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000000' },
    });
    upload.on('error', () => {});
    upload.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
    upload.write('x'.repeat(200_000));
    await until(() => listIncoming().length === 1);
    upload.destroy();
    await until(() => listIncoming().length === 0);
    assert.deepEqual(listStored(), []);
  });

  it('to a channel or an agent that is deleted while it comes leaves nothing', async (t) => {
    const { url, call, channelId, listStored, listIncoming } = await open(t);
    const made = await call('create-agent', { body: { agent: { name: 'Brief', bio: 'Brief.' } } });
    const agentId = made.body.data.id;
    for (const [path, code, remove] of [
      [
        `/api/messaging/channels/${channelId}/upload-media`,
        'channel-not-found',
        () => call('delete-channel', { params: { channelId } }),
      ],
      [
        `/api/media/agents/${agentId}/upload-media`,
        'agent-not-found',
        () => call('delete-agent', { params: { agentId } }),
      ],
    ] as const) {
      const upload = request(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      });
      const answered = once(upload, 'response');
      upload.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
      upload.write('x'.repeat(200_000));
      await until(() => listIncoming().length === 1);
      assert.equal((await remove()).status, 204);
      upload.end('x\r\n--b--\r\n');
      const [response] = await answered;
      const body = JSON.parse(Buffer.concat(await response.toArray()).toString());
      assert.deepEqual([response.statusCode, body.error?.code], [404, code]);
    }
    assert.deepEqual(listStored(), []);
  });

  it('needs the key where there is one; reading needs the name', async (t) => {
    const { url, call, agentId } = await open(t, { ELIZAD_API_KEY: 'k' });
    assert.equal((await call('upload-agent-media', { params: { agentId }, body: form('x') })).status, 401);
    const headers = { 'x-api-key': 'k' };
    const { body } = await call('upload-agent-media', { params: { agentId }, body: form('x'), headers });
    assert.match(body.data.filename, /^[0-9a-f]{40}\.txt$/);
    assert.equal((await fetch(url + body.data.url)).status, 200);
    const other = body.data.url.replace(/[0-9a-f]{40}/, '0'.repeat(40));
    assert.equal((await fetch(url + other)).status, 404);
    assert.equal((await fetch(`${url}/media/uploads/agents/${agentId}/..%2f..%2felizad.sqlite`)).status, 400);
  });
});

describe('reading', () => {
  it('honours HEAD, ranges and validators, under each address', async (t) => {
    const { url, call, agentId } = await open(t);
    const { body } = await call('upload-agent-media', { params: { agentId }, body: form('0123456789') });
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
    const { url, call, agentId } = await open(t);
    const upload = async (bytes: Buffer) =>
      (await call('upload-agent-media', { params: { agentId }, body: form(bytes) })).body.data;
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
  const shown = await call('upload-agent-media', { params: { agentId }, body: form(picture) });
  const read = await call('upload-channel-media', {
    params: { channelId: roomId },
    body: form('Ärger im Öl', 'poem.txt'),
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

/** Looks again as the event loop turns, for 10 s at most. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
