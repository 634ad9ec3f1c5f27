/** A server with one agent from a character file that has a secret, a scripted provider, and clients of both kinds. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { App } from '../../src/app/app.ts';
import { openFakeProvider } from './fake-provider.ts';
import { createRestClient } from './rest-client.ts';
import { openClient } from './stock-client.ts';
import { makeDir, openTestServer } from './test-server.ts';

export const fileSecret = 'sk-of-the-file-4711';

/** One action that does it, one that fails, and one that asks first. */
const actions = `
import { defineAction, defineConfig, z } from 'elizad';
const parameters = z.object({});
export default defineConfig({
  actions: [
    defineAction({ name: 'look', description: 'Looks.', parameters, run: () => 'a secret sight' }),
    defineAction({ name: 'stumble', description: 'Fails.', parameters, run() { throw new Error('a secret fall'); } }),
    defineAction({ name: 'book', description: 'Books.', parameters, approval: true, run: () => 'booked' }),
  ],
});
`;

export type AgentsServer = Awaited<ReturnType<typeof openAgentsServer>>;

/** `more` is added to the character of Cleo. */
export async function openAgentsServer(t: TestContext, env: Record<string, string> = {}, more: object = {}) {
  const provider = await openFakeProvider();
  t.after(() => provider.close());
  const dir = makeDir(t);
  const characters = join(dir, 'characters');
  mkdirSync(characters);
  const write = (name: string, others: object = {}) =>
    writeFileSync(
      join(characters, `${name}.json`),
      JSON.stringify({
        name,
        bio: ['Calm.'],
        settings: { model: 'openai/test', memory: false, secrets: { OPENAI_API_KEY: fileSecret } },
        ...others,
      }),
    );
  write('Cleo', more);
  const config = join(dir, 'elizad.config.ts');
  writeFileSync(config, actions);
  const access = { OPENAI_BASE_URL: `${provider.url}/v1` };
  const all = { ELIZAD_DATA: join(dir, 'data'), ELIZAD_CONFIG: config, ...access, ...env };
  let app: App = await openTestServer(t, all);
  const open = () => {
    const { call } = createRestClient(app.url);
    /** The agent of this name, as the list has it. */
    const find = async (name: string) => {
      const { body } = await call('list-agents');
      const agent = body.data.agents.find((one) => one.name === name);
      if (!agent) throw new Error(`no ${name} in ${JSON.stringify(body)}`);
      return agent;
    };
    return { url: app.url, call, find };
  };
  return {
    provider,
    write,
    remove: (name: string) => rmSync(join(characters, `${name}.json`)),
    open,
    /** Stops the server and starts it again on the same data; `changed` is of its environment. */
    async restart(changed: Record<string, string> = {}) {
      await app.stop();
      app = await openTestServer(t, { ...all, ...changed });
      return open();
    },
  };
}

/** A room with an agent in it, over a socket; `say` resolves when the message is completed. */
export async function openTalk(t: TestContext, url: string, agentId: string) {
  const client = openClient(t, url);
  const roomId = crypto.randomUUID();
  await client.ask('join', { roomId, agentId });
  const send = async (text: string): Promise<string> => (await client.ask('message', { roomId, text })).messageId;
  const done = (messageId: string) => client.until('messageComplete', (one) => one.messageId === messageId);
  return { client, roomId, send, done, say: async (text: string) => done(await send(text)) };
}
