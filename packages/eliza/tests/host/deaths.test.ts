/** Hosts that die, hang, grow and stay behind: what becomes of their turns, and which process is left. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAlive, makeFolder, openFakeProject, textOf, until } from './support/fake-project.ts';

const codeOf = ({ verdict }: { verdict: { outcome: string; code?: string } }) => verdict.code ?? verdict.outcome;

// They mostly wait: for processes, and for time to pass.
describe('hosts that end', { concurrency: 4 }, () => {
  test('a turn whose host dies before any action runs again, and says nothing twice', async (t) => {
    const { run, starts, states } = openFakeProject(t);
    const { verdict, parts } = await run('chunk:Hel;die-once;chunk:lo;said:Hello');
    assert.deepEqual(verdict, { outcome: 'answered' });
    assert.deepEqual(
      parts.map((part) => (part.type === 'chunk' || part.type === 'said' ? part.text : part.type)),
      ['Hel', 'Hello'],
    );
    assert.equal(starts().length, 2);
    assert.deepEqual(states, ['ready', 'restarting', 'ready']);
  });

  test('a turn whose host dies twice fails', async (t) => {
    const { run, starts } = openFakeProject(t);
    assert.equal(codeOf(await run('chunk:a;die')), 'host-died');
    assert.equal(starts().length, 2);
  });

  test('a turn whose host dies in an action, or after one, is not run again', async (t) => {
    const { run, project } = openFakeProject(t);
    const { verdict } = await run('begin:1;die');
    assert.equal(codeOf({ verdict }), 'interrupted-action');
    assert.match(verdict.outcome === 'failed' ? verdict.reason : '', /it ended with code 7/);
    assert.equal(codeOf(await run('begin:1;done:1;die')), 'interrupted-action');
    await run('said:x');
    assert.equal(project.state().name, 'ready');
  });

  test('a turn whose host dies after the answer is answered', async (t) => {
    const { run } = openFakeProject(t);
    assert.equal(codeOf(await run('said:Hello;wait:20;die')), 'answered');
  });

  test('turns that come while no host is there wait for the next', async (t) => {
    const { run, starts } = openFakeProject(t);
    const first = run('die-once;said:first');
    await until(() => starts().length === 1, 'a host');
    const others = Promise.all(['a', 'b', 'c'].map((text) => run(`said:${text}`)));
    assert.equal(textOf((await first).parts), 'first');
    assert.deepEqual(
      (await others).map(({ parts }) => textOf(parts)),
      ['a', 'b', 'c'],
    );
  });

  test('a host that hangs is killed, and its turn runs again', async (t) => {
    const { run, lines, starts } = openFakeProject(t, { limits: { silentSeconds: 2 } });
    assert.equal(textOf((await run('hang-once;said:back')).parts), 'back');
    assert.ok(lines.some(({ message }) => /no sign of life for 2 seconds/.test(message)));
    const [first = 0] = starts();
    assert.equal(isAlive(first), false);
  });

  test('a host that holds too much is replaced once its turns have ended', async (t) => {
    const { run, starts, lines } = openFakeProject(t, {
      environment: 'FAKE_HEAP=3000000000',
      limits: { heapBytes: 2_900_000_000 },
    });
    assert.equal(textOf((await run('wait:50;said:first')).parts), 'first');
    const { parts } = await run('pid');
    assert.equal(textOf(parts), String(starts()[1]));
    assert.ok(lines.some(({ message }) => /it held 3000 MB/.test(message)));
  });

  test('a restart lets turns end, keeps later ones for the new host, and tells its agents again', async (t) => {
    const { run, project, starts, infos, states } = openFakeProject(t);
    const under = run('wait:100;said:old');
    await until(() => infos.length === 1, 'a host');
    const restarted = project.restart();
    const later = run('pid');
    assert.equal(textOf((await under).parts), 'old');
    await restarted;
    const { parts } = await later;
    const [first, second] = starts();
    assert.equal(textOf(parts), String(second));
    assert.deepEqual(infos, [String(first), String(second)]);
    assert.deepEqual(states, ['ready', 'restarting', 'ready']);
  });

  test('an unusable project is not started again, until it is asked for', async (t) => {
    const { run, project, starts } = openFakeProject(t, { environment: 'FAKE_BOOT=unusable' });
    const state = await project.whenReady();
    assert.deepEqual(state, { name: 'unusable', reason: 'there is no project here: make one' });
    const { verdict } = await run('said:x');
    assert.deepEqual(verdict, { outcome: 'failed', code: 'host-down', reason: 'there is no project here: make one' });
    await project.restart();
    assert.deepEqual([project.state().name, starts().length], ['unusable', 2]);
  });

  test('a project that never starts becomes unusable after some tries, with pauses between them', async (t) => {
    const started = performance.now();
    const { project, starts, states } = openFakeProject(t, {
      environment: 'FAKE_BOOT=fail',
      limits: { failedStarts: 4 },
    });
    const { name, reason } = await project.whenReady();
    assert.deepEqual([name, reason], ['unusable', 'it failed to start 4 times: its database is locked']);
    assert.equal(starts().length, 4);
    assert.deepEqual(states, ['restarting', 'restarting', 'restarting', 'unusable']);
    assert.ok(performance.now() - started > 20 + 40 + 80);
  });

  test('stop ends turns within their time, and a host that does not want to', async (t) => {
    const { run, project, starts } = openFakeProject(t, { environment: 'FAKE_BOOT=deaf', limits: { stopMs: 100 } });
    const ends = run('wait:50;said:done');
    const stays = run('wait-for-cancel');
    await until(() => project.state().name === 'ready', 'a host');
    await project.stop(300);
    assert.equal(codeOf(await ends), 'answered');
    assert.equal(codeOf(await stays), 'host-down');
    assert.equal(isAlive(starts()[0] ?? 0), false);
    assert.equal(codeOf(await run('said:x')), 'host-down');
  });

  test('a host goes with its parent, also one that hangs', async (t) => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'support/parent.ts'), makeFolder(t)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => parent.kill('SIGKILL'));
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const [idle = 0, hanging = 0] = JSON.parse(printed.toString()) as number[];
    assert.deepEqual([isAlive(idle), isAlive(hanging)], [true, true]);
    parent.kill('SIGKILL');
    await until(() => !isAlive(idle) && !isAlive(hanging), 'an end of both hosts');
  });

  test('the host gets the environment of the project, and never the keys of elizad', async (t) => {
    process.env.ELIZAD_TOKEN = 'secret-of-elizad';
    process.env.OPENAI_API_KEY = 'key-of-elizad';
    t.after(() => {
      delete process.env.ELIZAD_TOKEN;
      delete process.env.OPENAI_API_KEY;
    });
    const own = ['ANTHROPIC_API_KEY=key-of-project', 'ELIZAD_SECRET=also-of-elizad', 'SERVER_PORT=3000'].join('\n');
    const { run } = openFakeProject(t, { environment: own });
    const names = ['ELIZAD_TOKEN', 'OPENAI_API_KEY', 'ELIZAD_SECRET', 'ANTHROPIC_API_KEY', 'SERVER_PORT', 'LOG_LEVEL'];
    const { parts } = await run(names.map((name) => `environment:${name}`).join(';'));
    assert.deepEqual(
      parts.map((part) => part.type === 'chunk' && part.text),
      ['not set', 'not set', 'not set', 'key-of-project', '4321', 'warn'],
    );
  });
});
