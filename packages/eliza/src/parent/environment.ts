/** The environment of a host: a few variables of elizad's own, and the project's `.env`. Never the keys of elizad. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'NODE_COMPILE_CACHE',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  // Without these, programs on Windows do not find the system.
  'SystemRoot',
  'SystemDrive',
  'WINDIR',
  'ComSpec',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
];

/** Plugins that post to their server find it with these, as in the reference. */
function describeServer(serverUrl: string | undefined): Record<string, string> {
  if (serverUrl === undefined || !URL.canParse(serverUrl)) return {};
  const { port, protocol, origin } = new URL(serverUrl);
  return { SERVER_PORT: port || (protocol === 'https:' ? '443' : '80'), CENTRAL_MESSAGE_SERVER_URL: origin };
}

/** Also says why a `.env` that is there could not be read. */
export function readProjectEnvironment(
  { directory, dataDir }: { readonly directory: string; readonly dataDir: string },
  serverUrl: string | undefined,
): { environment: Record<string, string>; problem?: string } {
  const inherited = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Core prints prompts and answers at its default level.
  const defaults = {
    LOG_LEVEL: 'warn',
    PGLITE_WASM_MODE: 'node',
    // Core alone is almost 2 MB of source: compiled before, a start takes half the time.
    NODE_COMPILE_CACHE: join(dataDir, 'compiled'),
  };
  const base = { ...defaults, ...Object.fromEntries(inherited), ...describeServer(serverUrl) };
  try {
    const own = parseEnv(readFileSync(join(directory, '.env'), 'utf8'));
    return {
      environment: {
        ...base,
        ...Object.fromEntries(Object.entries(own).filter(isOfProject)),
        ...describeServer(serverUrl),
      },
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { environment: base };
    return { environment: base, problem: `the .env of the project could not be read (${code ?? 'invalid'})` };
  }
}

/** elizad may be set up in the same file: its settings are no business of the project. */
const isOfProject = (entry: [string, string | undefined]): entry is [string, string] =>
  entry[1] !== undefined && !entry[0].startsWith('ELIZAD_');
