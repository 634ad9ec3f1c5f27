/** The documented operations, as facts: addresses, parameters, bodies and answers. And calling one over real HTTP. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Schema } from './documented-strict.ts';

export type Operation = {
  method: string;
  path: string;
  parameters: { name: string; in: string; required: boolean }[];
  /** By content type. */
  body?: Record<string, Schema>;
  /** By status, then by content type. */
  responses: Record<string, Record<string, Schema>>;
};

export const operations: readonly Operation[] = JSON.parse(
  readFileSync(new URL('./documented-operations.json', import.meta.url), 'utf8'),
);

export const nameOf = ({ method, path }: Pick<Operation, 'method' | 'path'>): string => `${method} ${path}`;

/** What fills an operation in. A text as body goes as it is, said to be JSON. */
export type Filling = {
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
};

export type Answer = { status: number; type: string; body: unknown };

export async function call(url: string, { method, path }: Operation, filling: Filling): Promise<Answer> {
  const { params, query, body } = filling;
  if (path === '/websocket') return upgrade(`${url}${path}`);
  const address = new URL(
    path.replace(/\{(\w+)\}/g, (_match, name) => params[name] ?? '99999999-9999-4999-8999-999999999999'),
    url,
  );
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const isForm = body instanceof FormData;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(address, {
    method,
    signal: AbortSignal.timeout(20_000),
    ...(body !== undefined && { body: isForm ? body : text }),
    ...(body !== undefined && !isForm && { headers: { 'content-type': 'application/json' } }),
  });
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const answered = await response.text();
  return { status: response.status, type, body: type === 'application/json' ? JSON.parse(answered) : answered };
}

/** A real upgrade, as a client without Socket.IO's own path does it. */
async function upgrade(address: string): Promise<Answer> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.from('0123456789abcdef').toString('base64'),
  };
  const asked = request(`${address}?EIO=4&transport=websocket`, { headers }).end();
  asked.on('response', (response) => asked.destroy(new Error(`no upgrade: ${response.statusCode}`)));
  const [response, socket] = await once(asked, 'upgrade', { signal: AbortSignal.timeout(10_000) });
  socket.destroy();
  return { status: response.statusCode, type: '', body: '' };
}
