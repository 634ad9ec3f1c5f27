/** The HTTP API as a page to read: plain HTML without scripts, made of the rows; the browser's own search finds in it. */
import { errorTable } from 'elizad-protocol';
import { describeRow, type RestRow, restDomains, restRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import { listAddresses, listErrors } from './openapi.ts';
import { pageStyle } from './page-style.ts';
import { describeType, listFields, type Schema, toSchema } from './type-words.ts';

const quote = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** `words` in backquotes are code. */
const prose = (text: string): string => quote(text).replace(/`([^`]*)`/g, '<code>$1</code>');

export async function writePage(version: string, basePath = ''): Promise<string> {
  const rows = Object.entries<RestRow>(restRows);
  const written = new Map<string, string>();
  for (const row of rows) {
    written.set(row[0], writeRow(row, basePath));
    // All of them take as long as nobody should wait.
    await new Promise(setImmediate);
  }
  const groups = restDomains
    .map((domain) => ({ domain, rows: rows.filter(([, row]) => row.domain === domain) }))
    .filter((group) => group.rows.length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>elizad: the HTTP API</title>
<style>${pageStyle}</style>
</head>
<body>
<nav aria-label="Routes">
<strong>elizad <small>${quote(version)}</small></strong>
${groups.map(({ domain, rows }) => `<h2><a href="#${domain}">${domain}</a></h2><ul>${rows.map(writeEntry).join('')}</ul>`).join('\n')}
</nav>
<main>
<h1>The HTTP API</h1>
<p>${rows.length} routes. For programs: <a href="${basePath}/openapi.json">openapi.json</a>; sockets: <a href="${basePath}/asyncapi.json">asyncapi.json</a>.</p>
<p>If the server has a key, send it as <code>X-API-KEY</code> or <code>Authorization: Bearer</code>. The header <code>X-Entity-Id</code> selects the entity that you act as. Every error is <code>{success: false, error: {code, message, hint}}</code>; any route may also return <code>invalid-payload</code> with every invalid field, <code>unauthorized</code>, <code>too-many-keys</code> and <code>too-many-requests</code>.</p>
${groups.map(({ domain, rows }) => `<section><h2 id="${domain}">${domain}</h2>${rows.map(([name]) => written.get(name)).join('\n')}</section>`).join('\n')}
</main>
</body>
</html>
`;
}

const badge = (method: string): string => `<b class="method ${method.toLowerCase()}">${method}</b>`;

const writeEntry = ([name, { method, path }]: [string, RestRow]): string =>
  `<li><a href="#${name}">${badge(method)} <span>${quote(path)}</span></a></li>`;

function writeRow([name, row]: [string, RestRow], basePath: string): string {
  const [usual = '', ...others] = listAddresses(row);
  return `<article id="${name}">
<h3>${badge(row.method)} <a href="#${name}">${quote(usual)}</a></h3>
${others.map((address) => `<p class="also">also <code>${quote(address)}</code></p>`).join('')}
<p>${prose(describeRow(row))}</p>
${row.scope === null ? '<p class="also">no key needed</p>' : ''}
${writeFields('Address', row.params)}${writeFields('Query', row.query)}${writeBody(row)}${writeSpellings(row)}
<h4>Answers</h4>
<table>${Object.entries(row.answers).map(writeAnswer).join('')}${writeErrors(row)}</table>
<pre>${quote(writeCurl(row, basePath + usual))}</pre>
</article>`;
}

function writeFields(title: string, schema: z.ZodType | undefined, first: ReturnType<typeof listFields> = []): string {
  const fields = [...first, ...(schema ? listFields(toSchema(schema)) : [])];
  if (fields.length === 0) return '';
  const lines = fields.map(
    ({ name, type, required, about }) =>
      `<tr><th scope="row"><code>${quote(name)}</code>${required ? '' : ' <small>optional</small>'}</th><td><code class="type">${quote(type)}</code>${about ? ` ${prose(about)}` : ''}</td></tr>`,
  );
  return `<h4>${title}</h4><table>${lines.join('')}</table>`;
}

