/** The contract notices an engine that breaks it, at the case that says so, and lets one pass that only gives text. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Broken } from '../support/broken-engines.ts';

const contract = join(import.meta.dirname, '../support/broken-contract.ts');

/** Titles of cases that failed and that passed. */
type Verdicts = { failed: string[]; passed: string[] };

/** Runs some features of the contract over a broken engine. */
async function runBroken(
  broken: Broken,
  features: readonly string[],
  more: Record<string, string> = {},
): Promise<Verdicts> {
  const { NODE_TEST_CONTEXT: _own, ...rest } = process.env;
  const env = { ...rest, BROKEN: broken, FEATURES: features.join(','), ...more };
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--test-reporter=tap', contract], { env, maxBuffer: 1e8 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const list = (pattern: RegExp) => [...report.matchAll(pattern)].map(([, title = '']) => title);
  return { failed: list(/^ {4}not ok \d+ - (.*)$/gm), passed: list(/^ {4}ok \d+ - (.*)$/gm) };
}

function assertNoticed({ failed, passed }: Verdicts, at: string, notAt: string): void {
  assert.ok(failed.includes(at), `failed: ${failed.join('; ') || 'nothing'}`);
  assert.ok(passed.includes(notAt), `passed: ${passed.join('; ') || 'nothing'}`);
}

test('a transaction that leaks is noticed', async () => {
  const verdicts = await runBroken('transactions leak', ['transactions', 'places']);
  assertNoticed(
    verdicts,
    'what a transaction wrote is gone when it is rolled back',
    'what a transaction wrote is there after it',
  );
});

test('an insert outside of its transaction is noticed', async () => {
  const verdicts = await runBroken('inserts outside', ['transactions', 'rows that are inserted']);
  assertNoticed(verdicts, 'rows are gone when the transaction is rolled back', 'no rows are no work');
  assert.ok(verdicts.failed.includes('the transaction sees them at once'));
  assert.ok(verdicts.passed.includes('what a transaction wrote is gone when it is rolled back'));
});

test('an order by collation is noticed', async () => {
  const verdicts = await runBroken('order by collation', ['words of SQL', 'lists of rooms']);
  assertNoticed(
    verdicts,
    'order: text is in the order of its bytes, capitals first',
    'limit and offset: the part that they say',
  );
  assert.ok(verdicts.failed.includes('page by page every room comes once'));
});

test('numbers as text are noticed', async () => {
  const verdicts = await runBroken('all numbers as text', ['rows that are inserted', 'runs, traces and agents']);
  assertNoticed(
    verdicts,
    'times and fractions come back as the numbers that they were',
    'rows are gone when the transaction is rolled back',
  );
});

test('counts as text are read as numbers, and noticed where one is not', async () => {
  const features = ['chat sessions and jobs', 'servers and worlds', 'sessions of sockets'];
  const [read, unread] = await Promise.all([
    runBroken('counts as text', features),
    runBroken('counts as text', features, { UNREAD: '1' }),
  ]);
  assert.deepEqual(read.failed, []);
  assert.ok(read.passed.length > 30);
  assertNoticed(unread, 'sessions are counted as numbers', 'a session is found as it was made');
  assert.ok(unread.failed.includes('jobs are counted by status, as numbers'));
  assert.ok(unread.failed.includes('worlds are counted by agent'));
});
