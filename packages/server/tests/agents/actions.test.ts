/** An action that a plugin writer defines does no harm, whatever it does: each rule of the `Action` port. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Action } from '../../src/agents/actions/action.ts';
import { type ActionDefinition, defineAction } from '../../src/agents/actions/define-action.ts';
import { maxOutputCharacters } from '../../src/agents/actions/outcome.ts';
import { toAction } from '../../src/agents/actions/run-action.ts';
import { z } from '../../src/index.ts';
import { createContext, openTestLogger } from '../support/action-context.ts';

const { logger, entries, text } = await openTestLogger();
const anything = z.object({});

/** An action that does what `run` does, with no input. */
const actionOf = (run: ActionDefinition<typeof anything>['run'], more: Partial<ActionDefinition> = {}): Action =>
  toAction({ ...defineAction({ name: 'act', description: 'Acts.', parameters: anything, run }), ...more }, logger);

const roll = defineAction({
  name: 'roll_dice',
  description: 'Rolls dice.',
  parameters: z.object({
    sides: z.int().min(2).max(100).default(6).describe('Sides of each die'),
    label: z.string().optional(),
    count: z.int().min(1),
  }),
  run: ({ sides, label, count }) => {
    // The types come from the schema: this line would not compile if one of them were unknown.
    const numbers: [number, string | undefined, number] = [sides, label, count];
    return `rolled ${JSON.stringify(numbers)}`;
  },
});

describe('the input', () => {
  it('is described to the model as JSON Schema, of what goes in: a field with a default may be left out', () => {
    const { name, description, parameters, approval } = toAction(roll, logger);
    assert.deepEqual([name, description, approval], ['roll_dice', 'Rolls dice.', undefined]);
    assert.deepEqual(parameters, {
      type: 'object',
      properties: {
        sides: { default: 6, description: 'Sides of each die', type: 'integer', minimum: 2, maximum: 100 },
        label: { type: 'string' },
        count: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      },
      required: ['count'],
    });
  });

  it('arrives parsed, with defaults filled in', async () => {
    const outcome = await toAction(roll, logger).run({ count: 2, unknown: true }, createContext());
    assert.deepEqual(outcome, { isError: false, output: 'rolled [6,null,2]', attachments: [] });
  });

  it('is refused when it does not fit, with the path and what is expected, and the action does not run', async () => {
    let runs = 0;
    const parameters = z.object({ to: z.array(z.object({ email: z.email() })), n: z.number() });
    const action = toAction(
      defineAction({ name: 'mail', description: 'x', parameters, run: () => void runs++ }),
      logger,
    );
    const { isError, output } = await action.run({ to: [{ email: 'nobody' }], n: 'one' }, createContext());
    assert.equal(isError, true);
    assert.match(output, /^- to\.0\.email: Invalid email address$/m);
    assert.match(output, /^- n: Invalid input: expected number, received string$/m);
    for (const wrong of [null, 'text', 7, []])
      assert.match((await action.run(wrong, createContext())).output, /expected object/);
    assert.equal(runs, 0);
  });

  it('may be checked by a refinement of one’s own, also one that throws', async () => {
    const parameters = z.object({ n: z.number() }).refine(async ({ n }) => {
      if (n === 0) throw new Error('no such row');
      return n > 1;
    }, 'expected more than one');
    const action = toAction(defineAction({ name: 'act', description: 'x', parameters, run: () => 'ran' }), logger);
    assert.match((await action.run({ n: 1 }, createContext())).output, /\(the input\): expected more than one/);
    assert.equal((await action.run({ n: 0 }, createContext())).isError, true);
    assert.equal((await action.run({ n: 2 }, createContext())).output, 'ran');
  });
});

describe('what an action gives back', () => {
  const attachment = { url: 'https://example.com/a.png', contentType: 'image/png' };
  const cases: [string, ReturnType<ActionDefinition['run']>, string, unknown[]?][] = [
    ['a text', 'hello', 'hello'],
    ['nothing', undefined, 'act is done.'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['false', false, 'false'],
    ['a list', [1, 'two'], '[1,"two"]'],
    ['an object', { price: 3 }, '{"price":3}'],
    ['an empty object', {}, '{}'],
    ['an object with a text and more', { text: 'x', price: 3 }, '{"text":"x","price":3}'],
    ['an answer with text and data', { text: 'Three.', data: { n: 3 } }, 'Three.\n{"n":3}'],
    ['an answer with an attachment', { text: 'Here.', attachments: [attachment] }, 'Here.', [attachment]],
    ['an answer with an attachment alone', { attachments: [attachment] }, 'act is done.', [attachment]],
  ];
  for (const [what, returned, output, attachments = []] of cases) {
    it(`may be ${what}`, async () => {
      assert.deepEqual(await actionOf(() => returned).run({}, createContext()), {
        isError: false,
        output,
        attachments,
      });
    });
  }

  it('is told as an error when JSON cannot hold it', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const data of [circle, 10n, () => 1]) {
      const { isError, output } = await actionOf(() => ({ data })).run({}, createContext());
      assert.equal(isError, true, output);
    }
  });

  it('is cut to a bounded length, and the model is told', async () => {
    const { output } = await actionOf(() => '🙂'.repeat(maxOutputCharacters)).run({}, createContext());
    assert.ok(output.length < maxOutputCharacters + 100);
    assert.match(output, /\[cut off: 32000 of 64000 characters\]$/);
    assert.ok(output.isWellFormed());
    const odd = await actionOf(() => `x${'🙂'.repeat(maxOutputCharacters)}`).run({}, createContext());
    assert.ok(odd.output.isWellFormed());
  });

  it('keeps attachments in bounds, and tells the model what is left out', async () => {
    const huge = { url: `data:image/png;base64,${'A'.repeat(400_000)}` };
    const { output, attachments } = await actionOf(() => ({
      text: 'Here.',
      attachments: [huge, ...Array.from({ length: 12 }, () => attachment)],
    })).run({}, createContext());
    assert.equal(attachments.length, 10);
    assert.match(output, /\[3 of 13 attachments are left out/);
  });
});

