/**
 * What an `elizad.config.ts` holds: imported and checked; what is wrong is named by file, place and what is expected there.
 * Nothing registers itself by being imported: what the file's default export lists is all there is.
 */
import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { ActionDefinition } from '../actions/define-action.ts';
import { bridgeImports } from './import-bridge.ts';
import { ConfigFileError, type LoadedConfig } from './loaded-config.ts';
import type { ElizadConfig } from './plugins.ts';
import { checkConfig, type Fault } from './schema.ts';

/** How the config itself is called where plugins have names. */
const ownName = 'the config itself';

/** The default export of a config file. Throws `ConfigFileError`. */
export async function importDefault(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href;
  const closeBridge = bridgeImports(url);
  let module: Record<string, unknown>;
  try {
    module = (await import(url)) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigFileError(await describeImportError(error, file), { cause: error });
  } finally {
    closeBridge();
  }
  if (module.default === undefined) {
    throw new ConfigFileError(`${file}: has no default export. Expected: export default defineConfig({ … })`);
  }
  return module.default;
}

/** One line with the place, where Node knows one. */
async function describeImportError(error: unknown, file: string): Promise<string> {
  if (!(error instanceof Error)) return `${file}: it threw ${String(error)}`;
  const stack = error.stack ?? '';
  const isSyntax = error instanceof SyntaxError;
  // A syntax error's stack begins with its place, `file:line`; any other has it in the first frame of a file.
  const place = isSyntax ? /^(\S.*:\d+)\n/.exec(stack)?.[1] : findFrame(stack);
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (isMissing)
    return `${file}: ${error.message.replace(/ imported from .*/s, '')}. Install it next to the config file, or correct its name.`;
  const found = place ?? (isSyntax ? await findSyntaxError(file) : undefined);
  const shown = found?.startsWith('file:') ? toPath(found) : found;
  const what = isSyntax ? error.message : `it threw ${error.name}: ${error.message}`;
  return shown?.startsWith(file) ? `${shown}: ${what}` : `${file}: ${what}${shown ? ` (${shown})` : ''}`;
}

/** The first frame of a file, `file:line`. */
function findFrame(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    if (!line.startsWith('    at ')) continue;
    const frame = line.endsWith(')') ? line.slice(0, -1) : line;
    const place = frame.slice(Math.max(frame.lastIndexOf(' '), frame.lastIndexOf('(')) + 1);
    const [file = '', row = '', column] = place.split(/:(?=\d)/);
    const isFile = file.startsWith('file://') || /\.[cm]?[jt]s$/.test(file);
    if (isFile && column !== undefined) return `${file}:${row}`;
  }
  return undefined;
}

function toPath(place: string): string {
  const [, url = place, line = ''] = /^(.*?)(:\d+)?$/.exec(place) ?? [];
  return `${fileURLToPath(url)}${line}`;
}

/** Node keeps the line of a fault in plain JavaScript to itself, but its check prints it. */
async function findSyntaxError(file: string): Promise<string | undefined> {
  try {
    await promisify(execFile)(process.execPath, ['--check', file], { timeout: 10_000 });
    return undefined;
  } catch (error) {
    const [first] = String((error as { stderr?: unknown }).stderr ?? '').split('\n');
    return first && /:\d+$/.test(first) && (isAbsolute(first) || first.startsWith('file:')) ? first : undefined;
  }
}

/** Checks a config and gathers what it brings. `from` is the file that errors name. Throws `ConfigFileError`. */
export function readConfig(value: unknown, from: string | undefined): LoadedConfig {
  const checked = checkConfig(value);
  if (!checked.ok) throw refuse(checked.faults, from);
  const config = value as ElizadConfig;
  const groups = [...(config.plugins ?? []), { ...config, name: ownName }];
  const faults = [...findClashes(groups), ...findDoubles(config)];
  if (faults.length > 0) throw refuse(faults, from);
  return {
    from,
    plugins: (config.plugins ?? []).map(({ name }) => name),
    actions: groups.flatMap(({ actions = [] }) => actions),
    contextSources: groups.flatMap(({ contextSources = [] }) => contextSources),
    hooks: groups.flatMap(({ name, hooks = [] }) => hooks.map((hook) => ({ plugin: name, hook }))),
    mcpServers: checked.mcpServers,
  };
}

const refuse = (faults: readonly Fault[], from = 'config'): ConfigFileError =>
  new ConfigFileError(faults.map(({ place, message }) => `${from}: ${place}: ${message}`).join('\n'));

function findClashes(groups: readonly { name: string; actions?: readonly ActionDefinition[] }[]): Fault[] {
  const owners = new Map<string, string>();
  return groups.flatMap(({ name: owner, actions = [] }) =>
    actions.flatMap(({ name }) => {
      const other = owners.get(name);
      owners.set(name, other ?? owner);
      if (other === undefined) return [];
      const who = other === owner ? `${owner} has it twice` : `both ${other} and ${owner} have it`;
      return [{ place: `action ${name}`, message: `${who}. Action names must be unique: rename or remove one.` }];
    }),
  );
}

function findDoubles({ plugins = [] }: ElizadConfig): Fault[] {
  const names = plugins.map(({ name }) => name);
  const doubles = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...doubles].map((name) => ({ place: `plugin ${name}`, message: 'is listed twice. Remove one.' }));
}
