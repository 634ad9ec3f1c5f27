/** A server for clients of OpenAI's API: agents whose models are a fake provider's, one that hears and speaks, and the built-in Eliza. */
import type { TestContext } from 'node:test';
import { openFakeEmbeddings } from '../../packages/server/tests/support/fake-embeddings.ts';
import { openFakeHttp } from '../../packages/server/tests/support/fake-http.ts';
import { openFakeProvider } from '../../packages/server/tests/support/fake-provider.ts';
import { makeDir, openTestServer, writeCharacter } from '../../packages/server/tests/support/test-server.ts';

export const voice = Buffer.from('ID3 a voice');
export const sound = Buffer.concat([
  Buffer.from('524946460000000057415645666d74201000000001000100401f0000803e00000200100064617461', 'hex'),
  Buffer.alloc(100),
]);

/** Cleo talks, Vera has embeddings, Otto hears and speaks, Weizenbaum is Eliza. `baseURL` is what clients are given. */
export async function openAgents(t: TestContext) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const embeddings = await openFakeEmbeddings(t);
  const audio = await openFakeHttp(t, ({ path }) =>
    path === '/v1/audio/speech' ? { body: voice } : { body: { text: 'Good evening' } },
  );
  const dir = makeDir(t);
  const of = (name: string, url: string, settings: object) =>
    writeCharacter(dir, {
      name,
      bio: 'Calm.',
      settings: { memory: false, ...settings, secrets: { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${url}/v1` } },
    });
  const characters = [
    of('Cleo', provider.url, { model: 'openai/test' }),
    of('Vera', embeddings.url, { model: 'eliza', embeddingModel: 'openai/small' }),
    of('Otto', audio.url, { model: 'eliza', speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1' }),
    of('Weizenbaum', provider.url, { model: 'eliza' }),
  ];
  const { url } = await openTestServer(t, { ELIZAD_CHARACTERS: characters.join(','), MODEL_ATTEMPTS: '1' });
  return { provider, baseURL: `${url}/v1` };
}
