/** The checker can fail: a server with one promise broken on purpose, and the torture says which. */
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Report } from '../packages/server/src/cli/torture/report.ts';
import { environmentOf } from '../packages/server/tests/support/mutation.ts';
import { makeDir, runCli } from '../packages/server/tests/support/test-server.ts';

const broken: [mutation: string, promise: string, args: string[]][] = [
  ['ack before commit', 'acked is durable', ['--kills', '4']],
  ['dedupe off', 'once', ['--kills', '0', '--seconds', '3']],
  ['offset ignored', 'resume', ['--kills', '0', '--seconds', '3']],
  ['messageComplete skipped', 'every turn ends', ['--kills', '0', '--seconds', '2']],
  ['seq out of order', 'order', ['--kills', '0', '--seconds', '3']],
  ['every message kept', 'memory', ['--kills', '0', '--seconds', '1', '--steady', '3']],
];

describe('broken on purpose', { concurrency: 2 }, () => {
  for (const [mutation, promise, args] of broken) {
    test(`${mutation}: "${promise}" broke`, async (t) => {
      const quick = ['--seed', '1', '--steady', '1', '--patience', '2', '--json'];
      // What a failed run keeps goes with the test.
      const NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');
      const env = { ...environmentOf(mutation), TMPDIR: makeDir(t), NODE_COMPILE_CACHE };
      const { child, exited, output } = runCli(t, ['torture', ...quick, ...args], env);
      let json = '';
      child.stdout.on('data', (text) => (json += text));
      assert.equal(await exited, 1, output());
      const { broken: found, verdicts } = JSON.parse(json) as Report;
      assert.ok(found.includes(promise), JSON.stringify({ found, verdicts }, null, 1));
      assert.ok(verdicts.some((one) => one.promise === promise && !one.holds && one.findings.length > 0));
    });
  }
});
