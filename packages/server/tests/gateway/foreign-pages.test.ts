/** A page of a stranger, in the browser of somebody whose server asks for no key: it reads nothing, and takes no socket. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { openClient } from '../support/stock-client.ts';
import { openTestServer } from '../support/test-server.ts';

const polling = '/socket.io/?EIO=4&transport=polling';
const evil = { origin: 'https://evil.example' };

/** What a browser says of a request that a page of another site makes it send, where it does not name the page. */
const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** Unlike fetch, it sends every header as it is given. */
const askWith = (url: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    get(url, { headers }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });

/** A connection of somebody on this machine, whose id a page has come to know. */
async function openConnection(url: string): Promise<string> {
  const answer = await (await fetch(url + polling)).text();
  return JSON.parse(answer.slice(1)).sid;
}

async function openUpgrade(t: TestContext, address: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(address, { headers });
  t.after(() => socket.terminate());
  // A refusal is an error of the socket, and then its close.
  socket.on('error', () => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('open', resolve).on('close', resolve);
  await promise;
  return socket;
}

test('a connection is not handed to a script of a page: there is no JSONP', async (t) => {
  const { url } = await openTestServer(t);
  const first = await fetch(`${url}${polling}&j=0`);
  assert.equal(first.status, 400);
  assert.doesNotMatch(await first.text(), /sid/);
  const sid = await openConnection(url);
  const form = { method: 'POST', body: 'd=40', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
  assert.equal((await fetch(`${url}${polling}&j=0&sid=${sid}`, form)).status, 400);
});

test('a page that knows the id of a connection can neither read from it, nor write to it, nor take it over', async (t) => {
  const { url } = await openTestServer(t);
  const sid = await openConnection(url);
  const address = `${url}${polling}&sid=${sid}`;
  assert.equal((await fetch(address, { method: 'POST', body: '40', headers: evil })).status, 403);
  assert.equal(await askWith(address, evil), 403);
  assert.equal(await askWith(address, embedded), 403);
  const upgrade = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`;
  assert.equal((await openUpgrade(t, upgrade, evil)).readyState, WebSocket.CLOSED);
  assert.equal((await openUpgrade(t, upgrade, { host: 'evil.example' })).readyState, WebSocket.CLOSED);
  // Whoever it belongs to does not notice.
  assert.equal((await fetch(address, { method: 'POST', body: '40' })).status, 200);
  assert.match(await (await fetch(address)).text(), /^40/);
  assert.equal((await openUpgrade(t, upgrade, {})).readyState, WebSocket.OPEN);
});

test('a request of another site whose page is not named is refused, unless it opens a page of ours', async (t) => {
  const { url } = await openTestServer(t, { CORS_ORIGIN: 'https://app.example.com' });
  const ask = (path: string, headers: Record<string, string>) => askWith(url + path, headers);
  const room = `/api/messaging/dm-channel?currentUserId=${crypto.randomUUID()}&targetUserId=${crypto.randomUUID()}`;
  for (const path of [polling, '/api/agents', '/%61pi/agents', room, '/v1/models'])
    for (const headers of [embedded, followed]) assert.equal(await ask(path, headers), 403, path);
  const page = { ...followed, accept: 'text/html' };
  for (const path of ['/', '/rooms/7', '/docs']) assert.notEqual(await ask(path, page), 403, path);
  // A picture may be shown: that this one is not there is another answer.
  const picture = `/media/uploads/channels/${crypto.randomUUID()}/1-aaaaaaaa.png`;
  assert.notEqual(await ask(picture, embedded), 403);
  for (const site of ['same-origin', 'none'])
    for (const path of [polling, '/api/agents']) assert.equal(await ask(path, { 'sec-fetch-site': site }), 200);
});

test('pages of this machine are near, whatever their port; those of a neighbour of a name are not', async (t) => {
  const { url } = await openTestServer(t, { CORS_ORIGIN: 'https://app.example.com' });
  const near = { 'sec-fetch-site': 'same-site' };
  assert.equal(await askWith(url + polling, near), 200);
  assert.equal(await askWith(url + polling, { ...near, host: 'app.example.com' }), 403);
  await openClient(t, url, { extraHeaders: { origin: 'http://localhost:5173', ...near } }).until('connect');
});
