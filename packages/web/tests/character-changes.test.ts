/** What was changed in a character is put onto what others made of it; what is kept of it in a browser has no secret in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskedSecret } from 'elizad-protocol/secrets';
import { applyChange, findChange, rebase } from '../src/agents/character-changes.ts';
import { type Draft, isSame } from '../src/agents/character-draft.ts';
import { makeRow, type Row, takeIn, toPairs, toRows } from '../src/agents/fields/pair-rows.ts';
import { keepChanges, withKept } from '../src/agents/kept-changes.ts';
import { readKept } from '../src/state/kept.ts';

const base = {
  name: 'Ada',
  bio: ['One.'],
  style: { all: ['Short.'] },
  settings: { model: 'a/b', deep: { x: 1, y: 1 } },
};

describe('changes of a character', () => {
  it('are what makes the one into the other', () => {
    const { bio: _, ...rest } = base;
    const after = { ...rest, topics: [], settings: { deep: { y: 2, x: 1 }, constructor: 'z' } };
    const change = findChange(base, after);
    const settings = { model: null, deep: { y: 2 }, constructor: 'z' };
    assert.deepEqual(change, { bio: null, topics: [], settings });
    assert.deepEqual(applyChange(base, change), after);
    assert.deepEqual(findChange(base, structuredClone(base)), {});
  });

  it('stay while all else is taken from the server, deep in objects too', () => {
    const here = { ...base, username: 'ada', settings: { model: 'c/d', deep: { x: 2, y: 1 } } };
    const there = { name: 'Ada', bio: ['Theirs.'], style: base.style, settings: { deep: { x: 1, y: 3, z: 4 } } };
    const both = { ...there, username: 'ada', settings: { model: 'c/d', deep: { x: 2, y: 3, z: 4 } } };
    assert.deepEqual(rebase(base, here, there), both);
    assert.deepEqual(rebase(base, { ...base, bio: ['Mine.'] }, there), { ...there, bio: ['Mine.'] });
  });

  it('take away what was taken away here, and not what others added', () => {
    const here = { ...base, settings: { model: 'a/b' }, style: {} };
    const there = { ...base, style: { all: ['Short.'], chat: ['Long.'] } };
    assert.deepEqual(rebase(base, here, there), { ...there, settings: here.settings, style: { chat: ['Long.'] } });
  });

  it('are no longer one when they are saved; what was typed meanwhile is', () => {
    const sent = { ...base, bio: ['Mine.'], secrets: { KEY: 'typed' } };
    const saved = { ...base, bio: ['Mine.'], secrets: { KEY: maskedSecret } };
    assert.deepEqual(rebase(sent, sent, saved), saved);
    const now = { ...sent, bio: ['Mine.', 'More.'] };
    assert.deepEqual(rebase(sent, now, saved), { ...saved, bio: ['Mine.', 'More.'] });
  });

  it('are none in another order of names', () => {
    assert.ok(isSame({ a: 1, b: [{ c: 1, d: undefined }] }, { b: [{ c: 1 }], a: 1 }));
    assert.ok(!isSame(['a', 'b'], ['b', 'a']));
    assert.ok(!isSame([], {}));
  });
});

describe('what is kept of a character', () => {
  const keepAndRead = (draft: Draft, there: Draft = base): Draft => {
    keepChanges('ada', base, draft);
    return withKept('ada', there);
  };

  it('is what differs: what others save meanwhile stays', () => {
    const there = { ...base, bio: ['Theirs.'], settings: { model: 'a/b', deep: { x: 1, y: 3 }, more: 1 } };
    const kept = keepAndRead({ ...base, settings: { deep: { x: 2, y: 1 } } }, there);
    assert.deepEqual(kept, { ...there, settings: { deep: { x: 2, y: 3 }, more: 1 } });
    const { bio: _, ...without } = base;
    assert.equal('bio' in keepAndRead(without), false);
    assert.deepEqual(keepAndRead(base), base);
    assert.equal(readKept('character-ada'), undefined);
  });

  it('has no secret, wherever it is', () => {
    const settings = {
      temperature: 1,
      secrets: { NAME: 'typed' },
      apiKey: 'typed',
      deep: { x: 2, y: 1, AUTH_TOKEN: { inner: 'typed' } },
      hook: { password: 'typed' },
      hooks: [{ url: 'one', list: [{ client_secret: 'typed' }] }],
      mcp: { servers: { a: { headers: { 'x-any': 'typed' } } } },
      none: {},
    };
    const kept = keepAndRead({ ...base, settings, secrets: { KEY: 'typed' }, plugins: ['p'] });
    assert.equal(readKept('character-ada')?.includes('typed'), false);
    assert.deepEqual(kept, { ...base, plugins: ['p'], settings: { temperature: 1, deep: { x: 2, y: 1 }, none: {} } });
  });

  it('may say that a secret is to go, or stays', () => {
    const hooks = [{ url: 'one', apiKey: maskedSecret }];
    keepChanges('ada', { settings: { apiKey: maskedSecret, hooks: [] } }, { settings: { hooks } });
    assert.deepEqual(JSON.parse(readKept('character-ada') ?? ''), { settings: { apiKey: null, hooks } });
  });
});

describe('rows of texts by name', () => {
  const show = (rows: readonly Row[]) => rows.map(({ name, text }) => `${name}=${text}`);

  it('stay in their place when something changes elsewhere, also one whose name is another for a moment', () => {
    const rows = [...toRows({ gone: '0', a: '1', b: '2' }), makeRow('a', 'typed')];
    const taken = takeIn(rows, { c: '4', a: 'typed', b: '3' });
    assert.deepEqual(show(taken), ['a=1', 'b=3', 'a=typed', 'c=4']);
    const ids = rows.map(({ id }) => id);
    assert.deepEqual(
      taken.slice(0, 3).map(({ id }) => id),
      ids.slice(1),
    );
  });

  it('are one again where both were changed', () => {
    const taken = takeIn([...toRows({ a: '1' }), makeRow('a', 'typed')], { a: '5' });
    assert.deepEqual(show(taken), ['a=5']);
    assert.deepEqual(toPairs(taken), { a: '5' });
  });
});
