/** The last word of a room, in one line. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { withoutMarks } from '../src/ui/markdown/without-marks.ts';

const lines: [markdown: string, plain: string][] = [
  ['**Bold**, *slanted*, _slanted_ and `code`.', 'Bold, slanted, slanted and code.'],
  ['Call snake_case_name, not __init__.', 'Call snake_case_name, not init.'],
  ['2 * 3 * 4 > 5 | 6', '2 * 3 * 4 > 5 | 6'],
  ['See [the docs](https://example.org/a) and ![a cat](/cat.png)', 'See the docs and a cat'],
  ['# Title\n\n- one\n- two\n\n> said', 'Title one two said'],
  ['Try:\n```js\nlet a = b * c;\n```', 'Try: let a = b * c;'],
  ['', ''],
  ['***', '***'],
];

for (const [markdown, plain] of lines) {
  it(`reads ${JSON.stringify(markdown)}`, () => assert.equal(withoutMarks(markdown), plain));
}

it('takes no longer for what is made to be slow', () => {
  for (const part of ['[', '*a', '`', '> ', '_', '![](']) withoutMarks(part.repeat(100_000));
});
