/** What the parent does for turns, with a real process on the other end: order, pace, bounds, cancelling. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { partsUnderWay } from '../../src/link.ts';
import { openFakeProject, textOf, until } from './support/fake-project.ts';

const never = new AbortController().signal;

// They mostly wait: for processes, and for time to pass.
describe('turns of a project', { concurrency: 4 }, () => {
  test('the parts of a turn are told in their order, one after the other', async (t) => {
    const { run } = openFakeProject(t);
    let under = 0;
    let most = 0;
    const tell = async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
    };
    const { verdict, parts } = await run('chunk:Hel;chunk:lo;begin:1;done:1;said:Hello', { tell });
    assert.deepEqual(verdict, { outcome: 'answered' });
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['chunk', 'chunk', 'card', 'card', 'said'],
    );
    assert.equal(most, 1);
  });

  test('a tell that does not return stops the host within its window, and that turn alone', async (t) => {
    const { run, project } = openFakeProject(t);
    const gate = Promise.withResolvers<void>();
    const slow = run('chunks:500', { tell: () => gate.promise });
    assert.equal((await run('said:quick')).verdict.outcome, 'answered');
    const countSent = () => project.useModel('a', 'SENT', null, never);
    // As many as may be under way were sent, and then no more.
    await until(() => true, 'anything');
    let sent = 0;
    for (const deadline = Date.now() + 5_000; sent < partsUnderWay && Date.now() < deadline; )
      sent = Number(await countSent());
    await run('said:again');
    assert.equal(await countSent(), partsUnderWay);
    gate.resolve();
    const { parts, verdict } = await slow;
    assert.deepEqual([parts.length, verdict.outcome], [500, 'answered']);
  });

  test('a turn that says more than it may is cut off with a reason; other turns go on', async (t) => {
    const { run, lines } = openFakeProject(t, { limits: { turnBytes: 20_000 } });
    const flood = run('flood:x;wait-for-cancel');
    const { verdict } = await flood;
    assert.deepEqual(verdict, {
      outcome: 'failed',
      code: 'too-much',
      reason: 'it said more than 20000 bytes in one turn',
    });
    await until(() => lines.some(({ message }) => message === 'cancelled in wait-for-cancel'), 'a cancel in the host');
    assert.equal(textOf((await run('said:fine')).parts), 'fine');
  });

  test('a cancelled turn ends at once, and the host hears it', async (t) => {
    const { run, lines } = openFakeProject(t);
    const controller = new AbortController();
    const turn = run('chunk:a;wait-for-cancel;said:late', {
      signal: controller.signal,
      tell: () => controller.abort(),
    });
    const { verdict, parts } = await turn;
    assert.equal(verdict.outcome === 'failed' && verdict.code, 'cancelled');
    await until(() => lines.some(({ message }) => message === 'cancelled in wait-for-cancel'), 'a cancel in the host');
    assert.equal(textOf((await run('said:next')).parts), 'next');
    assert.equal(textOf(parts), 'a', 'nothing is told after the end');
    assert.equal((await run('said:x', { signal: AbortSignal.abort() })).parts.length, 0);
  });

  test('a tell that throws ends the turn, and no promise is left behind', async (t) => {
    const { run } = openFakeProject(t);
    const { verdict } = await run('chunk:a;chunk:b', {
      tell() {
        throw new Error('the disk is full');
      },
    });
    assert.deepEqual(verdict, {
      outcome: 'failed',
      code: 'not-taken',
      reason: 'what it said could not be passed on: the disk is full',
    });
  });

  test('two turns with one id are not mixed up', async (t) => {
    const { run } = openFakeProject(t);
    const id = crypto.randomUUID();
    const first = run('wait:50;said:first', { id });
    const second = await run('said:second', { id });
    assert.equal(second.verdict.outcome === 'failed' && second.verdict.code, 'not-taken');
    assert.equal(textOf((await first).parts), 'first');
  });

  test('messages that no host sends are ignored', async (t) => {
    const { run, project } = openFakeProject(t);
    const { verdict, parts } = await run('nonsense;said:fine');
    assert.deepEqual([verdict.outcome, textOf(parts), project.state().name], ['answered', 'fine', 'ready']);
  });

  test('models answer, refuse with their own words, and are given up with their host', async (t) => {
    const { project } = openFakeProject(t);
    await project.whenReady();
    assert.deepEqual(await project.useModel('a', 'ECHO', { text: 'hi' }, never), { text: 'hi' });
    await assert.rejects(project.useModel('a', 'TEXT_SMALL', null, never), { message: 'there is no TEXT_SMALL' });
    const controller = new AbortController();
    const silent = project.useModel('a', 'SILENCE', null, controller.signal);
    controller.abort();
    await assert.rejects(silent, { message: 'it was cancelled' });
    const lost = project.useModel('a', 'SILENCE', null, never);
    const killer = project.useModel('a', 'DIE', null, never);
    await assert.rejects(lost, /process ended: it ended with code 7/);
    await assert.rejects(killer, /process ended: it ended with code 7/);
  });

  test('what a project prints becomes lines: bounded in length and rate, with a count of the rest', async (t) => {
    const { run, lines } = openFakeProject(t);
    await run('print:\u001b[31mhello\u001b[0m;print-long:100000;print-many:1000;said:x');
    await until(() => lines.some(({ message }) => /more lines were left out/.test(message)), 'a count');
    assert.ok(lines.some(({ level, message }) => level === 'info' && message === 'hello'));
    const long = lines.find(({ message }) => message.startsWith('xxx'));
    assert.match(long?.message ?? '', /^x{2000}… \(98000 more characters\)$/);
    const shown = lines.filter(({ message }) => /^line \d+$/.test(message)).length;
    const leftOut = lines.flatMap(({ message }) => /^\((\d+) more lines/.exec(message)?.[1] ?? []);
    assert.equal(shown + leftOut.reduce((sum, count) => sum + Number(count), 0), 1_000);
  });
});
