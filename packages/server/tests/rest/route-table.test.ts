/** The table of the HTTP API as a whole: no row hides another, and every spelling of an address or a field does the same. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import * as rest from 'elizad-protocol/rest';
import { openFakeHttp } from '../support/fake-http.ts';
import { type Call, type Called, createRestClient, toAddress } from '../support/rest-client.ts';
import { aliased, makeThings, rowRequests, uploadFile } from '../support/row-requests.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from '../support/test-server.ts';

const { restRows } = rest;
const rows = Object.entries<rest.RestRow>(restRows);

test('every row of every domain is in the table, under a name of its own', () => {
  const domains = Object.entries(rest).filter(([name]) => name.endsWith('Rows') && name !== 'restRows');
  const named = domains.flatMap(([, rows]) => Object.keys(rows as object));
  assert.equal(new Set(named).size, named.length);
  assert.deepEqual(named.sort(), Object.keys(restRows).sort());
});

test('no two rows have the same method and address', () => {
  const addresses = rows.flatMap(([, { method, path, aliases = [] }]) =>
    [path, ...aliases].map((one) => `${method} ${one.replace(/:\w+/g, ':')}`),
  );
  assert.deepEqual(
    addresses.filter((one, index) => addresses.indexOf(one) !== index),
    [],
  );
});

test('every spelling of an address answers the same', async (t) => {
  assert.deepEqual(Object.keys(rowRequests).sort(), [...aliased].sort());
  const { url, agentId, client } = await openSpeaking(t);
  const file = await uploadFile(client, agentId);
  // Who only reads comes first, for what else is asked for wakes agents.
  const isReading = (name: rest.RestRowName) => restRows[name].method === 'GET';
  const names = [...aliased.filter(isReading), ...aliased.filter((name) => !isReading(name))];
  const toRead = await makeThings(client, agentId, file);
  for (const name of names) {
    const { aliases = [] }: rest.RestRow = restRows[name];
    let things = isReading(name) ? toRead : await makeThings(client, agentId, file);
    const answers: string[] = [];
    for (const spelling of [0, ...aliases.map((_alias, index) => index + 1)]) {
      if (spelling > 0 && !isReading(name)) things = await makeThings(client, agentId, file);
      const request = { ...rowRequests[name]?.(things), spelling };
      const { status, body } = await (name === 'follow-channel' ? glance(t, url, request) : client.call(name, request));
      assert.ok(status < 300, `${name}, ${spelling}: ${status} ${JSON.stringify(body)}`);
      answers.push(`${status} ${mask(body)}`);
    }
    for (const [index, answer] of answers.entries()) assert.equal(answer, answers[0], `${name}: ${aliases[index - 1]}`);
  }
});

test('every spelling of a field is read as the field', async (t) => {
  const { client, agentId } = await openSpeaking(t);
  const params = { ...Object.fromEntries(paramNames.map((name) => [name, someId])), agentId };
  for (const [name, row] of rows) {
    for (const [field, others] of Object.entries(row.spellings ?? {})) {
      // Anything goes there: see below.
      if (field === 'rawMessage') continue;
      const isQuery = row.query !== undefined && field in row.query.shape;
      const complain = async (given: Record<string, unknown>) => {
        const request = isQuery ? { query: given as Record<string, string> } : { body: toBody(row, given) };
        const answer: Called<rest.RestRowName> = await client.call(name as rest.RestRowName, { params, ...request });
        return answer.body.error?.issues?.filter(({ path }) => path.replace('query.', '').startsWith(field)) ?? [];
      };
      const without = JSON.stringify(await complain({}));
      let found = false;
      // A value that is told from none by what is complained of: a wrong one, or, of a field that must be there, a right one.
      for (const value of ['?', { wrong: 1 }, 'x'.repeat(5_000), someId]) {
        const own = await complain({ [field]: value });
        if (JSON.stringify(own) === without) continue;
        found = true;
        for (const other of others) assert.deepEqual(await complain({ [other]: value }), own, `${name}: ${other}`);
        break;
      }
      assert.ok(found, `${name}: ${field} makes no difference`);
    }
  }
});

test('what is sent as it is comes back under either spelling', async (t) => {
  const { call } = createRestClient((await openTestServer(t)).url);
  const authorId = crypto.randomUUID();
  const { body } = await call('create-channel', { body: { name: 'Hall', participants: [authorId] } });
  const channelId = body.data.id;
  // Where both are given, our own counts.
  for (const fields of [['rawMessage'], ['raw_message'], ['rawMessage', 'raw_message']]) {
    const [field] = fields as [string];
    const raw = Object.fromEntries(fields.map((one) => [one, { mark: one }]).reverse());
    const said = { channelId, authorId, content: 'Hello', sourceType: 'walk', ...raw };
    const card = (await call('post-action', { body: said })).body.data.id;
    const ids = [
      card,
      (await call('post-message', { params: { channelId }, body: said })).body.data.id,
      (await call('submit-message', { body: said })).body.data.id,
      (await call('ingest-message', { body: said })).body.data.messageId,
    ];
    const read = async (messageId: string) =>
      (await call('get-message', { params: { messageId } })).body.data.rawMessage;
    for (const id of ids) assert.equal(((await read(id)) as { mark: string }).mark, field);
    await call('edit-action', { params: { messageId: card }, body: { [field]: { mark: 'anew' } } });
    assert.equal(((await read(card)) as { mark: string }).mark, 'anew');
  }
});

const someId = '11111111-1111-4111-8111-111111111111';
const paramNames = [...new Set(rows.flatMap(([, { params }]) => Object.keys(params?.shape ?? {})))];

function toBody({ upload }: rest.RestRow, given: Record<string, unknown>): unknown {
  if (!upload) return given;
  const form = new FormData();
  for (const [name, value] of Object.entries(given)) form.set(name, String(value));
  form.set(upload, new File(['x'], 'x.wav'));
  return form;
}

/** In a directory of its own, where its `.env` is written; with an agent that speaks. */
async function openSpeaking(t: TestContext) {
  const provider = await openFakeHttp(t, () => ({ body: Buffer.from('ID3') }));
  const settings = { model: 'eliza', speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1' };
  const { url } = await spawnServer(t, join(makeDir(t), 'data'), {
    ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { name: 'Ada', bio: ['Calm.'], settings }),
    ELIZAD_ENV_WRITE: 'on',
    REST_REQUESTS_PER_MINUTE: '0',
    OPENAI_API_KEY: 'k',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  });
  const client = createRestClient(url);
  const agentId = (await client.call('list-agents')).body.data.agents[0]?.id ?? '';
  return { url, client, agentId };
}

/** The beginning of a stream that has no end. */
async function glance(t: TestContext, url: string, request: Call) {
  const leave = new AbortController();
  t.after(() => leave.abort());
  const response = await fetch(toAddress(url, restRows['follow-channel'], request), { signal: leave.signal });
  const { value } = (await response.body?.getReader().read()) ?? {};
  return { status: response.status, body: Buffer.from(value ?? []).toString() };
}

/** Ids, times and places in the order of the server are never the same twice. */
const mask = (body: unknown): string =>
  JSON.stringify(body)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/[0-9a-f]{40}/g, '<file>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b1\d{12}\b/g, '<time>');
