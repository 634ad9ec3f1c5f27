/**
 * What comes from the registry: nothing of it runs while it is installed, all of it is held to a digest, and nothing that
 * users get has a known hole of high severity.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

type LockEntry = { version?: string; integrity?: string; link?: boolean; hasInstallScript?: boolean };

const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as {
  packages: Record<string, LockEntry>;
};
const foreign = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
const listPaths = (entries: typeof foreign) => entries.map(([path]) => path);

/** What `npm audit --json` prints, or npm's own words where the registry gave no report. */
type Audit = { vulnerabilities?: Record<string, { severity: string }>; message?: string };

async function audit(): Promise<Audit> {
  const args = ['audit', '--omit=dev', '--audit-level=high', '--json'];
  const options = { cwd: root, timeout: 60_000, shell: process.platform === 'win32' };
  // It exits with 1 when it has found something, and when it was not answered.
  const { stdout } = await promisify(execFile)('npm', args, options).catch((error: { stdout?: string }) => error);
  return stdout ? (JSON.parse(stdout) as Audit) : { message: 'npm audit printed nothing within a minute' };
}

describe('what comes from the registry', () => {
  test('runs nothing while it is installed', () => {
    assert.ok(foreign.length > 100, 'the lockfile was read');
    assert.deepEqual(listPaths(foreign.filter(([, { hasInstallScript }]) => hasInstallScript)), []);
    assert.match(readFileSync(`${root}/.npmrc`, 'utf8'), /^ignore-scripts=true$/m);
  });

  test('is held to a digest', () => {
    assert.deepEqual(listPaths(foreign.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))), []);
  });

  test('has no known hole of high severity among what users get', async (t) => {
    const { vulnerabilities, message } = await audit();
    if (!vulnerabilities) return t.skip(`the registry gave no report: ${message}`);
    const grave = Object.entries(vulnerabilities).filter(([, { severity }]) => ['high', 'critical'].includes(severity));
    assert.deepEqual(
      grave.map(([name]) => name),
      [],
    );
  });
});
