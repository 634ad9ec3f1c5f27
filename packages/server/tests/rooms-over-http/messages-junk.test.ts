/** Whatever is sent to the addresses of messages, it is never the server that fails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentMessageRows, messageRows, openaiRows, type RestRow } from 'elizad-protocol/rest';
import { openTestServer } from '../support/test-server.ts';

const id = crypto.randomUUID();
const deep = '['.repeat(20_000) + ']'.repeat(20_000);
const junk = [
  'null',
  '[]',
  '""',
  '1e400',
  '-1',
  '{}',
  '{"__proto__":1}',
  `"${id}"`,
  '[null]',
  '[{}]',
  '"\\ud800"',
  deep,
];
const fields = [
  'content',
  'author_id',
  'metadata',
  'raw_message',
  'attachments',
  'messageId',
  'channel_id',
  'platform',
];
const more = ['prompt', 'agentId', 'source_id', 'model', 'messages', 'user', 'query', 'author_display_name'];
const whole = `"content":"hi","channel_id":"${id}","author_id":"${id}","model":"Eliza","query":"x","messages":[{"role":"user","content":"x"}]`;
const bodies = [
  ...junk,
  ...[...fields, ...more].flatMap((field) => junk.map((value) => `{${whole},"${field}":${value}}`)),
];

test('junk in every field of every address of messages is refused or taken, and nothing else', async (t) => {
  const { url } = await openTestServer(t);
  const rows = Object.entries<RestRow>({ ...messageRows, ...agentMessageRows, ...openaiRows });
  for (const [name, { method, path }] of rows.filter(([, row]) => row.body)) {
    for (const body of bodies) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url + path.replace(/:\w+/g, id), { method, headers, body });
      const answer = await response.text();
      assert.ok(response.status < 500, `${name}: ${response.status} ${answer.slice(0, 200)} to ${body.slice(0, 300)}`);
    }
  }
});
