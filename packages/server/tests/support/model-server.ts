/** Servers whose one agent, Cleo, thinks with a fake provider: in this process, or in one of its own that may be killed. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openFakeProvider } from './fake-provider.ts';
import { createRestClient } from './rest-client.ts';
import { makeDir, openTestServer, spawnServer, writeCharacter } from './test-server.ts';

export const ada = 'ada00000-0000-4000-8000-000000000001';

/** `settings` are those of the character. */
export async function openModel(t: TestContext, settings: Record<string, unknown> = {}) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const character = {
    name: 'Cleo',
    bio: 'Answers.',
    settings: { model: 'openai/test-model', memory: false, ...settings },
  };
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: writeCharacter(dir, character),
  };
  return { provider, dataDir: join(dir, 'data'), env };
}

const findCleo = async (url: string): Promise<string> => {
  const { body } = await createRestClient(url).call('get-debug-servers');
  return body.servers[0]?.agents[0] ?? '';
};

/** A server in this process. */
export async function openModelServer(
  t: TestContext,
  env: Record<string, string> = {},
  settings: Record<string, unknown> = {},
) {
  const { provider, env: model } = await openModel(t, settings);
  const { url } = await openTestServer(t, { ...model, ...env });
  return { url, provider, cleo: await findCleo(url), ...createRestClient(url) };
}

/** A server in a process of its own; `start` again on the same data once it was ended. */
export async function openModelProcess(t: TestContext, more: Record<string, string> = {}) {
  const { provider, dataDir, env } = await openModel(t);
  const start = async () => {
    const server = await spawnServer(t, dataDir, { ...env, ...more });
    return { server, url: server.url, cleo: await findCleo(server.url), ...createRestClient(server.url) };
  };
  return { provider, dataDir, start };
}
