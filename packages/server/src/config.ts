/**
 * Every setting, once. Flags win over the environment, the environment over `.env`. docs/settings.md is made from the
 * table, whose rows are in settings/.
 */
import { readFileSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { agentSettings } from './settings/agent-settings.ts';
import { edgeSettings } from './settings/edge-settings.ts';
import { decodeText } from './settings/env-text.ts';
import { findForeignHandOn } from './settings/own-files.ts';
import { serverSettings } from './settings/server-settings.ts';
import type { Setting } from './settings/setting.ts';

const manifestPath = findPackageJSON('.', import.meta.url) as string;

/** The folder of this package: wherever in it this code is run from. */
export const packageRoot: string = dirname(manifestPath);

/** The version of this package, as it is shown to clients. */
export const version: string = JSON.parse(readFileSync(manifestPath, 'utf8')).version;

export const settingsTable = { ...serverSettings, ...edgeSettings, ...agentSettings };

type SettingName = keyof typeof settingsTable;
export type Settings = { [S in SettingName]: z.output<(typeof settingsTable)[S]['schema']> };

/** A setting that cannot be used; its message is the one line that people see. */
export class SettingError extends Error {}

/** Values as they were given: flags by setting name, variables by their own. */
export type SettingSources = {
  flags?: Partial<Record<SettingName, unknown>>;
  env?: Record<string, string | undefined>;
};

/**
 * All settings, validated, with defaults filled in; `dataDir`, `characters` and `config` as absolute paths.
 * Throws `SettingError` at the first value that is not accepted.
 */
export function readSettings({ flags = {}, env = {} }: SettingSources = {}): Settings {
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(settingsTable) as [SettingName, Setting][]) {
    const variable = setting.env.find((key) => env[key] !== undefined && env[key] !== '');
    const flagged = flags[name];
    const given = flagged ?? (variable === undefined ? undefined : env[variable]);
    const parsed = setting.schema.safeParse(given);
    if (!parsed.success) {
      const where = flagged !== undefined ? `--${setting.flag}` : variable;
      const shown = setting.secret ? '(secret)' : JSON.stringify(given);
      throw new SettingError(`${where}: ${shown} is not accepted. Expected: ${setting.accepts}.`);
    }
    settings[name] = parsed.data;
  }
  const result = settings as Settings;
  result.dataDir = resolve(result.dataDir);
  result.characters = result.characters.map((path) => resolve(path));
  if (result.config !== undefined) result.config = resolve(result.config);
  if (result.apiKeyFile !== undefined) result.apiKey ??= readKeyFile(result.apiKeyFile, 'ELIZAD_API_KEY_FILE');
  if (!isLoopback(result.host) && !result.apiKey) {
    throw new SettingError(
      `HOST: ${JSON.stringify(result.host)} lets other machines connect, so you must also set ELIZAD_API_KEY (or omit HOST).`,
    );
  }
  if (result.corsOrigins.includes('*') && !result.apiKey) {
    throw new SettingError(
      'CORS_ORIGIN: "*" lets the pages of every site connect, so you must also set ELIZAD_API_KEY (or list the allowed origins).',
    );
  }
  if (!isLoopback(result.host) && result.apiKey && result.apiKey.length < leastKeyLength) {
    throw new SettingError(
      `ELIZAD_API_KEY: (secret) is shorter than ${leastKeyLength} characters, and HOST lets other machines guess it. To create a good key, run: ${makeKey}`,
    );
  }
  return result;
}

/** Of a key that other machines may try, in characters. */
const leastKeyLength = 16;

const makeKey = `node -p "crypto.randomBytes(24).toString('base64url')"`;

/**
 * The process's environment over the `.env` of the working directory. Throws `SettingError` where that cannot be read, or
 * somebody else may have written it: it says what is run and who is let in, so it cannot just be left out.
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  path = '.env',
): Record<string, string | undefined> {
  return { ...parseEnv(readOwnFile(resolve(path))), ...env };
}

function readOwnFile(path: string): string {
  let reason: string | undefined;
  try {
    reason = findForeignHandOn(path);
    if (reason === undefined) return decodeText(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new SettingError(`${path} cannot be read: ${(error as Error).message}`);
  }
  throw new SettingError(`${path} can be changed by other users: ${reason}. Or start from another directory.`);
}

/**
 * The key that a command shows to a server: of the file that it names, or what the environment says.
 * Throws `SettingError` where the file cannot be used.
 */
export function findClientKey(file: string | undefined): string | undefined {
  if (file !== undefined) return readKeyFile(file, '--api-key-file');
  const { ELIZAD_API_KEY: key, ELIZAD_API_KEY_FILE: named } = readEnvironment();
  return key || (named ? readKeyFile(named, 'ELIZAD_API_KEY_FILE') : undefined);
}

function readKeyFile(path: string, where: string): string {
  const refuse = (why: string): never => {
    throw new SettingError(`${where}: ${path} ${why}`);
  };
  try {
    const { mode } = statSync(path);
    // What Windows says of it means nothing.
    if ((mode & 0o077) !== 0 && process.platform !== 'win32')
      return refuse(`can be read by other users of this machine. Run: chmod 600 ${path}`);
    return decodeText(readFileSync(path)).trim() || refuse('is empty. It must contain the key, on one line.');
  } catch (error) {
    if (error instanceof SettingError) throw error;
    return refuse(`cannot be read: ${(error as Error).message}`);
  }
}

/** Whether only this machine can reach the address. */
export const isLoopback = (host: string | undefined): boolean =>
  host === undefined || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
