/**
 * Writes docs/protocol.md, docs/rest.md, docs/settings.md and the addresses of the client from the tables that the server
 * runs on; with `--check` it writes nothing and fails when one differs from its table.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  encodeEvent,
  errorTable,
  intents,
  offsetEvent,
  outRows,
  type ServerEventName,
  wireIn,
  wireOut,
} from 'elizad-protocol';
import type { z } from 'zod';
import { settingsTable } from '../packages/server/src/config.ts';
import { describeType, toSchema } from '../packages/server/src/rest/description/type-words.ts';
import { writeClientTable } from './docs/client-table.ts';
import { table } from './docs/markdown.ts';
import { writeRest } from './docs/rest-page.ts';

function describeIn([event, row]: [string, (typeof wireIn)[keyof typeof wireIn]]): string[] {
  const { payload, result } = intents[row.intent];
  const schema = toSchema(payload);
  const fields = Object.entries(row.fields as Record<string, string>).map(([wire, ours]) => {
    const field = schema.properties?.[ours] ?? {};
    const fallback =
      field.default === undefined ? 'optional' : `optional, default \`${JSON.stringify(field.default)}\``;
    return [`\`${wire}\``, describeType(field), schema.required?.includes(ours) ? 'yes' : fallback];
  });
  const sample = row.valid.find(({ payload: given }) => given !== undefined)?.payload;
  return [
    `### \`${event}\``,
    '',
    row.about,
    '',
    ...(fields.length > 0 ? table(['field', 'type', 'required'], fields) : ['No payload.', '']),
    ...describeAlsoTaken(row),
    ...(sample === undefined
      ? []
      : ['```js', `socket.emit('${event}', ${JSON.stringify(sample)}, (ack) => …)`, '```', '']),
    `Acknowledgement: \`{ok: true, …${describeType(toSchema(result))}}\`${'channelId' in result.shape ? ', `channelId` also as `roomId`' : ''}; or \`{ok: false, error, details}\`.`,
    '',
    `Refused, for example: ${row.invalid.map(({ why, path }) => `${why}${path ? ` (\`${path}\`)` : ''}`).join('; ')}.`,
    '',
  ];
}

function describeAlsoTaken(row: (typeof wireIn)[keyof typeof wireIn]): string[] {
  if (!('alsoTaken' in row)) return [];
  const fields = Object.entries(row.fields as Record<string, string>);
  const words = Object.entries(row.alsoTaken as Record<string, string>).map(([wire, ours]) => {
    const [known] = fields.find(([, one]) => one === ours) ?? [];
    return known === undefined ? `\`${wire}\`` : `\`${wire}\` as \`${known}\``;
  });
  return [`Also accepted, from other clients: ${words.join(', ')}.`, ''];
}

const sampleFrames = (Object.keys(outRows) as ServerEventName[]).flatMap((name) =>
  encodeEvent(name, outRows[name].sample),
);

function describeOut([event, { about, schema }]: [string, { about: string; schema: z.ZodType }]): string[] {
  const { properties, required = [], anyOf } = toSchema(schema);
  const body = properties
    ? table(
        ['field', 'type'],
        Object.entries(properties).map(([name, field]) => [
          `\`${name}\`${required.includes(name) ? '' : ' (not always)'}`,
          describeType(field),
        ]),
      )
    : [`\`${describeType({ anyOf })}\``, ''];
  const sample = sampleFrames.find(([name]) => name === event)?.[1];
  return [`### \`${event}\``, '', about, '', ...body, '```json', JSON.stringify(sample), '```', ''];
}

const note =
  '<!-- Made by `npm run docs` from the tables in packages/protocol and packages/server/src/config.ts. Do not edit. -->';

function writeProtocol(): string {
  return [
    note,
    '',
    '# The protocol',
    '',
    "Socket.IO v4 on `/socket.io/` (WebSocket and HTTP long-polling), with any stock client: `io('http://localhost:3000')`. Ids are UUIDs of any version and case; times are milliseconds since the epoch.",
    'The handshake may carry `auth: {entityId?, name?, apiKey?, token?}`. Every event accepts an acknowledgement; unknown fields are ignored.',
    '',
    '## What a client sends',
    '',
    ...Object.entries(wireIn).flatMap((row) => describeIn(row as [string, (typeof wireIn)['join']])),
    '## What the server sends',
    '',
    ...Object.entries(wireOut).flatMap((row) => describeOut(row)),
    `### \`${offsetEvent.name}\``,
    '',
    `${offsetEvent.about} Its only argument is a string.`,
    '',
    '[rest.md](rest.md) describes the HTTP API.',
    '',
    '## Errors',
    '',
    'An error is `{error, details: {code, hint, event, …}}` on the socket (and `{success: false, error: {code, message, hint}}` over HTTP). The range of the number says what to do: 1000 fix the request, 2000 get permission, 3000 slow down, 4000 check the agent or its model, 5000 try again later with the same `messageId`.',
    '',
    ...table(
      ['code', 'number', 'HTTP', 'retry', 'message', 'hint'],
      Object.entries(errorTable).map(([code, { number, httpStatus, retry, message, hint }]) => [
        `\`${code}\``,
        String(number),
        String(httpStatus),
        retry,
        message,
        hint,
      ]),
    ),
  ].join('\n');
}

function writeSettings(): string {
  const rows = Object.values(settingsTable).map((setting) => {
    const value = (toSchema(setting.schema) as { default?: unknown }).default;
    const shown = value === undefined || (Array.isArray(value) && value.length === 0) ? 'none' : `\`${value}\``;
    return [
      setting.env.map((name) => `\`${name}\``).join(', '),
      'flag' in setting ? `\`--${setting.flag}\`` : '',
      shown,
      setting.accepts,
      `${setting.about} *${setting.why}*`,
    ];
  });
  return [
    note,
    '',
    '# Settings',
    '',
    'Settings come from flags, the environment, and a `.env` file in the working directory. A flag overrides the environment, and the environment overrides `.env`. The server does not start if other users of the machine can write `.env`, or if a value is not accepted; the error line says what is accepted. The reason for each default is in *italics*.',
    '',
    ...table(['variable', 'flag', 'default', 'accepts', 'what it does'], rows),
  ].join('\n');
}

const pages = {
  'docs/protocol.md': writeProtocol(),
  'docs/rest.md': [note, '', ...writeRest()].join('\n'),
  'docs/settings.md': writeSettings(),
  'packages/client/src/rest-table.ts': writeClientTable(),
};
const root = new URL('../', import.meta.url);
const stale = Object.entries(pages).filter(([path, text]) => readPage(path) !== text);

function readPage(path: string): string {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return '';
  }
}

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} differs from its table: run npm run docs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    writeFileSync(new URL(path, root), text);
    console.log(`wrote ${path}`);
  }
}
