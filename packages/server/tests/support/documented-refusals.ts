/** How each documented refusal is caused: by a rule where there is one, by a request of its own, or not, for a reason. */
import type { Filling, Operation } from './documented-operations.ts';
import { nameOf } from './documented-operations.ts';
import { form, type Known } from './documented-walk.ts';

export type Cause = { why: string; filling: Filling };

/** What no request causes, by status, or status and operation. */
export const uncaused: Readonly<Record<string, string>> = {
  '500': 'a fault of the server itself: rest/requests.test.ts looks for one',
  '202 DELETE /api/agents/{agentId}': 'a deletion is done when it is answered',
  '408 DELETE /api/agents/{agentId}': 'nothing is waited for that takes long',
  '404 POST /api/messaging/central-channels/{channelId}/messages': 'an unknown channel is made',
};

/** What needs the only agent to rest meanwhile: status and operation. */
export const needsRest: ReadonlySet<string> = new Set(['503 GET /api/server/health']);

/** Largest upload of the server that is walked, in bytes. */
export const mostUploadBytes = 100_000;

type Wrong = (known: Known) => Partial<Filling>;

const expired: Wrong = ({ endedSessionId = '' }) => ({ params: { sessionId: endedSessionId } });

/** By status and operation: what differs from the request that goes well. */
const own: Readonly<Record<string, Wrong>> = {
  '409 DELETE /api/agents/{agentId}': ({ agentId = '' }) => ({ params: { agentId } }),
  '404 POST /api/messaging/sessions': ({ userId }) => ({ body: { agentId: crypto.randomUUID(), userId } }),
  '410 GET /api/messaging/sessions/{sessionId}': expired,
  '410 POST /api/messaging/sessions/{sessionId}/renew': expired,
  '410 PATCH /api/messaging/sessions/{sessionId}/timeout': expired,
  '410 POST /api/messaging/sessions/{sessionId}/heartbeat': expired,
  '410 POST /api/messaging/sessions/{sessionId}/messages': expired,
  '410 GET /api/messaging/sessions/{sessionId}/messages': expired,
  '422 POST /api/messaging/sessions/{sessionId}/renew': ({ fullSessionId = '' }) => ({
    params: { sessionId: fullSessionId },
  }),
  '400 PATCH /api/messaging/sessions/{sessionId}/timeout': () => ({ body: { timeoutMinutes: 1 } }),
};

/** Every way to this status that the rules and the table know, each a request that goes well but for one thing. */
export function listCauses(operation: Operation, status: number, right: Filling, known: Known): Cause[] {
  const { parameters, body = {} } = operation;
  const { params } = right;
  const inPath = Array.from(operation.path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
  const causes: Cause[] = [];
  const add = (why: string, wrong: Partial<Filling>) => causes.push({ why, filling: { ...right, ...wrong } });
  if (needsRest.has(`${status} ${nameOf(operation)}`)) add('no agent runs', {});
  const ownWay = own[`${status} ${nameOf(operation)}`];
  if (ownWay) {
    const wrong = ownWay(known);
    add('its own way', { ...wrong, params: { ...params, ...wrong.params } });
  }
  if (status === 404 && !ownWay)
    for (const name of inPath) add(`an unknown ${name}`, { params: { ...params, [name]: crypto.randomUUID() } });
  if (status === 400) {
    for (const name of inPath) add(`${name} is no id`, { params: { ...params, [name]: 'none' } });
    if (body['application/json']) {
      add('broken JSON', { body: '{"a":' });
      add('a list', { body: [] });
      if (body['application/json'].required?.length) add('an empty body', { body: {} });
    }
    if (body['multipart/form-data']) add('no file', { body: form(undefined, '') });
    if (parameters.some((one) => one.in === 'query' && one.required)) add('an empty query', { query: {} });
  }
  if (status === 413) add('a large file', { body: form(Buffer.alloc(mostUploadBytes + 1), 'large.png') });
  if (status === 415) {
    add('JSON where a form is expected', { body: {} });
    add('a file of another kind', { body: form(Buffer.from('504b0304140000000800', 'hex'), 'a.zip') });
  }
  return causes;
}
