/** A room with agents whose model is a fake provider, and the ways to ask there: as a stock socket, over HTTP, in a stream. */
import type { TestContext } from 'node:test';
import { openEventReader } from './event-reader.ts';
import { openFakeProvider } from './fake-provider.ts';
import { createRestClient } from './rest-client.ts';
import { findAgent, openClient } from './stock-client.ts';
import { makeDir, openTestServer, writeCharacter } from './test-server.ts';

/** Who asks. */
export const ada = crypto.randomUUID();

/** A fake provider, a directory, and the environment of a server whose agents it answers for. */
export async function openModel(t: TestContext, ...names: string[]) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = (names.length > 0 ? names : ['Cleo']).map((name) =>
    writeCharacter(dir, { name, bio: 'Answers.', settings: { model: 'openai/test-model', memory: false } }),
  );
  const env = {
    OPENAI_BASE_URL: `${provider.url}/v1`,
    OPENAI_API_KEY: 'sk-test',
    ELIZAD_CHARACTERS: characters.join(),
  };
  return { provider, dir, env };
}

/** A server with agents in a room, and a stock client that hears it. */
export async function openRoom(
  t: TestContext,
  { names = ['Cleo'], env = {} }: { names?: string[]; env?: Record<string, string> } = {},
) {
  const model = await openModel(t, ...names);
  const app = await openTestServer(t, { ...model.env, ...env });
  const { url } = app;
  const client = openClient(t, url);
  const channelId = crypto.randomUUID();
  const agentIds: string[] = [];
  for (const name of names) {
    const agentId = await findAgent(client, name);
    agentIds.push(agentId);
    await client.ask('join', { roomId: channelId, agentId });
  }
  const address = `${url}/api/messaging/channels/${channelId}/messages`;
  const stream = (body: object, headers: Record<string, string> = {}) =>
    openEventReader(t, address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ author_id: ada, transport: 'sse', ...body }),
    });
  return {
    ...model,
    app,
    ...createRestClient(url),
    url,
    client,
    channelId,
    params: { channelId },
    agentIds,
    address,
    stream,
  };
}

/** What the chunks that were read say, joined. */
export const textOf = ({
  events,
}: {
  events: readonly { event: string | undefined; data: { chunk?: string } }[];
}): string => events.flatMap(({ event, data }) => (event === 'chunk' ? [data.chunk ?? ''] : [])).join('');
