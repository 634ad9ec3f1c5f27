/** `elizad torture`: its ledger, finding by finding, and the command as people use it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Heard, openLedger, textOf } from '../src/cli/torture/ledger.ts';
import { makeDir, openTestServer, runCli } from './support/test-server.ts';

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

/** Three messages, acknowledged, heard and completed as promised, then what `spoil` does to it. */
function runOnPaper(spoil: (ledger: ReturnType<typeof openLedger>, history: Heard[]) => void) {
  const ledger = openLedger();
  const history = [kept(1, 'a'), kept(2, 'b'), answer(3, 'id-2'), kept(4, 'c')];
  ledger.entered('bob', room, 0);
  for (const [seq, messageId] of [
    [1, 'a'],
    [2, 'b'],
    [4, 'c'],
  ] as const)
    ledger.acked(sentAs(messageId), { id: `id-${seq}`, seq });
  for (const seq of [1, 2, 3]) ledger.heard('bob', room, { id: `id-${seq}`, seq });
  for (const id of ['id-1', 'id-2']) ledger.completed('bob', id);
  spoil(ledger, history);
  return ledger
    .close(new Map([[room, history]]))
    .filter(({ count }) => count > 0)
    .map(({ promise, what, count }) => [promise, what, count]);
}

const last = { id: 'id-4', seq: 4 };

test('a run in which all went well has no finding', () => {
  const findings = runOnPaper((ledger) => {
    ledger.heard('bob', room, last);
    ledger.completed('bob', 'id-4');
    ledger.acked(sentAs('a'), { id: 'id-1', seq: 1 });
  });
  assert.deepEqual(findings, []);
});

const spoilt: [name: string, expected: unknown[], spoil: Parameters<typeof runOnPaper>[0]][] = [
  [
    'lost',
    ['acked is durable', 'acknowledged, and not in the room', 1],
    (ledger) => ledger.acked(sentAs('d'), { id: 'id-5', seq: 5 }),
  ],
  [
    'moved',
    ['acked is durable', 'acknowledged under another id or seq than the room has', 1],
    (_, history) => Object.assign(history[0] as Heard, { id: 'other' }),
  ],
  ['a hole', ['order', 'holes in the seq of a room', 1], (_, history) => history.push(kept(6, 'd'))],
  [
    'out of order',
    ['order', 'heard after a later one', 1],
    (ledger) => {
      ledger.entered('eve', room, 3);
      ledger.heard('eve', room, last);
      ledger.heard('eve', room, { id: 'id-2', seq: 2 });
    },
  ],
  ['stored twice', ['once', 'stored twice', 1], (_, history) => history.push({ ...kept(5, 'a') })],
  ['answered twice', ['once', 'answered twice by one agent', 1], (_, history) => history.push(answer(5, 'id-2'))],
  ['heard twice', ['once', 'heard twice', 1], (ledger) => ledger.heard('bob', room, { id: 'id-2', seq: 2 })],
  [
    'two acknowledgements',
    ['once', 'acknowledged in two ways', 1],
    (ledger) => ledger.acked(sentAs('a'), { id: 'id-1', seq: 2 }),
  ],
  [
    'a gap',
    ['resume', 'never heard by somebody who was in the room', 1],
    (ledger) => {
      ledger.entered('eve', room, 1);
      ledger.heard('eve', room, last);
    },
  ],
  [
    'the end missing',
    ['resume', 'never heard by somebody who was in the room', 1],
    (ledger) => ledger.entered('eve', room, 3),
  ],
  [
    'another text',
    ['resume', 'heard otherwise than the room has it', 1],
    (ledger) => {
      ledger.entered('eve', room, 3);
      ledger.heard('eve', room, { id: 'other', seq: 4 });
    },
  ],
  ['completed twice', ['every turn ends', 'completed twice', 1], (ledger) => ledger.completed('bob', 'id-1')],
];

for (const [name, expected, spoil] of spoilt) {
  test(`the ledger finds: ${name}`, () => {
    const findings = runOnPaper((ledger, history) => {
      spoil(ledger, history);
      ledger.heard('bob', room, last);
      for (const client of ['bob', 'eve']) ledger.completed(client, 'id-4');
    });
    assert.ok(
      findings.some((finding) => JSON.stringify(finding) === JSON.stringify(expected)),
      JSON.stringify(findings),
    );
  });
}

test('the ledger finds: a question without an end', () => {
  const findings = runOnPaper((ledger) => ledger.heard('bob', room, last));
  assert.deepEqual(findings, [['every turn ends', 'not completed for somebody in the room', 1]]);
});

test('a short run with kills holds, says what it did, and how to repeat it', async (t) => {
  const env = { TMPDIR: makeDir(t) };
  const { exited, output } = runCli(t, ['torture', '--kills', '3', '--seed', '1', '--steady', '1'], env);
  assert.equal(await exited, 0, output());
  assert.match(output(), /messages sent, acked +[1-9]\d*, [1-9]/);
  assert.match(output(), /kills of the server +3\n/);
  assert.match(output(), /recovered +true [1-9]\d*, false \d/);
  assert.match(output(), /Every promise held\.\n +again: elizad torture --kills 3 --seed 1 /);
});

test('at a URL it uses the server as it is, and kills nothing', async (t) => {
  const { url } = await openTestServer(t, { ELIZAD_API_KEY: 'k' });
  const { exited, output } = runCli(t, ['torture', url, '--seconds', '2', '--clients', '4', '--api-key', 'k']);
  assert.equal(await exited, 0, output());
  assert.match(output(), /kills of the server +0\n/);
  assert.match(output(), /Every promise held\./);
});

test('what cannot be run is said in one line, with exit code 2', async (t) => {
  for (const [args, words] of [
    [
      ['http://127.0.0.1:1'],
      /^elizad: http:\/\/127\.0\.0\.1:1 cannot be connected to \(.+\)\. Is the server running there\?\n$/,
    ],
    [['http://127.0.0.1:1', '--kills', '3'], /^elizad: --kills: a server at a URL is not killed\..+\n$/],
    [['--seed', 'x'], /^elizad: --seed: "x" is not accepted\. It takes a whole number from 0 to .+\n$/],
  ] as const) {
    const { exited, output } = runCli(t, ['torture', ...args]);
    assert.equal(await exited, 2, output());
    assert.match(output(), words);
  }
});
