/**
 * What the project prints, as lines for the log: long lines are cut, a flood is counted instead of shown, and a warning of Node,
 * which libraries repeat at each call of a model, is shown once.
 */
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const maxLineLength = 2_000;
const maxLinesPerSecond = 100;
const nodeWarning = /^\(node:\d+\) /;
/** Warnings that are remembered; further ones are shown each time. */
const maxWarnings = 100;

/** Reads a stream to its end; `print` gets each line without its colours. */
export function readPrintedLines(stream: Readable, print: (line: string) => void): void {
  let rest = '';
  let cutOff = 0;
  let linesThisSecond = 0;
  let leftOut = 0;
  let second = 0;
  const warnings = new Set<string>();

  const show = (line: string): void => {
    const text = stripVTControlCharacters(line).trimEnd();
    if (text === '' || isKnownWarning(text)) return;
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) {
      reportLeftOut();
      second = now;
      linesThisSecond = 0;
    }
    linesThisSecond += 1;
    if (linesThisSecond > maxLinesPerSecond) leftOut += 1;
    else print(text);
  };
  const isKnownWarning = (text: string): boolean => {
    if (warnings.has(text)) return true;
    if (nodeWarning.test(text) && warnings.size < maxWarnings) warnings.add(text);
    return false;
  };
  const reportLeftOut = (): void => {
    if (leftOut > 0)
      print(`(${leftOut} more lines were left out: the project prints over ${maxLinesPerSecond} a second)`);
    leftOut = 0;
  };
  const endLine = (): void => {
    show(cutOff > 0 ? `${rest}… (${cutOff} more characters)` : rest);
    rest = '';
    cutOff = 0;
  };
  const timer = setInterval(reportLeftOut, 1_000);
  timer.unref();

  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = text.split('\n');
    for (const [index, piece] of lines.entries()) {
      const room = maxLineLength - rest.length;
      rest += piece.slice(0, room);
      cutOff += Math.max(0, piece.length - room);
      if (index < lines.length - 1) endLine();
    }
  });
  stream.on('error', () => {});
  stream.once('close', () => {
    endLine();
    clearInterval(timer);
    reportLeftOut();
  });
}
