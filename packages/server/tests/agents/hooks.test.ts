/** Hooks are asked and told, and can do a turn no harm. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Hook, type NamedHook, runAfterTurn, runBeforeTurn } from '../../src/agents/turn/hooks.ts';
import { createContext, openTestLogger } from '../support/action-context.ts';

const named = (...hooks: Hook[]): NamedHook[] => hooks.map((hook, index) => ({ plugin: `p${index + 1}`, hook }));
const never = () => new Promise<undefined>(() => {});
const throwing = () => {
  throw new Error('my secret words');
};

describe('beforeTurn', () => {
  it('lets a turn begin when nobody objects', async () => {
    const { logger } = await openTestLogger();
    const seen: unknown[] = [];
    const hooks = named(
      { beforeTurn: ({ message }) => void seen.push(message.id) },
      {},
      { beforeTurn: () => undefined },
    );
    assert.deepEqual(await runBeforeTurn({ hooks, logger }, createContext()), { skip: false });
    assert.deepEqual(seen, ['m1']);
  });

  it('asks in order, and no more after a veto, which names its plugin and the reason', async () => {
    const { logger } = await openTestLogger();
    const asked: string[] = [];
    const hooks = named(
      { beforeTurn: async () => void asked.push('first') },
      { beforeTurn: async () => ({ skip: true, reason: 'at night' }) },
      { beforeTurn: () => void asked.push('third') },
    );
    assert.deepEqual(await runBeforeTurn({ hooks, logger }, createContext()), {
      skip: true,
      plugin: 'p2',
      reason: 'at night',
    });
    assert.deepEqual(asked, ['first']);
  });

  it('passes over one that throws, rejects, is slow, or answers nonsense; the log has its plugin and no words', async () => {
    const { logger, entries, text } = await openTestLogger();
    const nonsense = { beforeTurn: () => ({ skip: 'yes' }) } as unknown as Hook;
    let signal: AbortSignal | undefined;
    const slow: Hook = {
      beforeTurn: (turn) => {
        signal = turn.signal;
        return never();
      },
    };
    const hooks = named({ beforeTurn: throwing }, { beforeTurn: async () => throwing() }, slow, nonsense, {
      beforeTurn: () => ({ skip: true }),
    });
    assert.deepEqual(await runBeforeTurn({ hooks, logger, timeoutMs: 20 }, createContext()), {
      skip: true,
      plugin: 'p5',
    });
    assert.deepEqual(
      entries.map(({ plugin }) => plugin),
      ['p1', 'p2', 'p3'],
    );
    assert.doesNotMatch(text(), /secret/);
    assert.equal(signal?.aborted, true);
  });

  it('is not waited for when the turn itself is stopped', async () => {
    const { logger, entries } = await openTestLogger();
    const stop = new AbortController();
    const asking = runBeforeTurn({ hooks: named({ beforeTurn: never }), logger }, createContext(stop.signal));
    stop.abort('cancelled');
    assert.deepEqual(await asking, { skip: false });
    assert.deepEqual(entries, []);
  });
});

describe('afterTurn', () => {
  it('tells all of the outcome and the text, also of a turn whose signal is aborted, and never rejects', async () => {
    const { logger, entries } = await openTestLogger();
    const seen: unknown[] = [];
    const see: Hook = {
      afterTurn: async ({ outcome, text, signal }) => void seen.push([outcome, text, signal.aborted]),
    };
    const hooks = named(see, { afterTurn: throwing }, { afterTurn: never }, {}, see);
    const turn = { ...createContext(AbortSignal.abort()), outcome: 'cancelled' as const, text: 'Hel' };
    await runAfterTurn({ hooks, logger, timeoutMs: 20 }, turn);
    assert.deepEqual(seen, [
      ['cancelled', 'Hel', false],
      ['cancelled', 'Hel', false],
    ]);
    assert.deepEqual(entries.map(({ plugin }) => plugin).sort(), ['p2', 'p3']);
  });
});
