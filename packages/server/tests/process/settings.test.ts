/** Settings: where they come from, and the one line that a wrong one gets. */
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEnvironment, readSettings, SettingError, settingsTable } from '../../src/config.ts';
import { makeDir } from '../support/test-server.ts';

test('every default is accepted by its own schema', () => {
  const settings = readSettings();
  assert.equal(settings.port, 3000);
  assert.equal(settings.host, undefined);
  assert.match(settings.dataDir, /\.elizad$/);
  assert.equal(settings.logLevel, 'info');
  assert.equal(settings.apiKey, undefined);
});

test('a flag wins over the environment, the first name over the second, the environment over .env', (t) => {
  assert.equal(readSettings({ env: { SERVER_PORT: '4001' } }).port, 4001);
  assert.equal(readSettings({ env: { PORT: '4000', SERVER_PORT: '4001' } }).port, 4000);
  assert.equal(readSettings({ flags: { port: '5000' }, env: { PORT: '4000' } }).port, 5000);
  const path = join(makeDir(t), '.env');
  writeFileSync(path, 'PORT=1111\nLOG_LEVEL=debug\n');
  const env = readEnvironment({ PORT: '2222' }, path);
  assert.deepEqual([env.PORT, env.LOG_LEVEL], ['2222', 'debug']);
});

test('a .env that others may have written stops the start, and says what to do', { skip: !process.getuid }, (t) => {
  const dir = makeDir(t);
  const path = join(dir, '.env');
  writeFileSync(path, 'ELIZAD_CONFIG=/tmp/theirs.ts\n', { mode: 0o644 });
  const read = () => readEnvironment({}, path).ELIZAD_CONFIG;
  assert.equal(read(), '/tmp/theirs.ts');
  for (const [place, mode, usual] of [
    [path, 0o646, 0o644],
    [dir, 0o707, 0o700],
  ] as const) {
    chmodSync(place, mode);
    const refused = /\.env can be changed by other users: everyone can write .*\(chmod o-w .*\)/;
    assert.throws(read, (error) => error instanceof SettingError && refused.test(error.message), place);
    chmodSync(place, usual);
  }
  // As the directory for temporary files is: of what lies there only its own is replaced by anybody.
  chmodSync(dir, 0o1777);
  assert.equal(read(), '/tmp/theirs.ts');
});

test('a .env counts however an editor has saved it, or stops the start', (t) => {
  const path = join(makeDir(t), '.env');
  const text = '# Mine\nELIZAD_API_KEY=a-key-of-mine\nPORT=1\n';
  const first = 'ELIZAD_API_KEY=a-key-of-mine\n';
  const saved = [
    Buffer.from(`\ufeff${first}`),
    Buffer.from(`\ufeff${first}`, 'utf16le'),
    Buffer.from(`\ufeff${first}`, 'utf16le').swap16(),
    Buffer.from(text.replaceAll('\n', '\r\n')),
    Buffer.from(text.replaceAll('\n', '\r')),
  ];
  for (const bytes of saved) {
    writeFileSync(path, bytes, { mode: 0o600 });
    assert.equal(readEnvironment({}, path).ELIZAD_API_KEY, 'a-key-of-mine', bytes.toString('latin1'));
  }
  writeFileSync(path, Buffer.from(text, 'utf16le'));
  const refused = /\.env cannot be read: it is not UTF-8 text: save it as UTF-8/;
  assert.throws(
    () => readEnvironment({}, path),
    (error) => error instanceof SettingError && refused.test(error.message),
  );
});

test('an empty variable is as good as none', () => {
  assert.equal(readSettings({ env: { PORT: '' } }).port, 3000);
});

const wrong: [Record<string, string>, RegExp][] = [
  [{ TRUST_PROXY: 'true' }, /^TRUST_PROXY: "true" is not accepted\. Expected: addresses, networks/],
  [{ TRUST_PROXY: '10.0.0.0/33' }, /^TRUST_PROXY: "10\.0\.0\.0\/33" is not accepted/],
  [{ PORT: 'eighty' }, /^PORT: "eighty" is not accepted\. Expected: a whole number from 0 to 65535/],
  [{ PORT: '99999' }, /^PORT: "99999"/],
  [{ SERVER_PORT: '1.5' }, /^SERVER_PORT: "1\.5"/],
  [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL: "loud" .* fatal, error, warn, info, debug, trace or silent/],
  [{ TURN_TIMEOUT_MS: '-1' }, /^TURN_TIMEOUT_MS: "-1"/],
  [{ MODEL_ATTEMPTS: '0' }, /^MODEL_ATTEMPTS: "0" .* from 1 to 10/],
  [{ OPENAI_API: 'telepathy' }, /^OPENAI_API: "telepathy" .* chat or responses/],
  [{ OPENAI_BASE_URL: 'localhost:8080' }, /^OPENAI_BASE_URL: "localhost:8080" .* http\(s\) URL/],
  [{ CORS_ORIGIN: '*' }, /^CORS_ORIGIN: "\*" .* ELIZAD_API_KEY/],
  [{ HOST: '0.0.0.0' }, /^HOST: "0\.0\.0\.0" .* ELIZAD_API_KEY/],
  [{ HOST: '0.0.0.0', ELIZAD_API_KEY: 'fifteen letters' }, /^ELIZAD_API_KEY: \(secret\) .* 16 characters.* node -p /],
];
for (const [env, line] of wrong) {
  test(`refuses ${JSON.stringify(env)} in one line that names variable, value and what is accepted`, () => {
    assert.throws(
      () => readSettings({ env }),
      (error: Error) => error instanceof SettingError && line.test(error.message) && !error.message.includes('\n'),
    );
  });
}

test('beyond loopback a key is needed, under any of its names', () => {
  for (const name of settingsTable.apiKey.env) {
    assert.equal(
      readSettings({ env: { HOST: '0.0.0.0', [name]: 'right-key-of-sixteen' } }).apiKey,
      'right-key-of-sixteen',
    );
  }
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
    assert.equal(readSettings({ env: { HOST: host } }).host, host);
  for (const host of ['192.168.1.2', '::', 'example.com', '127.0.0.1.example.com']) {
    assert.throws(() => readSettings({ env: { HOST: host } }), SettingError);
  }
});
