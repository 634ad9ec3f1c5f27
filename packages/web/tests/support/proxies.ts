/** The proxies of docs/deploy.md as they stand there, with ports and a certificate of the test: where they are installed. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { findFreePort } from '../../../server/tests/support/free-port.ts';
import { makeDir } from '../../../server/tests/support/test-server.ts';

const document = readFileSync(new URL('../../../../docs/deploy.md', import.meta.url), 'utf8');

function readBlock(name: string): string {
  const block = new RegExp(`<!-- ${name} -->\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(document)?.[1];
  assert.ok(block, `docs/deploy.md has no block ${name}`);
  return block;
}

/** Replaces what must be there. */
function replace(text: string, from: string | RegExp, to: string): string {
  assert.match(text, new RegExp(from));
  return text.replaceAll(new RegExp(from, 'g'), () => to);
}

type Place = { port: number; dir: string };

type Proxy = {
  readonly name: string;
  readonly program: string;
  /** The configuration of the document, for a place. */
  fit(block: string, place: Place): string;
  args(file: string): string[];
};

const certificate = /\/etc\/ssl\/\w+\.example\.com/;

export const proxies: readonly Proxy[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    fit: (block, { port, dir }) => {
      const server = replace(
        replace(block, 'listen 443 ssl', `listen 127.0.0.1:${port} ssl`),
        certificate,
        `${dir}/own`,
      );
      const temporary = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi'].map(
        (of) => `${of}_temp_path ${dir}/${of};`,
      );
      return `daemon off; master_process off; pid ${dir}/pid; error_log stderr;
        events {} http { access_log off; ${temporary.join(' ')}\n${server} }`;
    },
    args: (file) => ['-e', 'stderr', '-c', file],
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    fit: (block, { port, dir }) =>
      `{\n admin off\n auto_https disable_redirects\n}\n${replace(block, /(?<=^\w+\.example\.com) \{/, `:${port} {\n tls ${dir}/own.pem ${dir}/own.key`)}`,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
  {
    name: 'haproxy',
    program: '/usr/sbin/haproxy',
    fit: (block, { port, dir }) =>
      replace(replace(block, 'bind :443', `bind 127.0.0.1:${port}`), certificate, `${dir}/own`),
    args: (file) => ['-db', '-f', file],
  },
];

/** Why a test of a proxy is passed over. */
export const skipOf = ({ name, program }: Proxy): string | false =>
  !existsSync(program) ? `no ${name}` : !existsSync('/usr/bin/openssl') && 'no openssl';

function makeCertificate(dir: string): void {
  const [key, pem] = [join(dir, 'own.key'), join(dir, 'own.pem')];
  const names = ['-subj', '/CN=example.com', '-addext', 'subjectAltName=DNS:*.example.com'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', pem], { stdio: 'pipe' });
  writeFileSync(join(dir, 'own.both.pem'), readFileSync(pem, 'utf8') + readFileSync(key, 'utf8'));
}

/** Runs a block of the document before a server; resolves with the origin that a browser goes to. */
export async function openProxy(
  t: TestContext,
  proxy: Proxy,
  where: 'root' | 'path',
  serverUrl: string,
): Promise<string> {
  const dir = makeDir(t);
  makeCertificate(dir);
  const port = await findFreePort();
  const block = readBlock(`${proxy.name.toLowerCase()}-${where}`);
  const host = /\w+\.example\.com/.exec(where === 'root' ? 'chat.example.com' : 'www.example.com')?.[0];
  const file = join(dir, 'config');
  const fitted = proxy.fit(replace(block, '127\\.0\\.0\\.1:3000', new URL(serverUrl).host), { port, dir });
  writeFileSync(file, fitted);
  mkdirSync(join(dir, 'home'));
  const { PATH } = process.env;
  const env = { PATH, HOME: join(dir, 'home'), XDG_DATA_HOME: join(dir, 'home'), XDG_CONFIG_HOME: join(dir, 'home') };
  const child = spawn(proxy.program, proxy.args(file), { stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  const deadline = Date.now() + 10_000;
  while (!(await accepts(port))) {
    assert.ok(child.exitCode === null && Date.now() < deadline, `${proxy.name} does not run:\n${output}\n${fitted}`);
    await setTimeout(20);
  }
  return `https://${host}:${port}`;
}

/** Proxies do not say when they listen. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
