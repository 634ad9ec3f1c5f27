/** The ledger of `elizad torture`, finding by finding: what it says of a run on paper that was spoilt in one place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Heard, type Kind, openLedger, textOf } from '../../src/cli/torture/ledger.ts';

const room = 'room';
const sentAs = (messageId: string) => ({ room, sender: 'ada', messageId });
const kept = (seq: number, messageId: string): Heard => ({
  id: `id-${seq}`,
  seq,
  text: `${textOf(sentAs(messageId))}\nand more`,
  senderId: 'ada',
  source: 'socketio_client',
  inReplyTo: null,
});
const answer = (seq: number, inReplyTo: string): Heard => ({
  ...kept(seq, ''),
  text: 'Well.',
  senderId: 'cleo',
  source: 'agent_response',
  inReplyTo,
});
const asHeard = (seq: number) => ({ id: `id-${seq}`, seq });

type Ledger = ReturnType<typeof openLedger>;

/** Three messages and an answer, as promised; then what `spoil` does to it. Returns what is found, and how often. */
function runOnPaper(spoil: (ledger: Ledger, history: Heard[]) => void): Partial<Record<Kind, number>> {
  const ledger = openLedger();
  const history = [kept(1, 'a'), kept(2, 'b'), answer(3, 'id-2'), kept(4, 'c')];
  ledger.entered('bob', room, 0);
  ledger.acked(sentAs('a'), asHeard(1));
  ledger.acked(sentAs('b'), asHeard(2));
  ledger.acked(sentAs('c'), asHeard(4));
  for (const seq of [1, 2, 3, 4]) ledger.heard('bob', room, asHeard(seq));
  for (const id of ['id-1', 'id-2', 'id-4']) ledger.completed('bob', id);
  spoil(ledger, history);
  const findings = ledger.judge(new Map([[room, history]])).filter(({ count }) => count > 0);
  for (const { examples } of findings) assert.ok(examples.length > 0);
  return Object.fromEntries(findings.map(({ kind, count }) => [kind, count]));
}

test('a run in which all went well has no finding', () => {
  assert.deepEqual(
    runOnPaper(() => {}),
    {},
  );
});

test('a retry with the first acknowledgement, a room left, and a room entered late are no findings', () => {
  const found = runOnPaper((ledger) => {
    ledger.acked(sentAs('a'), asHeard(1));
    ledger.entered('eve', room, 1);
    ledger.left('eve', room);
    ledger.entered('dan', room, 4);
  });
  assert.deepEqual(found, {});
});

const card = (seq: number): Heard => ({
  ...answer(seq, ''),
  text: 'Executing action: A',
  source: 'agent_action',
  inReplyTo: null,
});

test('a card that changes is no second message, and neither it nor a further answer needs an end', () => {
  const found = runOnPaper((ledger, history) => {
    const further = { ...answer(6, ''), text: 'Done.', inReplyTo: null };
    history.push(card(5), further, { ...further, id: 'id-7', seq: 7 });
    for (const seq of [5, 6, 7]) ledger.heard('bob', room, asHeard(seq));
    ledger.heard('bob', room, { ...asHeard(5), updatedAt: 1 });
  });
  assert.deepEqual(found, {});
});

test('whoever comes back as a new client after much was missed needs no ends of that time', () => {
  const found = runOnPaper((ledger) => {
    ledger.entered('eve', room, 0);
    for (const seq of [1, 2, 3, 4]) ledger.heard('eve', room, asHeard(seq));
    ledger.begunAnew('eve', new Map([[room, 0]]), new Map([[room, 10_000]]));
  });
  assert.deepEqual(found, {});
});

test('what was heard without its place may come once more after a cut, and only then', () => {
  const cutAfter = (ledger: Ledger) => {
    ledger.told('bob', 'id-1');
    ledger.placed('bob');
    ledger.told('bob', 'id-2');
    ledger.cutOff('bob');
  };
  const allowed = runOnPaper((ledger) => {
    cutAfter(ledger);
    ledger.heard('bob', room, asHeard(2));
    assert.equal(ledger.countAgain(), 1);
  });
  assert.deepEqual(allowed, {});
  const found = runOnPaper((ledger) => {
    cutAfter(ledger);
    for (const seq of [2, 2, 1]) ledger.heard('bob', room, asHeard(seq));
    ledger.completed('bob', 'id-1');
  });
  assert.deepEqual(found, { doubledHeard: 2, completedTwice: 1 });
});

