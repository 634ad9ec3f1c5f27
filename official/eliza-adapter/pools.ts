/** Small pools of ids and values, so that calls of a sequence meet; and the values that calls are made of. */
import fc from 'fast-check';

const makeIds = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}0000000-0000-4000-8000-00000000000${index + 1}`);

export const agentId = 'a0000000-0000-4000-8000-000000000001';
export const agents = makeIds('a', 2);
export const entities = makeIds('e', 4);
export const rooms = makeIds('b', 3);
export const worlds = makeIds('d', 3);
export const memories = makeIds('1', 6);
export const components = makeIds('c', 4);
export const tasks = makeIds('7', 3);
export const servers = makeIds('5', 2);
export const known = new Set([agents, entities, rooms, worlds, memories, components, tasks, servers].flat());

export const times = [1_700_000_000_000, 1_700_000_001_000, 1_700_000_002_000, 1_700_000_003_000];

/** Mostly one of the first two, which are most likely there; seldom in upper case, or not even an id. */
export const idOf = (pool: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 50, arbitrary: fc.constantFrom(...pool.slice(0, 2)) },
    { weight: 16, arbitrary: fc.constantFrom(...pool) },
    { weight: 2, arbitrary: fc.constantFrom(...pool).map((id) => id.toUpperCase()) },
    { weight: 1, arbitrary: fc.constant('not-an-id') },
  );

export const perhaps = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
export const perhapsNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof({ weight: 6, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });
export const idsOf = (pool: readonly string[]): fc.Arbitrary<string[]> =>
  fc.array(idOf(pool), { minLength: 1, maxLength: 3 });
export const time = fc.constantFrom(...times);
export const word = fc.constantFrom('red', 'green', 'blue', 'Ünïcode 🙂', 'it’s "quoted"', '12', 'true', '{"a":1}', '');
export const tags = fc.uniqueArray(fc.constantFrom('red', 'green', 'blue', 'it’s "quoted"'), { maxLength: 3 });

const scalar = fc.oneof(word, fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 1e21, true, false, null));
export const { json, object } = fc.letrec<{ json: unknown; object: { [key: string]: unknown } }>((tie) => ({
  json: fc.oneof({ maxDepth: 2 }, scalar, fc.array(tie('json'), { maxLength: 2 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'type', 'secrets'), fc.oneof({ maxDepth: 2 }, scalar, tie('json')), {
    maxKeys: 3,
    noNullPrototype: true,
  }) as fc.Arbitrary<{ [key: string]: unknown }>,
}));

/**
 * Of the length of the reference's smallest. Those of one seed are much alike, less so with a part of the next seed in them
 * (`mixed`), and no two of other variants are equal.
 */
export function makeVector(seed: number, variant: number, { length = 384, mixed = 0 } = {}): number[] {
  const wave = (index: number, number: number) => Math.sin((index + 1) * (number + 1) * 1.7);
  return Array.from(
    { length },
    (_, index) =>
      wave(index, seed) + mixed * wave(index, seed + 1) + 0.05 * Math.cos((index + 3) * (variant + 1) * 2.3),
  );
}
