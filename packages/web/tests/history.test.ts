/** The loaded part of a room: messages are found by their `seq` in any order, and endings are kept where they matter. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RoomMessage } from '../src/state/app-state.ts';
import { addEndings, createFinder } from '../src/state/messages/history.ts';

const message = (seq: number) => ({ id: `m${seq}`, seq }) as RoomMessage;

describe('the loaded part of a room', () => {
  const seqs = [3, 4, 5, 9, 10, 40];
  for (const [name, asked] of [
    ['upwards', Array.from({ length: 45 }, (_, index) => index)],
    ['downwards', Array.from({ length: 45 }, (_, index) => 44 - index)],
    ['here and there', [40, 3, 9, 1, 10, 4, 44, 5, 6, 40, 41, 3, 2]],
  ] as const) {
    it(`finds each message and no other, asked ${name}`, () => {
      const find = createFinder(seqs.map(message));
      for (const seq of asked) assert.equal(find(seq)?.seq, seqs.includes(seq) ? seq : undefined, String(seq));
      assert.equal(createFinder([])(1), undefined);
    });
  }

  it('keeps why there is no answer, and that nobody was there at the end only', () => {
    const messages = Array.from({ length: 100 }, (_, index) => message(index + 1));
    const nobody = Object.fromEntries(messages.map(({ id }) => [id, { outcome: 'no-agent' }]));
    const endings = { ...nobody, m1: { outcome: 'failed' }, m2: { outcome: 'answered' }, m3: null };
    const kept = addEndings({ messages, unanswered: { m4: { outcome: 'cancelled' } } }, { ...endings, m4: null });
    assert.equal(kept.m4, undefined);
    assert.deepEqual(
      Object.keys(
        addEndings({ messages, unanswered: { m4: { outcome: 'cancelled' } } }, { m5: { outcome: 'failed' } }),
      ),
      ['m4', 'm5'],
    );
    assert.equal(kept.m1?.outcome, 'failed');
    assert.equal(kept.m2, undefined);
    assert.equal(kept.m100?.outcome, 'no-agent');
    assert.ok(Object.keys(kept).length < 30);
  });
});
