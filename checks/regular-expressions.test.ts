/**
 * No regular expression of all packages takes more than linear time, whatever it is given: each is run on long texts
 * made of its own letters, where one that tries again from every place would take a thousand times as long.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import ts from 'typescript';
import { hideSecretShapes, isSecretName, isSecretText } from '../packages/protocol/src/secrets.ts';
import { redact } from '../packages/server/src/agents/models/providers/diagnosis.ts';
import { toTitle } from '../packages/server/src/agents/titles.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Letters of a text; what a linear one takes for it is far below, what a quadratic one takes is far above, in ms. */
const length = 10_000;
const deadlineMs = 30;

/** As many as one message has, for the texts that took longest. */
const mostLetters = 100_000;
const mostDeadlineMs = 150;
const tried = 5;

/** A text of about so many letters. */
type Text = (letters: number) => string;

type Found = { place: string; source: string; flags: string };

/** Expressions that are made while the server runs, by the file that makes them: what uses them is run instead. */
const made: Record<string, readonly ((text: string) => unknown)[]> = {
  'packages/server/src/agents/models/providers/diagnosis.ts': [(text) => redact(text, [], [])],
  'packages/protocol/src/secrets.ts': [isSecretText, isSecretName, (text) => hideSecretShapes(text, '')],
};

/** Those that may be more than linear, with the reason: what keeps their texts short. */
const firstLine = 'withoutMarks looks at 500 characters at most';
const reasons: Record<string, string> = {
  '/^\\s*(?:```|~~~).*$/gm': firstLine,
  '/!?\\[([^\\]]*)\\]\\([^)]*\\)/g': firstLine,
  '/^\\s*(?:#{1,6}\\s+|>\\s?|[-*+]\\s+)+/gm': firstLine,
  '/(\\*\\*|\\*|~~|`+)(?=\\S)([^*~`]*[^*~`\\s])\\1/g': firstLine,
};

