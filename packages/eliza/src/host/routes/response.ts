/** What Express adds to a response, as far as plugins use it. */
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { serveStatic } from './static.ts';

export type RouteResponse = ServerResponse & {
  status(code: number): RouteResponse;
  json(value: unknown): RouteResponse;
  send(body?: unknown): RouteResponse;
  set(name: string | Record<string, OutgoingHttpHeader>, value?: OutgoingHttpHeader): RouteResponse;
  header(name: string | Record<string, OutgoingHttpHeader>, value?: OutgoingHttpHeader): RouteResponse;
  type(type: string): RouteResponse;
  redirect(statusOrUrl: number | string, url?: string): void;
  sendFile(path: string): void;
  readonly locals: Record<string, unknown>;
};

export function addToResponse(request: IncomingMessage, plain: ServerResponse): RouteResponse {
  const set = (name: string | Record<string, OutgoingHttpHeader>, value?: OutgoingHttpHeader): RouteResponse => {
    if (typeof name !== 'string') for (const [one, its] of Object.entries(name)) response.setHeader(one, its);
    else if (value !== undefined) response.setHeader(name, value);
    return response;
  };
  const setTypeOnce = (type: string): void => {
    if (!response.hasHeader('content-type')) response.setHeader('content-type', type);
  };
  const finish = (body: string | Uint8Array): RouteResponse => {
    response.end(request.method === 'HEAD' ? undefined : body);
    return response;
  };
  const response: RouteResponse = Object.assign(plain, {
    locals: {},
    set,
    header: set,
    status(code: number) {
      response.statusCode = code;
      return response;
    },
    json(value: unknown) {
      setTypeOnce('application/json; charset=utf-8');
      return finish(JSON.stringify(value) ?? '');
    },
    send(body?: unknown) {
      if (body === undefined || body === null) return finish('');
      if (body instanceof Uint8Array) {
        setTypeOnce('application/octet-stream');
        return finish(body);
      }
      if (typeof body !== 'string') return response.json(body);
      setTypeOnce('text/html; charset=utf-8');
      return finish(body);
    },
    type: (type: string) => set('content-type', type.includes('/') ? type : `text/${type}`),
    redirect(statusOrUrl: number | string, url?: string) {
      response.statusCode = typeof statusOrUrl === 'number' ? statusOrUrl : 302;
      response.setHeader('location', String(url ?? statusOrUrl));
      response.end();
    },
    sendFile(path: string) {
      serveStatic(dirname(path), basename(path), response).catch(() => {
        if (response.headersSent) response.destroy();
        else response.status(404).json({ success: false, error: { message: 'the file is missing' } });
      });
    },
  });
  return response;
}
