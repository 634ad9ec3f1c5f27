/** Whatever a client sends, every list and every object of free keys in it has a bound, which is looked at first. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { character, ElizadError, intents } from 'elizad-protocol';
import { type RestRow, restRows } from 'elizad-protocol/rest';
import type { z } from 'zod';
import { checkCharacter } from '../../src/agents/characters/check.ts';
import { editCharacter } from '../../src/agents/characters/edit.ts';
import { parseWith } from '../../src/rest/http/fields.ts';
import { openAgentsServer } from '../support/agents-server.ts';

type Def = Record<string, unknown> & { type: string };
type Found = { place: string; kind: 'array' | 'record'; schema: z.ZodType };

/** Every list and every object of free keys in a schema, as what a value of it meets first. */
function* findOpen(schema: z.ZodType, place: string, holder = schema): Generator<Found> {
  const def = schema._zod.def as unknown as Def;
  if (def.type === 'array' || def.type === 'record') {
    yield { place, kind: def.type, schema: holder };
    yield* findOpen((def.element ?? def.valueType) as z.ZodType, `${place}[]`);
  } else if (def.type === 'object') {
    for (const [name, inner] of Object.entries(def.shape as Record<string, z.ZodType>))
      yield* findOpen(inner, `${place}.${name}`);
  } else if (def.type === 'union') {
    for (const option of def.options as z.ZodType[]) yield* findOpen(option, place);
  } else if (def.type === 'pipe') {
    const { in: before, out } = def as unknown as { in: z.ZodType; out: z.ZodType };
    const isChecked = before._zod.def.type === 'transform';
    yield* findOpen(isChecked ? out : before, place, isChecked ? schema : before);
  } else if (def.innerType) yield* findOpen(def.innerType as z.ZodType, place, holder === schema ? undefined : holder);
  else assert.notEqual(def.type, 'lazy', `${place}: what repeats itself within itself has no bound`);
}

/** Everything that a client may send, by name. */
const inputs: [string, z.ZodType][] = [
  ['character', character],
  ...Object.entries(intents).map(([name, { payload }]): [string, z.ZodType] => [name, payload]),
  ...Object.entries<RestRow>(restRows).flatMap(([name, { body, query }]) =>
    [body, query].flatMap((schema): [string, z.ZodType][] => (schema ? [[name, schema]] : [])),
  ),
];

const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0]));

/** A megabyte in so many parts: of items and of names, of which each is wrong. */
const makeHostile = (parts: number) => [
  Array(Math.floor(480_000 / parts)).fill(0),
  Array(Math.floor(330_000 / parts)).fill([]),
  many(Math.floor(90_000 / parts)),
];

/** More than what it takes where the machine has nothing else to do, and far less than what an issue for each item takes. */
const mostMs = 200;

/** Whether it is soon over, by the time of the processor: tried again, since the machine may have other work. */
const isSoonOver = (run: () => void): boolean =>
  [1, 2, 3].some(() => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000 < mostMs;
  });

