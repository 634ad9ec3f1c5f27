/** The HTTP API as an OpenAPI 3.1 document, made of the rows. */
import { type ErrorCode, errorTable } from 'elizad-protocol';
import { describeRow, type RestDomain, type RestRow, restDomains, restRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import { sharedSchemas, toSchema } from './schemas.ts';

type Json = Record<string, unknown>;

/** What every route may answer with, and those that ask for a key. */
const always: readonly ErrorCode[] = ['invalid-payload', 'internal'];
const withKey: readonly ErrorCode[] = [
  'unauthorized',
  'too-many-keys',
  'missing-scope',
  'invalid-entity-id',
  'too-many-requests',
];

/** Every code that a row's route may answer with. */
export const listErrors = (row: RestRow): ErrorCode[] => [
  ...new Set([...row.errors, ...always, ...(row.scope === null ? [] : withKey)]),
];

/** All addresses of a row, as `{name}`; the first is the one that clients of the field use most. */
export const listAddresses = ({ path, aliases = [] }: RestRow): string[] =>
  [path, ...aliases].map((address) => address.replace(/:(\w+)/g, '{$1}'));

export async function describeApi(version: string, basePath = ''): Promise<Json> {
  const paths: Record<string, Json> = {};
  for (const [name, row] of Object.entries<RestRow>(restRows)) {
    listAddresses(row).forEach((address, index) => {
      paths[address] ??= {};
      (paths[address] as Json)[row.method.toLowerCase()] = describeOperation(name, row, index);
    });
    // All of them take as long as nobody should wait.
    await new Promise(setImmediate);
  }
  const used = new Set(Object.values<RestRow>(restRows).map(({ domain }) => domain));
  return {
    openapi: '3.1.0',
    info: {
      title: 'elizad',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'The HTTP API of elizad, generated from the table of routes that the server runs on. asyncapi.json describes the sockets.',
    },
    servers: [{ url: basePath || '/' }],
    tags: restDomains.filter((domain) => used.has(domain)).map((name) => ({ name, description: domainWords[name] })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-KEY' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
      schemas: { Failure: failure, ...sharedSchemas },
    },
  };
}

const domainWords: Readonly<Record<RestDomain, string>> = {
  system: 'The server: health, version, metrics, environment.',
  agents: 'Agents, their worlds, runs and logs.',
  memory: 'Memories of agents.',
  rooms: 'Rooms as agents see them.',
  messaging: 'Message servers, channels, participants and messages.',
  sessions: 'Conversations of one person with one agent that end when unused.',
  jobs: 'Single questions whose answers are fetched later.',
  logs: 'Log entries of the server and its agents.',
  media: 'Files.',
  audio: 'Speech to text, and text to speech.',
  tee: 'Attestations of the machine that the server runs on.',
  openai: 'Agents as models of the OpenAI API.',
};

const failure: Json = {
  type: 'object',
  required: ['success', 'error'],
  properties: {
    success: { const: false },
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: Object.keys(errorTable) },
        message: { type: 'string' },
        hint: { type: 'string', description: 'How to resolve it.' },
        details: { type: 'string', description: 'The issues as text.' },
        issues: {
          type: 'array',
          items: {
            type: 'object',
            required: ['path', 'message'],
            properties: { path: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
  },
};

function describeOperation(name: string, row: RestRow, index: number): Json {
  const { method, domain, scope, aliases } = row;
  const about = describeRow(row);
  const body = describeBody(row);
  const usual = listAddresses(row)[0];
  return {
    operationId: index === 0 ? name : `${name}-${index + 1}`,
    summary: firstSentence(about),
    description: index === 0 ? about : `${about}\n\nAlias of \`${method} ${usual}\`.`,
    tags: [domain],
    'x-domain': domain,
    ...(index > 0 && { 'x-alias-of': usual }),
    ...(index === 0 && aliases && { 'x-aliases': listAddresses(row).slice(1) }),
    ...(row.spellings && { 'x-spellings': row.spellings }),
    ...(scope !== null && { 'x-scope': scope }),
    security: scope === null ? [] : [{ apiKey: [] }, { bearer: [] }, {}],
    parameters: [
      ...describeParameters('path', row.params),
      ...describeParameters('query', row.query),
      ...(scope === null ? [] : [entityHeader]),
    ],
    ...(body && { requestBody: body }),
    responses: { ...describeAnswers(row), ...describeFailures(row) },
  };
}

const entityHeader = {
  name: 'X-Entity-Id',
  in: 'header',
  required: false,
  description: 'The entity to act as; without it, you act as the operator of the server.',
  schema: { type: 'string', format: 'uuid' },
};

export const firstSentence = (about: string): string =>
  /^.*?[.;:](?=\s|$)/s.exec(about)?.[0].replace(/[;:]$/, '.') ?? about;

function describeParameters(where: 'path' | 'query', schema: z.ZodObject | undefined): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input');
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(typeof description === 'string' && { description }),
    schema: rest,
  }));
}

const bytes = { type: 'string', contentMediaType: 'application/octet-stream' };

function describeBody({ upload, form, body }: RestRow): Json | undefined {
  if (upload) {
    const { properties = {}, required = [] } = body ? toSchema(body, 'input') : {};
    const schema = {
      type: 'object',
      required: [upload, ...required],
      properties: { [upload]: bytes, ...properties },
    };
    return { required: true, content: { 'multipart/form-data': { schema } } };
  }
  if (!body) return undefined;
  const json = { 'application/json': { schema: toSchema(body, 'input') } };
  if (!form) return { required: !body.safeParse({}).success, content: json };
  const { properties = {} } = toSchema(form.fields, 'input');
  const schema = { type: 'object', properties: { [form.file]: bytes, ...properties } };
  return { required: true, content: { ...json, 'multipart/form-data': { schema } } };
}

const rawTypes = {
  events: 'text/event-stream',
  bytes: 'application/octet-stream',
  page: 'text/html',
  text: 'text/plain',
} as const;

function describeAnswers({ answers }: RestRow): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      if (answer === 'none') return [status, { description: 'No content.' }];
      if (answer === 'bytes')
        return [status, { description: 'Bytes, of the type that the header says.', content: { '*/*': {} } }];
      if (typeof answer === 'string')
        return [
          status,
          { description: 'As it goes on.', content: { [rawTypes[answer]]: { schema: { type: 'string' } } } },
        ];
      return [
        status,
        { description: 'Done.', content: { 'application/json': { schema: toSchema(answer, 'output') } } },
      ];
    }),
  );
}

/** One response for each status, which names the codes that come with it. */
function describeFailures(row: RestRow): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of listErrors(row)) {
    const { httpStatus } = errorTable[code];
    byStatus.set(httpStatus, [...(byStatus.get(httpStatus) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in row.answers))
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\`: ${errorTable[code].message}`).join('\n'),
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
        },
      ]),
  );
}
