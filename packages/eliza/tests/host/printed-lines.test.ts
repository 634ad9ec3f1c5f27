/** What a project prints, as the log has it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readPrintedLines } from '../../src/parent/printed-lines.ts';

test('a warning of Node is shown once, however often a library repeats it; all else is shown each time', async () => {
  const lines: string[] = [];
  const warning = '(node:12) Warning: AI SDK Warning: The "stopSequences" setting is not supported by this model\n';
  const stream = Readable.from([`${warning}said\n`, `${warning}said\n`, '(node:12) Warning: another\n']);
  readPrintedLines(stream, (line) => lines.push(line));
  await once(stream, 'close');
  assert.deepEqual(lines, [warning.trimEnd(), 'said', 'said', '(node:12) Warning: another']);
});
