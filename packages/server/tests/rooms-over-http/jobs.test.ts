/** Jobs: one question whose answer one comes back for. Each ends, also over a kill of the server. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ada, openModelProcess, openModelServer } from '../support/model-server.ts';
import type { createRestClient } from '../support/rest-client.ts';

type Calls = Pick<ReturnType<typeof createRestClient>, 'call'>;

/** The job once it has ended. */
async function untilEnded({ call }: Calls, jobId: string) {
  const { body } = await call('get-job', { params: { jobId }, query: { wait: 15 } });
  assert.ok(!['pending', 'processing'].includes(body.status), `the job is still ${body.status}`);
  return body;
}

describe('jobs', () => {
  it('are answered, by the first agent where none is named', async (t) => {
    const { call, cleo, provider } = await openModelServer(t);
    provider.script({ kind: 'answer', text: 'Forty-two.' });
    const metadata = { ticket: { id: 7 } };
    const made = await call('create-job', { body: { userId: ada, content: 'How much?', metadata } });
    assert.equal(made.status, 201);
    assert.equal(made.body.expiresAt - made.body.createdAt, 30_000);
    const job = await untilEnded({ call }, made.body.jobId);
    assert.deepEqual(
      [job.status, job.agentId, job.userId, job.prompt, job.metadata, job.result?.message.content, job.error],
      ['completed', cleo, ada, 'How much?', metadata, 'Forty-two.', undefined],
    );
    assert.equal(job.result?.message.authorId, cleo);
    const { body } = await call('list-messages', { params: { channelId: job.channelId } });
    assert.deepEqual(
      body.data.messages.map(({ content }) => content),
      ['Forty-two.', 'How much?'],
    );
  });

  it('fail with a reason, and time out at their deadline, whereupon the model is left alone', async (t) => {
    const { call, provider } = await openModelServer(t);
    provider.script({ kind: 'refuse', status: 401 });
    const failing = await call('create-job', { body: { userId: ada, content: 'Fail.' } });
    const failed = await untilEnded({ call }, failing.body.jobId);
    assert.equal(failed.status, 'failed');
    assert.match(failed.error ?? '', /^model-unauthorized: /);
    provider.script({ kind: 'hang' });
    const slow = await call('create-job', { body: { userId: ada, content: 'Hang.', timeoutMs: 2_000 } });
    const open = await call('get-job', { params: { jobId: slow.body.jobId }, query: { wait: 1 } });
    assert.equal(open.body.status, 'processing', 'one waits so long, and no longer');
    const late = await untilEnded({ call }, slow.body.jobId);
    assert.deepEqual([late.status, late.error, late.result], ['timeout', 'No answer within 2000 ms.', undefined]);
    await (await provider.arrived(2)).hungUp;
    const { body } = await call('get-jobs-health');
    assert.deepEqual(body.statusCounts, { pending: 0, processing: 0, completed: 0, failed: 1, timeout: 1 });
    assert.deepEqual([body.healthy, body.totalJobs, body.metrics.timeoutRate], [true, 2, 0.5]);
  });

  it('end in their time also where the clock is set back or forward meanwhile', async (t) => {
    const { call, provider } = await openModelServer(t);
    const realNow = Date.now;
    let offset = 0;
    t.mock.method(Date, 'now', () => realNow() + offset);
    provider.script({ kind: 'hang' }, { kind: 'hang' }, { kind: 'hang' });
    const ask = async (timeoutMs: number) =>
      (await call('create-job', { body: { userId: ada, content: 'Hang.', timeoutMs } })).body.jobId;
    const back = await ask(1_000);
    offset = -3_600_000;
    assert.equal((await untilEnded({ call }, back)).status, 'timeout');
    const long = await ask(60_000);
    offset = 0;
    const short = await ask(1_000);
    assert.equal((await untilEnded({ call }, short)).status, 'timeout');
    const { body } = await call('get-job', { params: { jobId: long } });
    assert.equal(body.status, 'processing', 'its time is not over, whatever the clock says');
  });

  it('are refused with every fault named', async (t) => {
    const { call, cleo } = await openModelServer(t);
    const wrong = await call('create-job', {
      body: { userId: 'ada', content: ' ', timeoutMs: 999, metadata: { text: 'x'.repeat(10_000) } },
    });
    assert.deepEqual(wrong.body.error?.issues?.map(({ path }) => path).sort(), [
      'content',
      'metadata',
      'timeoutMs',
      'userId',
    ]);
    const ask = (body: object) => call('create-job', { body: { userId: ada, content: 'Hello', ...body } });
    assert.equal((await ask({ agentId: crypto.randomUUID() })).status, 404);
    assert.equal((await ask({ content: 'x'.repeat(50_001) })).status, 400);
    assert.equal((await ask({ userId: cleo })).body.error?.code, 'speaking-as-agent');
    assert.equal((await call('get-job', { params: { jobId: crypto.randomUUID() } })).status, 404);
    assert.equal((await call('list-jobs', { query: { status: 'lost' } })).status, 400);
  });

  it('are listed newest first, page by page, and by status', async (t) => {
    const client = await openModelServer(t);
    const made: string[] = [];
    for (let count = 0; count < 5; count++)
      made.unshift((await client.call('create-job', { body: { userId: ada, content: `Job ${count}` } })).body.jobId);
    for (const jobId of made) await untilEnded(client, jobId);
    const first = await client.call('list-jobs', { query: { limit: 3 } });
    const second = await client.call('list-jobs', { query: { limit: 3, before: first.body.nextCursor ?? '' } });
    assert.deepEqual(
      [...first.body.jobs, ...second.body.jobs].map(({ jobId }) => jobId),
      made,
    );
    const { body } = await client.call('list-jobs', { query: { status: 'completed', limit: 2 } });
    assert.deepEqual([body.jobs.length, body.filtered, body.total], [2, 5, 5]);
    assert.deepEqual((await client.call('list-jobs', { query: { status: 'failed' } })).body.jobs, []);
  });

  it('are listed to each user their own, and to the holder of the key all', async (t) => {
    const { call, provider } = await openModelServer(t);
    const bea = crypto.randomUUID();
    for (const userId of [ada, bea, ada]) {
      provider.script({ kind: 'hang' });
      await call('create-job', { body: { userId, content: 'Hold on.' } });
    }
    const list = async (headers: Record<string, string>) => {
      const { body } = await call('list-jobs', { headers });
      return [body.jobs.map(({ userId }) => userId), body.total, body.filtered];
    };
    assert.deepEqual(await list({}), [[ada, bea, ada], 3, 3]);
    assert.deepEqual(await list({ 'x-entity-id': ada }), [[ada, ada], 2, 2]);
    assert.deepEqual(await list({ 'x-entity-id': crypto.randomUUID() }), [[], 0, 0]);
  });

  it('go on after a kill: the question is said once, and the answer comes', async (t) => {
    const { provider, start } = await openModelProcess(t);
    const before = await start();
    provider.script({ kind: 'hang' }, { kind: 'hang' }, { kind: 'answer', text: 'After all.' });
    const asked = { userId: ada, content: 'Hold on.' };
    const long = await before.call('create-job', { body: { ...asked, timeoutMs: 300_000 } });
    await provider.arrived(1);
    const short = await before.call('create-job', { body: { ...asked, timeoutMs: 1_000 } });
    await provider.arrived(2);
    await before.server.end('SIGKILL');
    // The time of the short one is over before the server is back.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, short.body.expiresAt - Date.now())));
    const after = await start();
    assert.equal((await untilEnded(after, short.body.jobId)).status, 'timeout');
    const job = await untilEnded(after, long.body.jobId);
    assert.deepEqual([job.status, job.error], ['completed', undefined]);
    const { body } = await after.call('list-messages', { params: { channelId: job.channelId } });
    assert.deepEqual(
      body.data.messages.map(({ authorId }) => authorId),
      [job.agentId, ada],
    );
  });
});
