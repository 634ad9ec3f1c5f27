/** What all readers leave unread together is bounded: those who have read nothing for longest go, whatever they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Unread, watchUnread } from '../../src/pacing/unread.ts';

/** A reader with so many bytes waiting; what it reads is added to `sent`. */
function addReader(unread: Unread, bytes: number) {
  const reader = { bytes, sent: 0, isCut: false };
  unread.add({
    weigh: () => reader,
    cut: () => {
      reader.isCut = true;
    },
  });
  return reader;
}

test('who has read nothing for longest goes first, of those who stopped together the one with most; who reads stays', async (t) => {
  const unread = watchUnread({ mostBytes: 250, stuckMs: 100, lookMs: 50 });
  t.after(() => unread.stop());
  const early = addReader(unread, 10);
  await pause(200);
  const [small, large, reading] = [20, 200, 100].map((bytes) => addReader(unread, bytes)) as [
    typeof early,
    typeof early,
    typeof early,
  ];
  const timer = setInterval(() => (reading.sent += 1), 10);
  const end = performance.now() + 5_000;
  while (!large.isCut && performance.now() < end) await pause(10);
  await pause(200);
  clearInterval(timer);
  assert.deepEqual(
    [early, small, large, reading].map(({ isCut }) => isCut),
    [true, false, true, false],
  );
});

test('however little it is, nothing is cut as long as all of it fits', async (t) => {
  const unread = watchUnread({ mostBytes: 250, stuckMs: 20, lookMs: 10 });
  t.after(() => unread.stop());
  const readers = [100, 100, 50].map((bytes) => addReader(unread, bytes));
  await pause(200);
  assert.ok(readers.every(({ isCut }) => !isCut));
});
