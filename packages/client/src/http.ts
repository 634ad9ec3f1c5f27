/**
 * The HTTP API from the same client: each row of the protocol's table is a call, typed by it. At run time there is only
 * the list of addresses; what is given is checked by the server, which says every fault.
 */
import type { AckFailure } from 'elizad-protocol';
import type { RestFailure, RestInput, RestOutput, RestRowName, RestUploadName } from 'elizad-protocol/rest';
import { RequestFailed } from './request-failed.ts';
import { restTable } from './rest-table.ts';
import { type Sending, sendForm } from './send-form.ts';

type CallOptions = {
  signal?: AbortSignal;
  /** Ask as whoever runs the server, not as yourself: he sees rooms of others. */
  asOperator?: boolean;
  /** Goes on when the page is left. */
  keepalive?: boolean;
};
type Given<N extends RestRowName> =
  Record<never, never> extends RestInput<N> ? [RestInput<N>?, CallOptions?] : [RestInput<N>, CallOptions?];
type Place<N extends RestRowName> = Pick<RestInput<N>, Extract<keyof RestInput<N>, 'params' | 'query'>>;
type Placed<N extends RestRowName> = Record<never, never> extends Place<N> ? [Place<N>?] : [Place<N>];

export type Upload<N extends RestUploadName> = Place<N> & {
  file: Blob;
  /** Its name, where `file` is no `File`. */
  fileName?: string;
  /** Other fields of the form. */
  fields?: Record<string, string>;
  /** Told how much of it is sent, 0 to 1; in browsers. */
  onProgress?: (part: number) => void;
  signal?: AbortSignal;
};

export type Http = {
  /** Rejects with `RequestFailed` when the server refuses, with `TypeError` when it cannot be reached. */
  call<N extends RestRowName>(name: N, ...given: Given<N>): Promise<RestOutput<N>>;
  upload<N extends RestUploadName>(name: N, upload: Upload<N>): Promise<RestOutput<N>>;
  /** The whole address of a row. */
  address<N extends RestRowName>(name: N, ...place: Placed<N>): string;
  /** The whole address of a file, as a message names it. */
  fileAddress(url: string): string;
};

type AnyPlace = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

/** `getEntityId` is asked with each call: the id may be assigned later. */
export function createHttp(base: string, apiKey: string | undefined, getEntityId: () => string | undefined): Http {
  const headersFor = ({ asOperator }: CallOptions = {}): Record<string, string> => {
    const entityId = asOperator ? undefined : getEntityId();
    return { ...(apiKey && { 'X-API-KEY': apiKey }), ...(entityId && { 'X-Entity-Id': entityId }) };
  };
  const place = (path: string, { params = {}, query = {} }: AnyPlace): string => {
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const url = new URL(base + filled);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  };
  return {
    async call<N extends RestRowName>(name: N, ...args: Given<N>) {
      const [given = {}, options] = args as [AnyPlace?, CallOptions?];
      const { method, path } = readRow(name);
      const { body } = given;
      const headers = headersFor(options);
      if (body !== undefined) headers['Content-Type'] = 'application/json';
      const response = await fetch(place(path, given), {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(options?.signal && { signal: options.signal }),
        ...(options?.keepalive && { keepalive: true }),
      });
      if (!response.ok) throw toFailure(await response.text(), response.status, response.headers.get('retry-after'));
      if (response.status === 204) return undefined as RestOutput<N>;
      const isJson = response.headers.get('content-type')?.includes('json');
      return (isJson ? await response.json() : response) as RestOutput<N>;
    },
    async upload<N extends RestUploadName>(name: N, upload: Upload<N>) {
      const { method, path, field } = readRow(name);
      const { file, fileName, fields = {}, onProgress, signal } = upload;
      const form = new FormData();
      // Fields before the file: the server may read them first.
      for (const [key, value] of Object.entries(fields)) form.set(key, value);
      form.set(field, file, fileName ?? (file instanceof File ? file.name : 'file'));
      const sending: Sending = {
        method,
        url: place(path, upload as AnyPlace),
        headers: headersFor(),
        form,
        onProgress,
        signal,
      };
      const { status, text, retryAfter } = await sendForm(sending);
      if (status < 200 || status > 299) throw toFailure(text, status, retryAfter);
      return JSON.parse(text) as RestOutput<N>;
    },
    address: (name, ...given) => place(readRow(name).path, (given[0] ?? {}) as AnyPlace),
    // The server names its files with its path; one that was named before it had a path is there, too.
    fileAddress: (url) => new URL(url.startsWith('/media/') ? base + url : url, base).href,
  };
}

function readRow(name: RestRowName): { method: string; path: string; field: string } {
  const [method = 'GET', path = '/', field = 'file'] = restTable[name].split(' ');
  return { method, path, field };
}

/** What stands between may answer too, and not in our words. */
function toFailure(text: string, status: number, retryAfter: string | null): RequestFailed {
  let error: Partial<RestFailure['error']> = {};
  try {
    error = (JSON.parse(text) as Partial<RestFailure> | null)?.error ?? {};
  } catch {
    error = {};
  }
  const { code = 'internal', message = `The server answered with ${status}.`, hint, issues } = error;
  const details = {
    code,
    ...(hint && { hint }),
    ...(issues && { issues }),
    ...(Number(retryAfter) > 0 && { retryAfterMs: Number(retryAfter) * 1000 }),
  } as AckFailure['details'];
  return new RequestFailed({ ok: false, error: message, details });
}