const file = (name: string) => ({ name, type: 'file', required: true, about: '' });

function writeBody({ upload, form, body }: RestRow): string {
  if (upload) return writeFields('Form (multipart/form-data)', body, [file(upload)]);
  if (!body) return '';
  const schema = toSchema(body);
  if (form)
    return writeFields('Body (JSON, or multipart/form-data with a file)', body, [
      { ...file(form.file), required: false },
    ]);
  if (schema.properties) return writeFields('Body (JSON)', body);
  return `<h4>Body (JSON)</h4><p><code class="type">${quote(describeType(schema))}</code></p>`;
}

function writeSpellings({ spellings = {} }: RestRow): string {
  const all = Object.entries(spellings).map(
    ([name, others]) =>
      `<code>${quote(name)}</code> also as ${others.map((one) => `<code>${quote(one)}</code>`).join(', ')}`,
  );
  return all.length === 0 ? '' : `<p class="also">Spellings: ${all.join('; ')}.</p>`;
}

const rawWords = { none: 'nothing', events: 'server-sent events', bytes: 'bytes', page: 'HTML', text: 'text' } as const;

function writeAnswer([status, answer]: [string, RestRow['answers'][number]]): string {
  const shown =
    typeof answer === 'string'
      ? rawWords[answer]
      : `<code class="type">${quote(describeType(toSchema(answer, 'output')))}</code>`;
  return `<tr><th scope="row">${status}</th><td>${shown}</td></tr>`;
}

function writeErrors(row: RestRow): string {
  const shared = [
    'invalid-payload',
    'internal',
    'unauthorized',
    'too-many-keys',
    'missing-scope',
    'invalid-entity-id',
    'too-many-requests',
  ];
  return listErrors(row)
    .filter((code) => !shared.includes(code))
    .sort((a, b) => errorTable[a].httpStatus - errorTable[b].httpStatus)
    .map((code) => {
      const { httpStatus, message, httpHint: hint } = errorTable[code];
      return `<tr class="error"><th scope="row">${httpStatus}</th><td><code>${code}</code> ${prose(message)} <small>${prose(hint)}</small></td></tr>`;
    })
    .join('');
}

/** A line to paste into a shell, with values of the right kind. */
function writeCurl({ method, params, body, upload, scope }: RestRow, address: string): string {
  const { properties = {} } = params ? toSchema(params) : {};
  const filled = address.replace(/\{(\w+)\}/g, (_match, name) => String(sample(properties[name] ?? {}, name)));
  const parts = ['curl', ...(method === 'GET' ? [] : ['-X', method])];
  if (scope !== null) parts.push('-H', '"X-API-KEY: $ELIZAD_API_KEY"');
  if (upload) parts.push('-F', `${upload}=@./${upload}`);
  else if (body) {
    const { properties: fields = {}, required = [] } = toSchema(body);
    const given = Object.fromEntries(required.map((name) => [name, sample(fields[name] ?? {}, name)]));
    parts.push('-H', "'Content-Type: application/json'", '-d', `'${JSON.stringify(given)}'`);
  }
  return [...parts, `"http://localhost:3000${filled}"`].join(' ');
}

function sample(schema: Schema, name: string): unknown {
  const { const: only, enum: some, anyOf, oneOf, default: usual, type } = schema;
  const first = anyOf?.[0] ?? oneOf?.[0];
  if (usual !== undefined) return usual;
  if (only !== undefined) return only;
  if (some) return some[0];
  if (first) return sample(first, name);
  if (schema.pattern?.includes('{8}')) return '11111111-1111-4111-8111-111111111111';
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [sample(schema.items ?? {}, name)];
  if (type === 'object') {
    const required = schema.required ?? [];
    return Object.fromEntries(required.map((field) => [field, sample(schema.properties?.[field] ?? {}, field)]));
  }
  return name;
}
