/** What is shown of the settings of a character: to who may change it, and to others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Character } from 'elizad-protocol';
import { hideSecretShapes, isSecretName, isSecretText, maskedSecret } from 'elizad-protocol/secrets';
import fc from 'fast-check';
import { redact } from '../../src/agents/actions/mcp/server-config.ts';
import { editCharacter } from '../../src/agents/characters/edit.ts';
import { hideSecrets } from '../../src/agents/characters/secrets.ts';

const id = '11111111-1111-4111-8111-111111111111';

/** Names under which agents of the field keep what nobody else may know. */
const secretNames =
  'TWITTER_API_SECRET_KEY AWS_SECRET_ACCESS_KEY SECRET_SALT STRIPE_KEY SUPABASE_SERVICE_ROLE_KEY ENCRYPTION_KEY SIGNING_KEY secret_key accessKey POSTGRES_URL DATABASE_URL REDIS_URL WALLET_MNEMONIC SEED_PHRASE GITHUB_PAT JWT TWITTER_COOKIES pwd OPENAI_API_KEY apikey authToken DISCORD_API_TOKEN password dbPassword clientSecret privateKey passphrase Authorization credentials X-API-Key'.split(
    ' ',
  );
const plainNames =
  'model voice avatar AVATAR_URL username description topK keyboard monkey theme language patience postUrl baseUrl seedling author compass tokenizer timeout'.split(
    ' ',
  );

const secretTexts = [
  'sk-proj-abc_DEF-123',
  'postgres://u:p@db.example/x',
  'https://u:p@api.example',
  'https://x.example/hook?api_key=abcdefgh',
  '-----BEGIN RSA PRIVATE KEY-----\nMII',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc',
  'ghp_0123456789abcdefABCDEF0123',
  'AKIAIOSFODNN7EXAMPLE',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c',
  'xoxb-1234-abcdef',
  'say it with Bearer abcdefghijk please',
];
const plainTexts = [
  'openai/gpt-4o-mini-2024-07-18',
  'claude-haiku-4-5-20251001',
  'meta-llama/Llama-3.3-70B-Instruct',
  'mistralai/Mixtral-8x7B-Instruct-v0.1',
  'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M',
  'Qwen/Qwen2.5-VL-72B-Instruct-AWQ',
  id,
  'https://cdn.example/avatars/123456789012345678/9f86d081884c7d659a2feaa0c55ad015.png',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4',
  '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe',
  'http://localhost:11434/v1',
  'The quick brown fox jumps over 42 lazy dogs.',
  'risk-assessment-framework',
  '2026-11-29T22:15:05.000Z',
];

const withSettings = (settings: Record<string, unknown>) =>
  ({ name: 'Ada', bio: [], settings, secrets: { KEY: 'hush' } }) as unknown as Character;
const show = (settings: Record<string, unknown>, mayOperate = true) =>
  hideSecrets(withSettings(settings), mayOperate).settings as Record<string, unknown>;

describe('what is shown of settings', () => {
  it('is no secret by its name, wherever in them it stands', () => {
    assert.equal(secretNames.length, 30);
    for (const name of secretNames)
      for (const value of ['hush', ['hush'], { deep: ['hush'] }])
        assert.deepEqual(
          show({ [name]: value, deep: [{ er: { [name]: value } }] }),
          { [name]: maskedSecret, deep: [{ er: { [name]: maskedSecret } }], secrets: { KEY: maskedSecret } },
          name,
        );
    assert.deepEqual(plainNames.filter(isSecretName), []);
    const plain = { topK: 3, maxTokens: 600, seed: 42, useToken: true, key: '', tokens: [] };
    assert.deepEqual(show(plain), { ...plain, secrets: { KEY: maskedSecret } });
    assert.equal(show({ pwd: 1234 }).pwd, maskedSecret);
  });

  it('is no secret by its looks, by whatever name', () => {
    for (const text of secretTexts)
      assert.deepEqual(show({ model: text, accounts: { openai: text }, list: ['x', text] }), {
        model: maskedSecret,
        accounts: { openai: maskedSecret },
        list: ['x', maskedSecret],
        secrets: { KEY: maskedSecret },
      });
    assert.deepEqual(plainTexts.filter(isSecretText), []);
  });

  it('is, to who may not change the agent, only what is known to be harmless', () => {
    const harmless = { model: 'openai/x', temperature: 0.5, maxTokens: 600, avatar: '/media/a.png' };
    const settings = { ...harmless, note: 'hush', deep: { x: 'hush' }, mcp: { servers: { fs: { command: 'hush' } } } };
    assert.deepEqual(show(settings, false), harmless);
    assert.deepEqual(show({ model: 'sk-abcdef123' }, false), { model: maskedSecret });
  });

  it('sent back leaves every secret as it was', () => {
    const name = fc.constantFrom(...secretNames, ...plainNames, 'toString');
    const text = fc.constantFrom('hush', '', ...secretTexts, ...plainTexts);
    const { settings } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        tie('settings'),
      ),
      settings: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
    }));
    const property = fc.property(settings, (given) => {
      const before = JSON.parse(JSON.stringify(withSettings(given as Record<string, unknown>))) as Character;
      const { settings: shown } = JSON.parse(JSON.stringify(hideSecrets(before, true)));
      const { settings: after, secrets } = editCharacter(before, id, { settings: shown });
      assert.deepEqual([after ?? {}, secrets], [before.settings, before.secrets]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('of a list in which several are shown alike says which one is meant, or is refused', () => {
    const before = withSettings({ hooks: [{ apiKey: 'a' }, { apiKey: 'b' }], list: ['sk-first-1', 'sk-second'] });
    const change = (settings: object) => editCharacter(before, id, { settings }).settings;
    const hook = { apiKey: maskedSecret };
    assert.deepEqual(change({ hooks: [hook, hook], list: [maskedSecret, maskedSecret] }), before.settings);
    assert.throws(() => change({ hooks: [hook] }), { code: 'invalid-payload' });
    assert.throws(() => change({ list: [maskedSecret] }), { code: 'invalid-payload' });
    assert.throws(() => change({ list: ['x', maskedSecret, maskedSecret] }), { code: 'invalid-payload' });
  });

  it('and what an MCP server says in a log, holds no shape of a secret', () => {
    for (const text of secretTexts.slice(0, 8)) {
      const said = `cannot log in with ${text}, sorry`;
      assert.doesNotMatch(hideSecretShapes(said, ''), /DEF-123|u:p|abcdefgh|PRIVATE|eyJ|ghp_|AKIA/);
      assert.doesNotMatch(redact(said, []), /DEF-123|u:p|abcdefgh|PRIVATE|eyJ|ghp_|AKIA/);
    }
    assert.equal(redact('it is down (ECONNREFUSED 127.0.0.1:80)', []), 'it is down (ECONNREFUSED 127.0.0.1:80)');
  });
});