describe('an action that goes wrong', () => {
  it('tells the model its message, and the log where, but no words of the input', async () => {
    entries.length = 0;
    const later = actionOf(async () => {
      throw new TypeError('no city called Xanadu');
    });
    const atOnce = actionOf(() => {
      throw new TypeError('no city called Xanadu');
    });
    for (const action of [later, atOnce]) {
      assert.deepEqual(await action.run({}, createContext()), {
        isError: true,
        output: 'act failed: no city called Xanadu',
        attachments: [],
      });
    }
    assert.equal(entries.length, 2);
    assert.equal(entries[0]?.error, 'TypeError');
    assert.match(String(entries[0]?.stack), /actions\.test\.ts/);
    assert.doesNotMatch(text(), /Xanadu|secret words/);
  });

  it('is an outcome also when what is thrown is no error', async () => {
    for (const thrown of ['a text', undefined, null, 7, { toString: () => assert.fail() }]) {
      const action = actionOf(() => {
        throw thrown;
      });
      assert.equal((await action.run({}, createContext())).isError, true);
    }
  });

  it('is stopped after its time, and told so to the model', async () => {
    let isAborted = false;
    const action = actionOf(
      (_, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            isAborted = true;
            reject(signal.reason);
          });
        }),
      { timeoutMs: 20 },
    );
    const { isError, output } = await action.run({}, createContext());
    assert.deepEqual([isError, isAborted], [true, true]);
    assert.match(output, /^act took longer than 20 ms and was stopped/);
  });

  it('is left behind when it ignores its signal; what it does later harms nobody', async () => {
    const { promise, reject } = Promise.withResolvers<string>();
    const stop = new AbortController();
    const running = actionOf(() => promise).run({}, createContext(stop.signal));
    await new Promise(setImmediate);
    stop.abort('cancelled');
    const { isError, output } = await running;
    assert.equal(isError, true);
    assert.match(output, /^act was cancelled\. It is not known/);
    reject(new Error('too late'));
    await new Promise(setImmediate);
  });

  it('may tidy up after the signal: what it returns then still counts', async () => {
    const stop = new AbortController();
    const running = actionOf(
      (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve('half of it is done'))),
    ).run({}, createContext(stop.signal));
    await new Promise(setImmediate);
    stop.abort();
    assert.deepEqual((await running).output, 'half of it is done');
  });

  it('does not begin when the turn is over already', async () => {
    let runs = 0;
    const { isError } = await actionOf(() => void runs++).run({}, createContext(AbortSignal.abort()));
    assert.deepEqual([isError, runs], [true, 0]);
  });
});

it('may run many times at once', async () => {
  const action = toAction(roll, logger);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, (_, i) => action.run({ count: i + 1 }, createContext())),
  );
  assert.deepEqual(
    outcomes.map(({ output }) => output),
    Array.from({ length: 50 }, (_, i) => `rolled [6,null,${i + 1}]`),
  );
});

describe('approval', () => {
  const ask = (approval: ActionDefinition<typeof roll.parameters>['approval']) =>
    toAction({ ...roll, approval } as ActionDefinition, logger).approval;

  it('is not needed unless it is asked for', () => {
    assert.deepEqual([ask(undefined), ask(false)], [undefined, undefined]);
  });

  it('asks with the name and the input, waits an hour, and takes silence for a no', () => {
    const approval = ask(true);
    assert.deepEqual([approval?.timeoutMs, approval?.otherwise], [3_600_000, 'deny']);
    assert.equal(approval?.question({ count: 2 }), 'May I use roll_dice with `{"count":2}`?');
  });

  it('asks a question of one’s own, of the input as it was parsed', () => {
    assert.equal(ask({ question: 'Sure?' })?.question({ count: 2 }), 'Sure?');
    const own = ask({ question: ({ count, sides }) => `${count} of ${sides}?`, timeoutMs: 5, otherwise: 'approve' });
    assert.equal(own?.question({ count: 2 }), '2 of 6?');
    assert.deepEqual([own?.timeoutMs, own?.otherwise], [5, 'approve']);
  });

  it('falls back to the usual question when its own cannot be asked, and is never endless', () => {
    const broken = ask({
      question: () => {
        throw new Error('no');
      },
    });
    const usual = 'May I use roll_dice with `{"count":2}`?';
    assert.equal(broken?.question({ count: 2 }), usual);
    assert.equal(ask(true)?.question({ count: 'x' }), undefined, 'nobody is asked about what cannot be run');
    assert.ok((ask({ question: 'x'.repeat(5_000) })?.question({ count: 2 })?.length ?? 0) < 1_100);
  });
});
