/** Agents over HTTP: made, changed, started and stopped, over restarts and kills, and in the middle of talks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../src/storage/engine/sqlite/sqlite.ts';
import { listAgents } from '../../src/storage/turns/agents.ts';
import { fileSecret, openAgentsServer, openTalk } from '../support/agents-server.ts';
import { createRestClient } from '../support/rest-client.ts';
import { makeDir, spawnServer, writeCharacter } from '../support/test-server.ts';

const mask = '********';

describe('agents over HTTP', () => {
  it('lists those that run first, and shows one with its character', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    await call('create-agent', {
      body: { agent: { name: 'Ada', bio: ['One.', 'Two.'], settings: { avatar: '/a.png' } } },
    });
    await call('create-agent', {
      body: { agent: { name: 'Bea', bio: 'Hides.', settings: { avatar: 'https://u:p@cdn.example/a.png' } } },
    });
    const { body } = await call('list-agents');
    assert.deepEqual(
      body.data.agents.map(({ name, status, bio, settings }) => [name, status, bio, settings?.avatar]),
      [
        ['Cleo', 'active', 'Calm.', undefined],
        ['Ada', 'inactive', 'One. Two.', '/a.png'],
        ['Bea', 'inactive', 'Hides.', undefined],
      ],
    );
    const { id } = await find('Ada');
    const one = await call('get-agent', { params: { agentId: id } });
    assert.deepEqual(
      [one.body.data.bio, one.body.data.enabled, one.body.data.status],
      [['One.', 'Two.'], false, 'inactive'],
    );
    const nobody = await call('get-agent', { params: { agentId: crypto.randomUUID() } });
    assert.equal(nobody.status, 404);
    assert.deepEqual((await call('list-agent-panels', { params: { agentId: id } })).body.data, []);
  });

  it('makes an agent from each spelling of a character, as the official page sends it', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const { status, body } = await call('create-agent', {
      body: {
        agent: {
          name: 'Ada',
          system: 'Be brief.',
          bio: ['New here.'],
          topics: [],
          adjectives: ['kind'],
          messageExamples: [[{ name: 'user', content: { text: 'Hi' } }]],
          postExamples: [],
          style: { all: [], chat: [], post: [] },
          plugins: ['@elizaos/plugin-bootstrap'],
          settings: { secrets: {} },
          id: null,
          username: null,
          enabled: true,
          status: 'inactive',
          createdAt: 1,
          updatedAt: '2026-01-01T00:00:00.000Z',
        },
      },
    });
    assert.equal(status, 201);
    assert.equal(body.data.character.system, 'Be brief.');
    for (const spelling of ['characterJson', 'character'])
      assert.equal((await call('create-agent', { body: { [spelling]: { name: spelling, bio: '' } } })).status, 201);
  });

  it('refuses what it cannot use, and says what to do', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id } = await find('Cleo');
    const refuse = async (body: object) => {
      const answer = await call('create-agent', { body });
      return [answer.status, answer.body.error?.code, answer.body.error?.issues?.map(({ path }) => path)];
    };
    const path = await call('create-agent', { body: { characterPath: '/etc/passwd' } });
    assert.deepEqual([path.status, path.body.error?.code], [400, 'character-path-refused']);
    assert.deepEqual(await refuse({}), [400, 'invalid-payload', ['agent']]);
    assert.deepEqual(await refuse({ agent: { name: 'Cleo', bio: [] } }), [409, 'agent-exists', ['id']]);
    assert.deepEqual(await refuse({ agent: { name: 'Cleo', bio: [], id: crypto.randomUUID() } }), [
      409,
      'agent-exists',
      ['name'],
    ]);
    assert.deepEqual(await refuse({ agent: { name: 'Dan', bio: [], id } }), [409, 'agent-exists', ['id']]);
    assert.deepEqual(await refuse({ agent: { name: 'Dan', adjektives: [] } }), [
      400,
      'invalid-payload',
      ['bio', 'adjektives'],
    ]);
    const { body } = await call('create-agent', { body: { agent: { name: 'Dan', bio: [], adjektives: [] } } });
    assert.match(body.error?.details ?? '', /adjektives: unknown field; did you mean adjectives\?/);
    const deep = `{"agent":{"name":"Dan","bio":[],"settings":{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}}}`;
    const headers = { 'content-type': 'application/json' };
    assert.equal((await fetch(`${url}/api/agents`, { method: 'POST', headers, body: deep })).status, 400);
    // What would open files, or run programs, of the server.
    assert.deepEqual(await refuse({ agent: { name: 'Dan', bio: [], knowledge: ['a text', { directory: '.' }] } }), [
      400,
      'invalid-payload',
      ['knowledge.1'],
    ]);
    const mcp = { servers: { evil: { command: 'sh', args: ['-c', 'true'] } } };
    assert.deepEqual(await refuse({ agent: { name: 'Dan', bio: [], settings: { mcp } } }), [
      400,
      'invalid-payload',
      ['settings.mcp'],
    ]);
  });

  it('starts and stops an agent, as often as it is told, and keeps it so over a restart', async (t) => {
    const server = await openAgentsServer(t);
    let { call, find, url } = server.open();
    const { id } = await find('Cleo');
    const made = await call('create-agent', {
      body: {
        agent: { name: 'Ada', bio: [], settings: { model: 'openai/test', secrets: { OPENAI_API_KEY: 'sk-ada' } } },
      },
    });
    const ada = made.body.data.id;
    for (const _again of [1, 2]) {
      const stopped = await call('stop-agent', { params: { agentId: id } });
      assert.deepEqual(stopped.body.data, { id, name: 'Cleo', status: 'inactive', message: 'Agent stopped' });
      const started = await call('start-agent', { params: { agentId: ada } });
      assert.deepEqual(started.body.data, { id: ada, name: 'Ada', status: 'active' });
    }
    const talk = await openTalk(t, url, id);
    const { outcome, turns } = await talk.say('Hello');
    assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
    assert.equal((await (await openTalk(t, url, ada)).say('Hello')).outcome, 'answered');
    ({ call, find, url } = await server.restart());
    assert.equal((await find('Cleo')).status, 'inactive');
    assert.equal((await find('Ada')).status, 'active');
    assert.equal((await (await openTalk(t, url, ada)).say('Hello')).outcome, 'answered');
    assert.equal(server.provider.requests.at(-1)?.headers.authorization, 'Bearer sk-ada');
    await call('start-agent', { params: { agentId: id } });
    assert.equal((await (await openTalk(t, url, id)).say('Hello')).outcome, 'answered');
  });

  it('changes what is given and keeps the rest; null takes a setting away', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call } = open();
    const settings = { voice: { model: 'a', speed: 1 }, avatar: 'x', secrets: { A: 'a-secret', B: 'b-secret' } };
    const agent = { name: 'Ada', username: 'ada', bio: ['One.'], settings, secrets: { C: 'c-secret' } };
    const { body: made } = await call('create-agent', { body: { agent } });
    const { id } = made.data;
    const { body } = await call('update-agent', {
      params: { agentId: id },
      body: {
        ...made.data.character,
        username: null,
        name: null,
        bio: ['Two.'],
        settings: { voice: { speed: 2, model: null }, avatar: null, secrets: { A: mask, B: null, C: 'new', D: mask } },
      },
    });
    const { data } = body;
    assert.deepEqual([data.name, data.username, data.bio], ['Ada', undefined, ['Two.']]);
    assert.deepEqual(data.settings, { voice: { speed: 2 }, secrets: { A: mask, C: mask } });
    assert.ok(data.updatedAt >= data.createdAt);
    const wrong = await call('update-agent', { params: { agentId: id }, body: { id: crypto.randomUUID(), bios: 1 } });
    assert.deepEqual([wrong.status, wrong.body.error?.issues?.[0]?.path], [400, 'id']);
    const clash = await call('update-agent', { params: { agentId: id }, body: { name: 'Cleo' } });
    assert.equal(clash.body.error?.code, 'agent-exists');
    assert.equal((await call('update-agent', { params: { agentId: crypto.randomUUID() }, body: {} })).status, 404);
  });

  it('lets a turn end as it began, and the next one has the new character and the new key', async (t) => {
    const { open, provider } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id } = await find('Cleo');
    const { send, done, client } = await openTalk(t, url, id);
    provider.script({ kind: 'answer', text: 'one two three', chunks: 3, held: true });
    const first = await send('Hello');
    await provider.arrived(1);
    const second = await send('Are you there?');
    const changes = { bio: ['Loud.'], settings: { secrets: { OPENAI_API_KEY: 'sk-changed' } } };
    assert.equal((await call('update-agent', { params: { agentId: id }, body: changes })).status, 200);
    provider.release(4);
    assert.deepEqual([(await done(first)).outcome, (await done(second)).outcome], ['answered', 'answered']);
    const heard = client.events.filter(({ event, payload }) => event === 'messageBroadcast' && payload.senderId === id);
    assert.equal(heard[0]?.payload.text, 'one two three');
    assert.match(JSON.stringify(provider.requests[0]?.body), /Calm\./);
    assert.match(JSON.stringify(provider.requests[1]?.body), /Loud\./);
    assert.deepEqual(
      provider.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${fileSecret}`, 'Bearer sk-changed'],
    );
  });

  it('keeps the change of an agent with a file until that file changes', async (t) => {
    const server = await openAgentsServer(t);
    let { call, find } = server.open();
    const { id } = await find('Cleo');
    await call('update-agent', {
      params: { agentId: id },
      body: { bio: ['Loud.'], settings: { secrets: { X: 'x' } } },
    });
    ({ call, find } = await server.restart());
    const kept = await call('get-agent', { params: { agentId: id } });
    assert.deepEqual(kept.body.data.bio, ['Loud.']);
    assert.deepEqual(kept.body.data.settings.secrets, { OPENAI_API_KEY: mask, X: mask });
    server.write('Cleo', { bio: ['From the file.'] });
    ({ call, find } = await server.restart());
    assert.equal((await find('Cleo')).bio, 'From the file.');
  });

  it('renames an agent everywhere: rooms call it by its new name', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find, url } = open();
    const { id } = await find('Cleo');
    const { client, roomId, say } = await openTalk(t, url, id);
    await call('update-agent', { params: { agentId: id }, body: { name: 'Dora' } });
    await say('Hello');
    await client.until('messageBroadcast', ({ senderName }) => senderName === 'Dora');
    const room = await call('get-room', { params: { agentId: id, roomId } });
    assert.ok(room.body.data.entities.some(({ name }) => name === 'Dora'));
  });

  it('keeps an agent stopped and edited while its file is edited and gone; started then, it needs no file', async (t) => {
    const server = await openAgentsServer(t, { LOG_LEVEL: 'info' });
    const { call, find, url } = server.open();
    const { client } = await openTalk(t, url, (await find('Cleo')).id);
    await client.ask('subscribe_logs');
    const logged = (text: string) => client.until('log_stream', ({ payload }) => payload.msg === text);
    const { id } = await find('Cleo');
    await call('stop-agent', { params: { agentId: id } });
    const mcp = { servers: { gone: { command: process.execPath, args: ['--no-such-flag'] } } };
    const knowledge = ['A text.', { directory: '.' }];
    server.write('Cleo', { bio: ['From the file.'], knowledge, settings: { mcp } });
    await logged('the agent has a new character and stays stopped');
    assert.deepEqual([(await find('Cleo')).status, (await find('Cleo')).bio], ['inactive', 'From the file.']);
    server.remove('Cleo');
    await logged('the agent was removed: its character file is gone');
    assert.equal((await find('Cleo')).status, 'inactive');
    assert.equal((await call('start-agent', { params: { agentId: id } })).body.data.status, 'active');
    const again = await server.restart();
    assert.equal((await again.find('Cleo')).status, 'active');
    const { body } = await again.call('get-agent', { params: { agentId: id } });
    // What the file kept for itself, and what it let the agent open and run, went with it.
    const { bio, knowledge: left, settings } = body.data;
    assert.deepEqual([bio, left, settings], [['From the file.'], ['A text.'], {}]);
    assert.equal((await again.call('delete-agent', { params: { agentId: id } })).status, 204);
  });

  it('keeps what was changed over a kill, and says at the start who stays stopped', async (t) => {
    const dir = makeDir(t);
    const path = writeCharacter(dir, { name: 'Cleo', bio: ['Calm.'], settings: { secrets: { A: 'of the file' } } });
    const first = await spawnServer(t, join(dir, 'data'), {}, ['--character', path]);
    const { call } = createRestClient(first.url);
    const { body } = await call('list-agents');
    const agentId = body.data.agents[0]?.id ?? '';
    await call('update-agent', { params: { agentId }, body: { bio: ['Loud.'], settings: { secrets: { B: 'set' } } } });
    await call('stop-agent', { params: { agentId } });
    await first.end('SIGKILL');
    const second = await spawnServer(t, join(dir, 'data'), {}, ['--character', path]);
    assert.match(second.output(), /the agent stays stopped: start it with POST \/api\/agents\/[0-9a-f-]+\/start/);
    const { data } = (await createRestClient(second.url).call('get-agent', { params: { agentId } })).body;
    assert.deepEqual(
      [data.bio, data.status, Object.keys(data.settings.secrets ?? {})],
      [['Loud.'], 'inactive', ['A', 'B']],
    );
    // The file's own secrets stay in the file.
    await second.end('SIGTERM');
    const database = await openSqlite(join(dir, 'data'));
    t.after(() => database.close());
    const [row] = await listAgents(database.db);
    assert.deepEqual([row?.secrets, /of the file/.test(row?.character ?? '')], ['{"B":"set"}', false]);
  });
});
