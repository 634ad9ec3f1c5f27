/** The form of a character has every field of the schema; and what it sends is only what changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { character } from 'elizad-protocol';
import { maskedSecret } from 'elizad-protocol/secrets';
import { listChanges } from '../src/agents/character-changes.ts';
import { toDraft, writePath } from '../src/agents/character-draft.ts';
import { fixedFields, groups } from '../src/agents/character-fields.ts';

describe('the form of a character', () => {
  it('has every field of the schema, once', () => {
    const paths = groups.flatMap(({ fields }) => fields.map(({ path }) => path));
    assert.equal(new Set(paths).size, paths.length);
    const tops = new Set([...paths.map((path) => path.split('.')[0]), ...fixedFields]);
    assert.deepEqual([...tops].sort(), Object.keys(character.shape).sort());
    const styles = paths.filter((path) => path.startsWith('style.')).map((path) => path.slice('style.'.length));
    assert.deepEqual(styles.sort(), Object.keys(character.shape.style.unwrap().shape).sort());
  });

  it('sends only what changed; of what the server merges its own keys only, null for what is gone', () => {
    const saved = {
      name: 'Ada',
      bio: ['One.'],
      style: { all: ['Short.'] },
      settings: { model: 'a/b', temperature: 1 },
    };
    assert.deepEqual(listChanges(saved, saved), {});
    assert.deepEqual(listChanges(saved, writePath(saved, 'style.chat', ['Long.'])), {
      style: { all: ['Short.'], chat: ['Long.'] },
    });
    assert.deepEqual(listChanges(saved, { ...saved, settings: { model: 'c/d' } }), {
      settings: { model: 'c/d', temperature: null },
    });
    const servers = (...names: string[]) => ({
      settings: { mcp: { servers: Object.fromEntries(names.map((name) => [name, {}])) } },
    });
    assert.deepEqual(listChanges(servers('a', 'b'), servers('a')), {
      settings: { mcp: { servers: { b: null } } },
    });
    const list = [{ url: 'one', apiKey: maskedSecret }];
    const hooks = { settings: { hooks: list, nested: { list, on: true } } };
    assert.deepEqual(listChanges(hooks, { settings: { hooks: list, nested: { list, on: false }, model: 'a/b' } }), {
      settings: { nested: { on: false }, model: 'a/b' },
    });
    assert.deepEqual(listChanges(hooks, {}), { settings: { hooks: null, nested: null } });
    const { bio: _, ...without } = saved;
    assert.deepEqual(listChanges(saved, without), { bio: [] });
  });

  it('has secrets at one place, and leaves one that is stored alone', () => {
    const secrets = { KEY: maskedSecret };
    const saved = toDraft({ name: 'Ada', settings: { model: 'a/b', secrets }, status: 'active' });
    assert.deepEqual(saved, { name: 'Ada', settings: { model: 'a/b' }, secrets });
    assert.deepEqual(listChanges(saved, { ...saved, secrets: { ...secrets, MORE: 'x' } }), {
      secrets: { MORE: 'x' },
    });
    assert.deepEqual(listChanges(saved, { ...saved, secrets: {} }), { secrets: { KEY: null } });
  });
});
