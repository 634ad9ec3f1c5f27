/** The checker can fail: a server with one promise broken on purpose, and the torture says which. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Report } from '../src/cli/torture/report.ts';
import { environmentOf } from './support/mutation.ts';
import { makeDir, runCli } from './support/test-server.ts';

const broken: [mutation: string, promise: string, args: string[]][] = [
  ['ack before commit', 'acked is durable', ['--kills', '4']],
  ['dedupe off', 'once', ['--kills', '0', '--seconds', '4']],
  ['offset ignored', 'resume', ['--kills', '0', '--seconds', '4']],
  ['messageComplete skipped', 'every turn ends', ['--kills', '0', '--seconds', '3']],
  ['seq out of order', 'order', ['--kills', '0', '--seconds', '4']],
];

describe('broken on purpose', { concurrency: 3 }, () => {
  for (const [mutation, promise, args] of broken) {
    test(`${mutation}: "${promise}" broke`, async (t) => {
      const quick = ['--seed', '1', '--steady', '1', '--patience', '2', '--json'];
      // What a failed run keeps goes with the test.
      const env = { ...environmentOf(mutation), TMPDIR: makeDir(t) };
      const { child, exited, output } = runCli(t, ['torture', ...args, ...quick], env);
      let json = '';
      child.stdout.on('data', (text) => (json += text));
      assert.equal(await exited, 1, output());
      const { broken: found, findings } = JSON.parse(json) as Report;
      assert.ok(found.includes(promise), JSON.stringify({ found, findings }, null, 1));
      assert.ok(findings.some((one) => one.promise === promise && one.count > 0 && one.examples.length > 0));
    });
  }
});
