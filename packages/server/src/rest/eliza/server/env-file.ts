/** A file of variables, changed in place: what is not named goes, comments and what was left alone stay as they are. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { ElizadError } from 'elizad-protocol';
import { decodeText } from '../../../settings/env-text.ts';

type Variables = Record<string, string>;

/** A file that is not there has no variables. */
export async function readEnvFile(path: string): Promise<{ text: string; variables: Variables }> {
  try {
    const text = decodeText(await readFile(path));
    return { text, variables: parseEnv(text) as Variables };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { text: '', variables: {} };
  }
}

/**
 * The file has these variables afterwards, and no others; `unchanged` as a value leaves one as it is. The file is
 * replaced as a whole, and may be read by its owner only. Throws `invalid-payload` for a value that cannot be written.
 */
export async function writeEnvFile(path: string, wanted: Variables, unchanged: string): Promise<void> {
  const { text, variables } = await readEnvFile(path);
  const left = new Map(Object.entries(wanted).filter(([name, value]) => value !== unchanged || name in variables));
  const expected: Variables = {};
  for (const [name, value] of left) expected[name] = value === unchanged ? (variables[name] ?? '') : value;
  const kept = text.replace(assignment, (line: string, name: string) => {
    const value = left.get(name);
    left.delete(name);
    if (value === undefined) return '';
    return value === unchanged ? line : `${name}=${quote(name, value)}\n`;
  });
  const end = kept === '' || kept.endsWith('\n') ? '' : '\n';
  const added = [...left].map(([name, value]) => `${name}=${quote(name, value)}\n`);
  const next = kept + end + added.join('');
  assertReads(next, expected);
  await replaceFile(path, next);
}

/** `NAME=value` with the end of its line; a value in quotes may have several lines. */
const assignment =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?:'[^']*'|"[^"]*"|`[^`]*`)?[^\r\n]*(?:\r?\n|$)/gm;

function quote(name: string, value: string): string {
  if (/^[\w./:@%+,-]*$/.test(value)) return value;
  const quoted = ["'", '"', '`'].map((mark) => mark + value + mark);
  const fitting = quoted.find((one) => (parseEnv(`A=${one}\nB=1`) as Variables).A === value);
  if (fitting !== undefined) return fitting;
  const issues = [{ path: `content.${name}`, message: 'expected a value that a .env file can hold' }];
  throw new ElizadError('invalid-payload', { issues });
}

/** What is written must be what is read, whatever stood in the file before. */
function assertReads(text: string, expected: Variables): void {
  const read = parseEnv(text) as Variables;
  const names = new Set([...Object.keys(read), ...Object.keys(expected)]);
  const issues = [...names]
    .filter((name) => read[name] !== expected[name])
    .map((name) => ({ path: `content.${name}`, message: 'cannot be written to this file: edit the file by hand' }));
  if (issues.length > 0) throw new ElizadError('invalid-payload', { issues });
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
