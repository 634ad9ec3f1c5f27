/** What agents keep for themselves is shown to nobody, and sent nowhere else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Character } from 'elizad-protocol';
import { editCharacter } from '../../src/agents/characters/edit.ts';
import { openAgentsServer, openTalk } from '../support/agents-server.ts';

const mask = '********';

describe('secrets of agents over HTTP', () => {
  it('never shows a secret, whoever asks for what', async (t) => {
    const { open } = await openAgentsServer(t, { LOG_LEVEL: 'trace' });
    const { call, find, url } = open();
    const lines: unknown[] = [];
    const { id } = await find('Cleo');
    const { client } = await openTalk(t, url, id);
    await client.ask('subscribe_logs');
    client.socket.on('log_stream', (line) => lines.push(line));
    const settings = { secrets: { A: 'hush-1' }, SOME_API_KEY: 'hush-2', deep: { authToken: 'hush-3' } };
    const body = { settings, secrets: { B: 'hush-4' } };
    const shown = [
      await call('update-agent', { params: { agentId: id }, body }),
      await call('get-agent', { params: { agentId: id } }),
      await call('list-agents'),
      await call('create-agent', { body: { agent: { name: 'Ada', bio: [], ...body } } }),
      await call('create-agent', { body: { agent: { name: 'Bob', bio: 7, ...body } } }),
    ];
    client.socket.emit('request-world-state', {});
    const text = JSON.stringify([shown, await client.until('world-state'), lines, client.events]);
    assert.doesNotMatch(text, /hush|sk-of-the-file/);
    assert.equal(shown[1]?.status, 200);
    const kept = await call('update-agent', {
      params: { agentId: id },
      body: { settings: { SOME_API_KEY: mask, deep: { authToken: mask } } },
    });
    assert.deepEqual(kept.body.data.settings.deep, { authToken: mask });
  });

  it('puts a mask within a list back to the secret of the same item', () => {
    const id = crypto.randomUUID();
    const item = (name: string, speed: number, apiKey = `hush-${name}`) => ({ name, speed, apiKey });
    const before: Character = { name: 'Ada', bio: [], settings: { providers: [item('a', 1), item('b', 1)] } };
    const change = (...providers: object[]) => editCharacter(before, id, { settings: { providers } }).settings;
    assert.deepEqual(change(item('a', 2, mask), item('b', 1, mask)), { providers: [item('a', 2), item('b', 1)] });
    assert.deepEqual(change(item('a', 2, mask), item('b', 1, mask), item('c', 1)), {
      providers: [item('a', 2), item('b', 1), item('c', 1)],
    });
    // Moved, or with one before it taken out, each keeps its own.
    assert.deepEqual(change(item('b', 1, mask), item('a', 1, mask)), { providers: [item('b', 1), item('a', 1)] });
    assert.deepEqual(change(item('b', 1, mask)), { providers: [item('b', 1)] });
    const hidden = JSON.parse('{"__proto__": "********"}') as object;
    assert.throws(() => change(hidden), { code: 'invalid-payload' });
  });

  it('refuses a mask within a list that stands for nothing, or for nobody knows what', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const item = (name: string, apiKey: string) => ({ name, deep: [{ apiKey }] });
    const agent = (...providers: object[]) => ({ name: 'Ada', bio: [], settings: { providers } });
    const made = await call('create-agent', { body: { agent: agent(item('a', mask)) } });
    assert.deepEqual(
      [made.status, made.body.error?.issues?.map(({ path }) => path)],
      [400, ['settings.providers.0.deep.0.apiKey']],
    );
    const { id } = (await call('create-agent', { body: { agent: agent(item('a', 'hush'), item('b', 'hush')) } })).body
      .data;
    const change = async (body: object) => {
      const answer = await call('update-agent', { params: { agentId: id }, body });
      return [answer.status, answer.body.error?.issues?.map(({ path }) => path)];
    };
    assert.deepEqual(await change(agent(item('a', mask), item('b', mask))), [200, undefined]);
    assert.deepEqual(await change(agent(item('c', mask))), [400, ['settings.providers.0.deep.0.apiKey']]);
    assert.deepEqual(await change({ settings: { secrets: { LIST: [mask] } } }), [400, ['settings.secrets.LIST.0']]);
  });

  it('sends a key that is not shown to no other address', async (t) => {
    const { open } = await openAgentsServer(t, { MODEL_ADDRESSES: 'http://127.0.0.1:9' });
    const { call, find } = open();
    const { id } = await find('Cleo');
    const change = async (secrets: object) => {
      const { status, body } = await call('update-agent', { params: { agentId: id }, body: { settings: { secrets } } });
      return [status, body.error?.issues?.[0]?.path];
    };
    const address = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
    assert.deepEqual(await change(address), [400, 'settings.secrets.OPENAI_BASE_URL']);
    assert.deepEqual(await change({ ...address, OPENAI_API_KEY: mask }), [400, 'settings.secrets.OPENAI_BASE_URL']);
    assert.deepEqual(await change({ ...address, OPENAI_API_KEY: 'sk-for-that' }), [200, undefined]);
    assert.deepEqual(await change({ OPENAI_API_KEY: null }), [200, undefined]);
  });

  it('fills nothing into an MCP server of a character file that came over HTTP', async (t) => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of a config is meant.
    const fs = { command: process.execPath, args: ['${FS_SERVER:-/none.mjs}'] };
    const settings = { model: 'eliza', secrets: { OTHER: 'hush' }, mcp: { servers: { fs } } };
    const { open } = await openAgentsServer(t, {}, { settings });
    const { call, find } = open();
    const { id } = await find('Cleo');
    const change = async (body: object) => {
      const answer = await call('update-agent', { params: { agentId: id }, body });
      return [answer.status, answer.body.error?.issues?.[0]?.path];
    };
    const refused = [400, 'settings.secrets.FS_SERVER'];
    assert.deepEqual(await change({ settings: { secrets: { FS_SERVER: '--eval=0' } } }), refused);
    assert.deepEqual(await change({ secrets: { FS_SERVER: '--eval=0' } }), refused);
    assert.deepEqual(await change({ settings: { secrets: { OTHER: 'hush too' } } }), [200, undefined]);
  });

  it('lets only who holds the key change agents', async (t) => {
    const { open } = await openAgentsServer(t, { ELIZAD_API_KEY: 'the-key' });
    const { call } = open();
    assert.equal((await call('create-agent', { body: { agent: { name: 'Ada', bio: [] } } })).status, 401);
    const headers = { 'x-api-key': 'the-key' };
    assert.equal((await call('create-agent', { headers, body: { agent: { name: 'Ada', bio: [] } } })).status, 201);
  });
});
