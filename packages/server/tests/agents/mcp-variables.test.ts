/** What fills in the variables of an agent's MCP servers: nothing that comes over HTTP ever changes it. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of a config are meant.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Character } from 'elizad-protocol';
import fc from 'fast-check';
import { resolveServer } from '../../src/agents/actions/mcp/server-config.ts';
import { readOwnServers } from '../../src/agents/actions/own-servers.ts';
import { secretsOf } from '../../src/agents/characters/characters.ts';
import { editCharacter, readDraft } from '../../src/agents/characters/edit.ts';

const mask = '********';
const id = '11111111-1111-4111-8111-111111111111';
const name = fc.constantFrom('A', 'B', 'C', 'toString', '__proto__');

/** Whole variables, nested ones, and pieces of them that may come to one. */
const text = fc
  .array(
    fc.oneof(
      name.map((one) => `\${${one}}`),
      fc.tuple(name, fc.constantFrom('', 'x', ':-', '$', '{', '${C')).map(([one, other]) => `\${${one}:-${other}}`),
      fc.tuple(name, name).map(([one, other]) => `\${${one}:-\${${other}}}`),
      fc.constantFrom('x', '$', '{', '}', '${', '${A', '${A:-', ':-', '\n'),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join(''));
const texts = fc.dictionary(fc.constantFrom('K', 'L'), text);
const server = fc.oneof(
  fc.record({ command: text, args: fc.array(text, { maxLength: 2 }), env: texts, cwd: text }),
  fc.record({ url: text, headers: texts }),
);
const value = fc.constantFrom('', 'one', 'two', '${B}', mask);
const secrets = fc.dictionary(name, value);
const changes = fc.dictionary(name, fc.oneof(value, fc.constant(null), fc.constant({ deep: 'one' })));
const patch = fc.record(
  {
    secrets: fc.option(changes),
    settings: fc.option(fc.record({ secrets: fc.option(changes), mcp: fc.constant(null) }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);

/** As it comes out of a file. */
const asRead = (character: Character): Character => JSON.parse(JSON.stringify(character));

/** Of each server what it is reached by, or why it cannot be, as the toolbox finds it. */
function resolveAll(character: Character, env: Record<string, string>) {
  const own = Object.entries(secretsOf(character)).filter(([, one]) => typeof one === 'string');
  const variables = { ...env, ...(Object.fromEntries(own) as Record<string, string>) };
  return Object.values(readOwnServers(character).servers).map((config) => {
    try {
      return resolveServer(config, variables).config;
    } catch (error) {
      return String(error);
    }
  });
}

describe('variables of MCP servers', () => {
  it('are filled in to the same after every change that is taken, or the change is refused', () => {
    let taken = 0;
    const property = fc.property(
      fc.array(server, { minLength: 1, maxLength: 2 }),
      secrets,
      fc.dictionary(name, fc.constantFrom('of the environment', '')),
      patch,
      (servers, had, env, change) => {
        const mcp = { servers: Object.fromEntries(servers.map((one, index) => [`s${index}`, one])) };
        const before: Character = asRead({ name: 'Ada', bio: [], secrets: had, settings: { mcp } });
        let after: Character;
        try {
          after = editCharacter(before, id, change);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'invalid-payload');
          return;
        }
        taken += 1;
        if (after.settings?.mcp === undefined) return;
        assert.deepEqual(after.settings.mcp, before.settings?.mcp);
        assert.deepEqual(resolveAll(after, env), resolveAll(before, env));
      },
    );
    fc.assert(property, { numRuns: 2_000 });
    assert.ok(taken > 200, `only ${taken} changes were taken`);
  });

  it('are filled in wherever they stand, with what stands for them, once', () => {
    const fill = (command: string) => {
      const { config } = resolveServer({ command, args: [], env: {} }, { A: 'a', B: '${A}', EMPTY: '' });
      return 'command' in config && config.command;
    };
    const rows: [string, string][] = [
      ['${A}${A:-x}-${NONE:-y}', 'aa-y'],
      ['${EMPTY:-z}', 'z'],
      ['${NONE:-}', ''],
      ['${B}', '${A}'],
      // What stands for a variable is no template: it ends at the first brace.
      ['${NONE:-${A}}', '${A}'],
      ['${A:-${B}}', 'a}'],
      ['${ A } $A {A} ${A', '${ A } $A {A} ${A'],
      ['${NONE:-two\nlines}', 'two\nlines'],
    ];
    assert.deepEqual(
      rows.map(([given]) => fill(given)),
      rows.map(([, filled]) => filled),
    );
  });

  it('cannot come with a new agent, by whatever name', () => {
    const mcp = { servers: { fs: { command: 'node', args: ['${X:-}'] } } };
    const draft = (more: object) => readDraft({ name: 'Ada', bio: [], ...more });
    assert.throws(() => draft({ settings: { mcp } }), { code: 'invalid-payload' });
    assert.throws(() => draft({ mcp }), { code: 'invalid-payload' });
    for (const settings of [
      { MCP: mcp },
      { Mcp: mcp },
      { 'mcp.servers': mcp.servers },
      JSON.parse('{"__proto__":{"mcp":{"servers":{"a":{"command":"x"}}}}}'),
    ])
      assert.deepEqual(readOwnServers(draft({ settings })), { servers: {}, faults: [] });
  });
});
