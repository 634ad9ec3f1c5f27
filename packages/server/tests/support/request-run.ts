/** Sends generated requests to a server, some at a time, and says what came of them: by row, and what should not have been. */
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import fc from 'fast-check';
import { createRequestArbitrary, type GeneratedRequest } from './request-arbitrary.ts';
import { createPool, type Pool } from './request-pool.ts';
import { checkAnswer } from './rest-client.ts';

/** Sent at once: they meet in the server, as those of many clients do. */
const atOnce = 10;
const answerMs = 20_000;

export type RequestRun = {
  sent: number;
  /** How many were answered with a status. */
  statuses: Map<number, number>;
  /** The same for each row. */
  rows: Map<RestRowName, Map<number, number>>;
  /** What was not as it must be: the request, and what is wrong with its answer. */
  faults: string[];
};

/**
 * `count` requests, made from `seed`. Which ids they name depends on what is answered, and so on who was first of those that
 * are sent at once.
 */
export async function runRequests(
  url: string,
  { count, seed, showProgress }: { count: number; seed: number; showProgress?: (run: RequestRun) => void },
): Promise<RequestRun> {
  const run: RequestRun = { sent: 0, statuses: new Map(), rows: new Map(), faults: [] };
  const pool = createPool();
  for (let nth = 0; nth < 4; nth++) for (const kind of ['user', 'channel', 'any']) pool.add(kind, crypto.randomUUID());
  await learn(url, pool);
  const requests = createRequestArbitrary(['stop-server']);
  for (let round = 0; run.sent < count && run.faults.length < 10; round++) {
    const some = fc.sample(requests, { seed: seed + round, numRuns: Math.min(atOnce * 5, count - run.sent) });
    for (let next = 0; next < some.length; next += atOnce)
      await Promise.all(some.slice(next, next + atOnce).map((request) => send(url, pool.fill(request), pool, run)));
    await learn(url, pool);
    showProgress?.(run);
  }
  return run;
}

/** There is always an agent to talk to. */
async function learn(url: string, pool: Pool): Promise<void> {
  const { data } = (await (await fetch(`${url}/api/agents`)).json()) as { data?: { agents: { id: string }[] } };
  for (const { id } of data?.agents ?? []) pool.add('agent', id);
  pool.add('model', 'Eliza');
}

async function send(url: string, request: GeneratedRequest, pool: Pool, run: RequestRun): Promise<void> {
  const { row, mutation, method, path, headers, body } = request;
  const told = `${row}: ${method} ${path.slice(0, 500)} ${JSON.stringify(headers).slice(0, 300)} ${String(body).slice(0, 500)}`;
  run.sent += 1;
  try {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(url + path, { method, headers, body: body as BodyInit, signal, redirect: 'manual' });
    count(run.statuses, answer.status);
    const of = run.rows.get(row) ?? new Map<number, number>();
    run.rows.set(row, count(of, answer.status));
    const type = answer.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) {
      await answer.body?.cancel();
      return;
    }
    const text = await answer.text();
    if (answer.status >= 500 && ![501, 502, 503, 504].includes(answer.status))
      run.faults.push(`${told}\n  ${answer.status} ${text.slice(0, 500)}`);
    const json = type.startsWith('application/json') && text !== '' ? JSON.parse(text) : text;
    if (answer.ok) pool.learn(row, json);
    if (answer.status === 404) pool.forget(path);
    // Another method or address is another row, or none.
    const isElsewhere = mutation && ['a method', 'an address', 'a param', 'a header'].includes(mutation.kind);
    const definition: RestRow = restRows[row];
    if (!isElsewhere && definition.domain !== 'openai') checkAnswer(row, definition, answer.status, json);
  } catch (error) {
    run.faults.push(`${told}\n  ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

function count<K>(counts: Map<K, number>, key: K): Map<K, number> {
  return counts.set(key, (counts.get(key) ?? 0) + 1);
}
