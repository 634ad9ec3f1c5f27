/** Uploads: kept as what their bytes are, within bounds; what is refused or interrupted leaves nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { createForm, makePicture, openMediaRoom, waitUntil } from '../support/media-room.ts';

const id = '11111111-1111-4111-8111-111111111111';

const riff = (size: number) => {
  const head = Buffer.from(
    '524946460000000057415645666d7420100000000100010040 1f0000803e0000020010006461746100000000'.replaceAll(' ', ''),
    'hex',
  );
  return Buffer.concat([head, Buffer.alloc(size)]);
};

describe('an upload', () => {
  it('to an agent answers in every shape that clients read, and is read again byte for byte', async (t) => {
    const { url, call, agentId } = await openMediaRoom(t);
    const picture = await makePicture();
    for (const spelling of [0, 1]) {
      const given = { params: { agentId }, body: createForm(picture, 'C:\\me\\cät "1".jpg', 'image/gif'), spelling };
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
    const { url, call, channelId, agentId } = await openMediaRoom(t);
    for (const spelling of [0, 1, 2]) {
      const body = createForm(riff(64), 'voice.wav');
      body.set('agentId', agentId);
      const { body: answer } = await call('upload-channel-media', { params: { channelId }, body, spelling });
      assert.deepEqual([answer.data.type, answer.type, answer.agentId], ['audio/wav', 'audio', agentId]);
      assert.equal((await fetch(url + answer.url)).status, 200);
      const elsewhere = answer.url.replace(channelId, id);
      assert.equal((await fetch(url + elsewhere)).status, 404);
    }
  });

  it('is taken for what its bytes are: pages and scripts become plain text, anything else is refused', async (t) => {
    const { url, call, agentId, listStored } = await openMediaRoom(t);
    const page = '<!doctype html><script>alert(1)</script>';
    const drawing = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const text of [page, drawing, 'Ärger', '%PDX']) {
      const { body } = await call('upload-agent-media', {
        params: { agentId },
        body: createForm(text, 'a.html', 'text/html'),
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
        body: createForm(bytes, 'a.png', 'image/png'),
      });
      assert.deepEqual([status, body.error?.code], [415, 'unsupported-file-type']);
    }
    assert.equal(listStored().length, before);
  });

  it('that is too large, empty, missing, no form or for nobody leaves nothing', async (t) => {
    const { call, agentId, listStored, listIncoming } = await openMediaRoom(t, { MAX_UPLOAD_BYTES: '1000' });
    const refused = async (given: Parameters<typeof call>[1], status: number, code: string) => {
      const answer = await call('upload-agent-media', { params: { agentId }, ...given });
      assert.deepEqual([answer.status, answer.body.error?.code], [status, code]);
    };
    await refused({ body: createForm('x'.repeat(1001)) }, 413, 'file-too-large');
    await refused({ body: createForm('x'.repeat(3_000_000)) }, 413, 'file-too-large');
    await refused({ body: createForm('') }, 400, 'file-missing');
    await refused({ body: new FormData() }, 400, 'file-missing');
    await refused({ body: { file: 'x' } }, 415, 'unsupported-media-type');
    await refused({ params: { agentId: id }, body: createForm('x') }, 404, 'agent-not-found');
    const nowhere = await call('upload-channel-media', { params: { channelId: id }, body: createForm('x') });
    assert.deepEqual([nowhere.status, nowhere.body.error?.code], [404, 'channel-not-found']);
    assert.deepEqual([listStored(), listIncoming()], [[], []]);
    assert.equal(
      (await call('upload-agent-media', { params: { agentId }, body: createForm('x'.repeat(1000)) })).status,
      200,
    );
  });

  it('that breaks off leaves nothing', async (t) => {
    const { url, agentId, listStored, listIncoming } = await openMediaRoom(t);
    const upload = request(`${url}/api/media/agents/${agentId}/upload-media`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b', 'content-length': '1000000' },
    });
    upload.on('error', () => {});
    upload.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n');
    upload.write('x'.repeat(200_000));
    await waitUntil(() => listIncoming().length === 1);
    upload.destroy();
    await waitUntil(() => listIncoming().length === 0);
    assert.deepEqual(listStored(), []);
  });

  it('to a channel or an agent that is deleted while it comes leaves nothing', async (t) => {
    const { url, call, channelId, listStored, listIncoming } = await openMediaRoom(t);
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
      await waitUntil(() => listIncoming().length === 1);
      assert.equal((await remove()).status, 204);
      upload.end('x\r\n--b--\r\n');
      const [response] = await answered;
      const body = JSON.parse(Buffer.concat(await response.toArray()).toString());
      assert.deepEqual([response.statusCode, body.error?.code], [404, code]);
    }
    assert.deepEqual(listStored(), []);
  });

  it('needs the key where there is one; reading needs the name', async (t) => {
    const { url, call, agentId } = await openMediaRoom(t, { ELIZAD_API_KEY: 'k' });
    assert.equal((await call('upload-agent-media', { params: { agentId }, body: createForm('x') })).status, 401);
    const headers = { 'x-api-key': 'k' };
    const { body } = await call('upload-agent-media', { params: { agentId }, body: createForm('x'), headers });
    assert.match(body.data.filename, /^[0-9a-f]{40}\.txt$/);
    assert.equal((await fetch(url + body.data.url)).status, 200);
    const other = body.data.url.replace(/[0-9a-f]{40}/, '0'.repeat(40));
    assert.equal((await fetch(url + other)).status, 404);
    assert.equal((await fetch(`${url}/media/uploads/agents/${agentId}/..%2f..%2felizad.sqlite`)).status, 400);
  });
});
