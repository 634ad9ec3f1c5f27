/** The tables agree with themselves: every sample of every row, every spelling, every error. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deriveId, ElizadError, errorTable, intents, parseWireIn, type WireInEvent, wireIn } from '../src/index.ts';

for (const [event, row] of Object.entries(wireIn) as [WireInEvent, (typeof wireIn)[WireInEvent]][]) {
  describe(`wire-in ${event}`, () => {
    for (const { why, payload } of row.valid) {
      test(`accepts: ${why}`, () => {
        const parsed = parseWireIn(event, payload);
        assert.ok('value' in parsed, JSON.stringify(parsed));
        assert.equal(parsed.intent, row.intent);
      });
    }
    for (const { why, payload, path } of row.invalid) {
      test(`refuses: ${why}`, () => {
        const parsed = parseWireIn(event, payload);
        assert.ok('issues' in parsed, JSON.stringify(parsed));
        assert.deepEqual([...new Set(parsed.issues.map((issue) => issue.path))], [path]);
        assert.ok(parsed.issues.every(({ message }) => message.length > 3));
      });
    }
    test('spells only fields that the intent has', () => {
      const known = Object.keys(intents[row.intent].payload.shape);
      for (const ours of Object.values(row.fields)) assert.ok(known.includes(ours), ours);
    });
    test('has an invalid sample for every field', () => {
      const covered = new Set(row.invalid.map(({ path }) => path.split('.')[0]));
      for (const field of Object.keys(row.fields)) {
        assert.ok(covered.has(field.split('.')[0]), `no invalid sample for ${field}`);
      }
    });
  });
}

test('what a client leaves null is as good as left out', () => {
  const parsed = parseWireIn('message', {
    text: 'Hi',
    roomId: '11111111-1111-4111-8111-111111111111',
    userId: null,
    attachments: null,
  });
  assert.ok('value' in parsed);
  assert.deepEqual((parsed.value as { attachments: unknown }).attachments, []);
});

test('the id of a name is the one that every Eliza OS client derives', async () => {
  const vectors = {
    Echo: 'e738c7d8-9afb-0a9a-8b54-8496f7ce7ca8',
    Eliza: 'b850bc30-45f8-0041-a00a-83df46d8555d',
    'hello world': 'f0355dd5-2823-054c-ae66-a0b12842c215',
    '': 'da39a3ee-5e6b-0b0d-b255-bfef95601890',
    'a:b': '905d42a0-512b-0b37-a656-0ec871698c28',
    'ünïcode 🙂': 'f5119c9c-5931-01bc-854d-b1bf7c58e4e3',
    'F5119C9C-5931-01BC-854D-B1BF7C58E4E3': 'f5119c9c-5931-01bc-854d-b1bf7c58e4e3',
  };
  for (const [name, id] of Object.entries(vectors)) assert.equal(await deriveId(name), id, name);
});

test('every error has a number of its own, in the range that says what to do', () => {
  const rows = Object.entries(errorTable);
  assert.equal(new Set(rows.map(([, { number }]) => number)).size, rows.length);
  const statuses: Record<number, (status: number) => boolean> = {
    1: (status) => status >= 400 && status < 500,
    2: (status) => status === 401 || status === 403,
    3: (status) => status === 429,
    4: (status) => status >= 400,
    5: (status) => status >= 500,
  };
  for (const [code, { number, httpStatus, message, hint }] of rows) {
    assert.ok(statuses[Math.floor(number / 1000)]?.(httpStatus), `${code}: ${number} with ${httpStatus}`);
    assert.match(message, /^[A-Z`].*\.$/, code);
    assert.match(hint, /\.$/, code);
  }
});

test('an error in wire form keeps its own hint, and its details over the table', () => {
  const plain = new ElizadError('agent-not-found', { roomId: 'r' }).toWire();
  assert.deepEqual(plain, {
    error: errorTable['agent-not-found'].message,
    details: { code: 'agent-not-found', hint: errorTable['agent-not-found'].hint, roomId: 'r' },
  });
  assert.equal(
    new ElizadError('unknown-event', { hint: 'Did you mean join?' }).toWire().details.hint,
    'Did you mean join?',
  );
});

test('nesting of any depth is refused beyond 100, at once, and leaves nothing behind', () => {
  const nest = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  const parse = (metadata: unknown) =>
    parseWireIn('message', { text: 'Hi', roomId: '11111111-1111-4111-8111-111111111111', metadata });
  assert.ok('value' in parse(nest(100)));
  for (const depth of [101, 1_000, 2_000, 7_000]) {
    const parsed = parse(nest(depth));
    assert.deepEqual('issues' in parsed && parsed.issues.map(({ path }) => path), ['metadata']);
  }
});