describe('what a client sends', () => {
  it('has a bound on each of its lists and objects of free keys', () => {
    const found = inputs.flatMap(([name, schema]) => [...findOpen(schema, name)]);
    assert.ok(found.length > 30, `only ${found.length} were found`);
    const names = many(20_000);
    const open = found.filter(({ kind, schema }) => {
      const parsed = schema.safeParse(kind === 'array' ? Array(20_000).fill(0) : names);
      return parsed.success || parsed.error.issues.length > 1;
    });
    assert.deepEqual(
      open.map(({ place }) => place),
      [],
    );
  });

  it('is answered soon where it is a megabyte of what is wrong, in whatever field, and few faults are told', () => {
    for (const [index, [name, schema]] of inputs.entries()) {
      const names = Object.keys((schema._zod.def as unknown as { shape?: object }).shape ?? { none: 0 });
      const parts = makeHostile(names.length || 1).map((part) =>
        Object.fromEntries(names.map((field) => [field, part])),
      );
      // One kind for each, in turn: what a kind costs hangs on few schemas that many rows share.
      const value = parts[index % parts.length];
      const isSoon = isSoonOver(() => {
        const issues: Parameters<typeof parseWith>[2] = [];
        parseWith(schema, value, issues);
        assert.ok(issues.length <= 50, `${name}: ${issues.length}`);
      });
      assert.ok(isSoon, name);
    }
    for (const more of [{ lore: Array(10_000).fill(0) }, { knowledge: Array(10_000).fill(0) }]) {
      const isSoon = isSoonOver(() => checkCharacter({ name: 'Ada', bio: [], ...more }));
      assert.ok(isSoon, Object.keys(more)[0]);
    }
  });

  it('of an agent is compared soon with what the agent has, whatever both are', () => {
    const id = crypto.randomUUID();
    const numbers = Array.from({ length: 19_000 }, (_, index) => index);
    const had = { id, name: 'Ada', bio: [], knowledge: Array(10_000).fill('x'), settings: { list: numbers } };
    const changes = {
      'files that are none of its own': { knowledge: Array(300_000).fill({}) },
      'a list in another order': { settings: { list: [...numbers.slice(1), 0] } },
      'values by the hundred thousand': { settings: { list: Array(400_000).fill(1) } },
      'objects by the hundred thousand': { settings: { list: Array(150_000).fill({}) } },
      'a name of a megabyte': { ['x'.repeat(950_000)]: 1 },
    };
    for (const [name, change] of Object.entries(changes)) {
      const isSoon = isSoonOver(() => {
        try {
          editCharacter(had, id, change);
        } catch (error) {
          assert.ok(error instanceof ElizadError && (error.details.issues?.length ?? 0) <= 50, name);
        }
      });
      assert.ok(isSoon, name);
    }
  });

  it('of the settings of an agent has a bound, at once and bit by bit', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const make = (list: number[]) =>
      call('create-agent', { body: { agent: { name: 'Ada', bio: [], settings: { list } } } });
    const issues = [{ path: 'settings', message: 'expected at most 20000 values, within each other' }];
    const refused = await make(Array(20_000).fill(1));
    assert.deepEqual([refused.status, refused.body.error?.issues], [400, issues]);
    const made = await make(Array(15_000).fill(1));
    const params = { agentId: made.body.data.id as string };
    const more = await call('update-agent', { params, body: { settings: { more: Array(10_000).fill(1) } } });
    assert.deepEqual([more.status, more.body.error?.issues], [400, issues]);
  });

  it('as a character is refused by its lists, not by each item of them', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const agent = { name: 'Ada', bio: [], topics: Array(480_000).fill(0) };
    const { status, body } = await call('create-agent', { body: { agent } });
    assert.deepEqual(
      [status, body.error?.issues],
      [400, [{ path: 'topics', message: 'Too big: expected array to have <=10000 items' }]],
    );
    const all = {
      name: 'Ada',
      bio: ['x'],
      lore: Array(9_000).fill('x'),
      settings: { deep: { list: [1, { a: null }] } },
    };
    assert.equal((await call('create-agent', { body: { agent: all } })).status, 201);
  });

  it('is refused by the number of its names before it is gone through, and kept up to that', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const [params, names] = [{ channelId: crypto.randomUUID() }, many(2_001)];
    const refusals = await Promise.all([
      call('post-message', { params, body: { content: 'Hi.', metadata: names } }),
      call('create-channel', { body: { name: 'Room', metadata: names } }),
      call('create-agent', { body: { agent: { name: 'Ada', bio: 'Counts.', settings: names } } }),
    ]);
    assert.deepEqual(
      refusals.map(({ status, body }) => [status, body.error?.issues]),
      [
        [
          400,
          [
            {
              path: 'metadata',
              message:
                'expected an object of at most 2000 JSON values, 20000 within each other, nested at most 100 deep',
            },
          ],
        ],
        [400, [{ path: 'metadata', message: 'expected at most 2000 keys' }]],
        [400, [{ path: 'settings', message: 'expected at most 2000 keys' }]],
      ],
    );
    for (const more of [
      { metadata: { within: many(20_000) } },
      { attachments: [{ url: '/media/x', ...many(20_000) }] },
    ]) {
      const { status, body } = await call('post-message', { params, body: { content: 'Hi.', ...more } });
      assert.equal(status, 400);
      assert.match(body.error?.issues?.[0]?.message ?? '', /20000/);
    }
    const metadata = many(2_000);
    const { body } = await call('post-message', { params, body: { content: 'Hi.', metadata } });
    assert.equal(body.data.metadata.k1999, 0);
  });
});