function collect(): { literals: Found[]; makers: Set<string> } {
  const literals: Found[] = [];
  const makers = new Set<string>();
  for (const path of globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).sort()) {
    const file = ts.createSourceFile(path, readFileSync(root + path, 'utf8'), ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        literals.push({
          place: `${path}:${line + 1}`,
          source: node.text.slice(1, end),
          flags: node.text.slice(end + 1),
        });
      }
      const isMade =
        (ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(file) === 'RegExp';
      if (isMade) makers.add(path);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { literals, makers };
}

const classes: Record<string, string> = {
  s: ' \t\n',
  S: 'a',
  d: '0',
  D: 'a',
  w: 'a_',
  W: ' ',
  n: '\n',
  t: '\t',
  r: '\r',
  b: '',
  B: '',
};

/** Letters and words that an expression speaks of. */
function listPumps(source: string): { letters: string[]; words: string[] } {
  const letters = new Set([' ', 'a', '0', '-']);
  const plain = source
    .replace(/\\[pP]\{\w+\}|\\u\w{4}/g, 'a')
    .replace(/\\(.)/gs, (_, one: string) => classes[one] ?? one);
  for (const letter of plain) letters.add(letter);
  const words = new Set(source.replace(/\\([^a-zA-Z\d])/g, '$1').match(/[\w`~*#:/.=-]{2,12}/g) ?? []);
  return { letters: [...letters].slice(0, 32), words: [...words].slice(0, 16) };
}

/** Texts that fail late, and from every place anew, where an expression can. */
function listTexts({ letters, words }: ReturnType<typeof listPumps>): Text[] {
  const starts = ['', ...words, ...letters.slice(0, 12)];
  const single = [...letters, ...words].flatMap((pump) =>
    starts.flatMap((start) =>
      ['\0', '\n\0'].map(
        (end): Text =>
          (most) =>
            `${start}${pump.repeat(most / pump.length)}${end}`,
      ),
    ),
  );
  const pairs = letters.flatMap((one) =>
    letters.map(
      (other): Text =>
        (most) =>
          `${(one + other).repeat(most / 2)}\0`,
    ),
  );
  return [...single, ...pairs];
}

const sizes = { length, deadlineMs, mostLetters, mostDeadlineMs, tried };

/** Which text takes too long, each time that it is tried; none is what there should be. Runs in another context, too. */
function findSlow(
  run: (text: string) => unknown,
  texts: readonly Text[],
  of: typeof sizes,
  now = () => performance.now(),
): string | undefined {
  const measure = (text: string): number => {
    const start = now();
    run(text);
    return now() - start;
  };
  const takesLong = (text: string, most: number): boolean =>
    measure(text) > most && measure(text) > most && measure(text) > most;
  const measured = [];
  for (const make of texts) {
    const text = make(of.length);
    const ms = measure(text);
    if (ms > of.deadlineMs && takesLong(text, of.deadlineMs)) return text;
    measured.push({ make, ms });
  }
  measured.sort((a, b) => b.ms - a.ms);
  return measured
    .slice(0, of.tried)
    .map(({ make }) => make(of.mostLetters))
    .find((text) => takesLong(text, of.mostDeadlineMs));
}

const now = () => performance.now();
const context = createContext({ now, sizes, expression: /./, texts: [() => ''] });
const script = new Script(`(${findSlow})((text) => expression.test(text), texts, sizes, now)`);

/** As `findSlow`, where it can be left in the middle: what is worse than quadratic would take for ever. */
function findSlowFor({ source, flags }: Pick<Found, 'source' | 'flags'>): string | undefined {
  const texts = listTexts(listPumps(source));
  Object.assign(context, { texts, expression: new RegExp(source, flags.replace('g', '')) });
  try {
    return script.runInContext(context, { timeout: 100 * deadlineMs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return 'what it never came to an end with';
  }
}

const canRepeat = (source: string): boolean => /[*+]|,\}/.test(source);
const describeText = (text: string): string => JSON.stringify(`${text.slice(0, 30)}…${text.slice(-10)}`);

describe('regular expressions', () => {
  const { literals, makers } = collect();

  test('of the sources take linear time', () => {
    assert.ok(literals.length > 100, `only ${literals.length} were found`);
    const known = new Map(literals.map((one) => [`/${one.source}/${one.flags}`, one]));
    const slow: string[] = [];
    for (const [text, one] of known) {
      if (!canRepeat(one.source) || reasons[text] !== undefined) continue;
      const found = findSlowFor(one);
      if (found !== undefined) slow.push(`${one.place}: ${text} on ${describeText(found)}`);
    }
    assert.deepEqual(slow, []);
    for (const text of Object.keys(reasons)) assert.ok(known.has(text), `no such expression any more: ${text}`);
  });

  test('that are made while the server runs take linear time', () => {
    assert.deepEqual([...makers].sort(), Object.keys(made).sort());
    const pumps = {
      letters: [...' \ta0Z-_=*.:/?&@"'],
      words: ['sk-', 'eyJ', '***', 'Bearer ', '://', '?key=', 'AKIA', 'ghp_'],
    };
    for (const [path, runs] of Object.entries(made))
      for (const run of runs) {
        const found = findSlow(run, listTexts(pumps), sizes);
        assert.equal(found && describeText(found), undefined, path);
      }
  });

  test('are found out where they are not', () => {
    for (const source of [
      '\\s+$',
      ';.*$',
      '(a|a)*b',
      '\\[([^\\]]*)\\]\\(',
      '```\\s*\\n([^]*?)```',
      '\\w*CERT\\w*$',
      '^# +(.*)$',
      // Only a long text shows it.
      'abcdefghijkl[a-l]*x',
    ])
      assert.ok(findSlowFor({ source, flags: '' }), source);
  });

  test('do not see a whole text where a title is made of it', () => {
    const start = performance.now();
    for (const pump of [' ', '"', '* ', 'a ', '\n']) toTitle(`a${pump.repeat(1_000_000 / pump.length)}b`);
    assert.ok(performance.now() - start < 1_000);
  });
});
