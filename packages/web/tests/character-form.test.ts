/** The form of a character has every field of the schema; and what it sends is only what changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { character } from 'elizad-protocol';
import { listChanges, writePath } from '../src/agents/character-draft.ts';
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

  it('sends only what changed; of what the server merges, null for what is gone', () => {
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
    const { bio: _, ...without } = saved;
    assert.deepEqual(listChanges(saved, without), { bio: [] });
  });
});
