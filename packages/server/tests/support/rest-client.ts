/** Calls routes of the table over real HTTP, and checks that each answer is one that its row allows. */
import assert from 'node:assert/strict';
import { errorTable } from 'elizad-protocol';
import { type RestFailure, type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import { z } from 'zod';

export type Call = {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean>;
  /** Sent as JSON; a `FormData` as a form. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Which spelling of the address: 0 is the row's path, the others its aliases. */
  spelling?: number;
};

type Rows = typeof restRows;
type JsonAnswer<N extends RestRowName> = Extract<Rows[N]['answers'][keyof Rows[N]['answers']], z.ZodType>;

/** `body` is parsed JSON, or text where the answer is none; `error` is there where the call failed. */
export type Called<N extends RestRowName> = {
  status: number;
  headers: Headers;
  body: ([JsonAnswer<N>] extends [never] ? unknown : z.output<JsonAnswer<N>>) & { error?: RestFailure['error'] };
};

/** Everybody may answer with these. */
const always = [
  'invalid-payload',
  'unauthorized',
  'missing-scope',
  'invalid-entity-id',
  'payload-too-large',
  'unsupported-media-type',
  'unsupported-encoding',
  'origin-not-allowed',
  'host-not-allowed',
  'too-many-requests',
  'too-many-keys',
];

export function createRestClient(url: string) {
  return {
    async call<N extends RestRowName>(name: N, given: Call = {}): Promise<Called<N>> {
      const row: RestRow = restRows[name];
      const isJson = given.body !== undefined && !(given.body instanceof FormData);
      const response = await fetch(toAddress(url, row, given), {
        method: row.method,
        headers: { ...(isJson && { 'content-type': 'application/json' }), ...given.headers },
        ...(given.body !== undefined && { body: isJson ? JSON.stringify(given.body) : (given.body as FormData) }),
      });
      const text = await response.text();
      const isJsonBack = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      const body = isJsonBack ? JSON.parse(text) : text;
      checkAnswer(name, row, response.status, body);
      return { status: response.status, headers: response.headers, body };
    },
  };
}

export function toAddress(url: string, row: RestRow, { params = {}, query = {}, spelling = 0 }: Call): URL {
  const path = [row.path, ...(row.aliases ?? [])][spelling] ?? '';
  const filled = path.replace(/:(\w+)/g, (_match, param) => encodeURIComponent(params[param] ?? ''));
  const address = new URL(filled, url);
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, String(value));
  return address;
}

/** Throws where a row does not allow an answer. */
export function checkAnswer(name: string, row: RestRow, status: number, body: unknown): void {
  const answer = row.answers[status];
  if (answer === undefined) {
    const { error } = body as RestFailure;
    assert.ok(
      [...always, ...row.errors].includes(error?.code as never),
      `${name}: ${status} ${JSON.stringify(body)} is none of its answers`,
    );
    assert.equal(errorTable[error.code as keyof typeof errorTable].httpStatus, status);
  } else if (answer instanceof z.ZodType) {
    const parsed = answer.safeParse(body);
    assert.ok(parsed.success, `${name}: ${status} does not fit its row: ${parsed.error}\n${JSON.stringify(body)}`);
  }
}