const spoilt: [name: string, found: Partial<Record<Kind, number>>, spoil: Parameters<typeof runOnPaper>[0]][] = [
  ['acknowledged and lost', { lost: 1 }, (ledger) => ledger.acked(sentAs('d'), asHeard(5))],
  [
    'stored with another id',
    { moved: 1, toldAndLost: 1, unended: 1 },
    (_, history) => Object.assign(history[0] as Heard, { id: 'other' }),
  ],
  ['heard and lost', { toldAndLost: 1 }, (ledger) => ledger.heard('bob', room, asHeard(5))],
  [
    'a hole in seq',
    { holes: 1, gaps: 1 },
    (ledger, history) => {
      history.push(kept(6, 'd'));
      ledger.completed('bob', 'id-6');
    },
  ],
  [
    'out of order',
    { unordered: 1 },
    (ledger) => {
      ledger.entered('eve', room, 3);
      ledger.heard('eve', room, asHeard(4));
      ledger.completed('eve', 'id-4');
      ledger.heard('eve', room, asHeard(2));
    },
  ],
  [
    'another message under a seq that was heard',
    { unordered: 1 },
    (ledger) => ledger.heard('bob', room, { id: 'other', seq: 2 }),
  ],
  [
    'stored twice',
    { doubled: 1 },
    (ledger, history) => {
      history.push(kept(5, 'a'));
      ledger.heard('bob', room, asHeard(5));
      ledger.completed('bob', 'id-5');
    },
  ],
  [
    'a card that was heard twice as it began',
    { doubledHeard: 1 },
    (ledger, history) => {
      history.push(card(5));
      for (let times = 1; times <= 2; times++) ledger.heard('bob', room, asHeard(5));
    },
  ],
  [
    'a further answer to one question, twice',
    { answeredTwice: 1 },
    (ledger, history) => {
      for (const seq of [5, 6]) {
        history.push({ ...answer(seq, ''), text: 'Worked for client 1-7.', inReplyTo: null });
        ledger.heard('bob', room, asHeard(seq));
      }
    },
  ],
  [
    'answered twice',
    { answeredTwice: 1 },
    (ledger, history) => {
      history.push(answer(5, 'id-2'));
      ledger.heard('bob', room, asHeard(5));
    },
  ],
  ['heard twice', { doubledHeard: 1 }, (ledger) => ledger.heard('bob', room, asHeard(2))],
  [
    'two acknowledgements that disagree',
    { disagreeing: 1 },
    (ledger) => {
      ledger.acked(sentAs('a'), { id: 'id-1', seq: 2 });
      ledger.acked(sentAs('a'), asHeard(1));
    },
  ],
  [
    'a gap',
    { gaps: 1 },
    (ledger) => {
      ledger.entered('eve', room, 2);
      ledger.heard('eve', room, asHeard(4));
      ledger.completed('eve', 'id-4');
    },
  ],
  [
    'the end of a room never heard',
    { gaps: 1 },
    (ledger) => {
      ledger.entered('eve', room, 3);
      ledger.completed('eve', 'id-4');
    },
  ],
  [
    'received with a different seq',
    { changed: 1 },
    (ledger) => {
      ledger.entered('eve', room, 4);
      ledger.heard('eve', room, { id: 'id-2', seq: 5 });
    },
  ],
  [
    'an end that one in the room never heard',
    { endsMissed: 1 },
    (ledger) => {
      ledger.entered('eve', room, 3);
      ledger.heard('eve', room, asHeard(4));
    },
  ],
  [
    'begun anew for nothing',
    { begunAnew: 1 },
    (ledger) => ledger.begunAnew('bob', new Map([[room, 3]]), new Map([[room, 4]])),
  ],
  [
    'a question without an end, told once however many wait for it',
    { unended: 1 },
    (ledger, history) => {
      history.push(kept(5, 'd'));
      ledger.entered('eve', room, 4);
      for (const client of ['bob', 'eve']) ledger.heard(client, room, asHeard(5));
    },
  ],
  ['completed twice', { completedTwice: 1 }, (ledger) => ledger.completed('bob', 'id-1')],
];

for (const [name, found, spoil] of spoilt)
  test(`the ledger finds: ${name}`, () => assert.deepEqual(runOnPaper(spoil), found));
