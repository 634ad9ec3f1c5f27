/** Agents over HTTP: made, changed, started, stopped and deleted, over restarts, in the middle of talks, and never with a secret shown. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { listAgents } from '../src/storage/agents.ts';
import { openSqlite } from '../src/storage/sqlite.ts';
import { fileSecret, openAgentsServer, openTalk } from './support/agents-server.ts';
import { createRestClient } from './support/rest-client.ts';
import { makeDir, spawnServer, writeCharacter } from './support/test-server.ts';

const mask = '********';

describe('agents over HTTP', () => {
  it('lists those that run first, and shows one with its character', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    await call('create-agent', {
      body: { agent: { name: 'Ada', bio: ['One.', 'Two.'], settings: { avatar: '/a.png' } } },
    });
    const { body } = await call('list-agents');
    assert.deepEqual(
      body.data.agents.map(({ name, status, bio, settings }) => [name, status, bio, settings?.avatar]),
      [
        ['Cleo', 'active', 'Calm.', undefined],
        ['Ada', 'inactive', 'One. Two.', '/a.png'],
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
    assert.match(body.error?.details ?? '', /adjektives: no such field; did you mean adjectives\?/);
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

  it('deletes an agent that was made over HTTP, and nobody can speak with its id', async (t) => {
    const server = await openAgentsServer(t);
    let { call, find, url } = server.open();
    const { body } = await call('create-agent', {
      body: {
        agent: { name: 'Ada', bio: [], settings: { model: 'openai/test', secrets: { OPENAI_API_KEY: 'sk-ada' } } },
      },
    });
    const { id } = body.data;
    await call('start-agent', { params: { agentId: id } });
    const { roomId, send, done, say, client } = await openTalk(t, url, id);
    server.provider.script({ kind: 'answer', text: 'one two', chunks: 2, held: true });
    const running = await send('Hello');
    await server.provider.arrived(1);
    const waiting = await send('And then?');
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 204);
    server.provider.release(3);
    assert.equal((await done(running)).outcome, 'answered');
    const { outcome, turns } = await done(waiting);
    assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
    assert.equal((await say('Anybody?')).outcome, 'no-agent');
    await client.until('messageBroadcast', ({ text }) => text === 'one two');
    assert.equal((await call('get-agent', { params: { agentId: id } })).status, 404);
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 404);
    ({ call, find, url } = await server.restart());
    await assert.rejects(find('Ada'), /no Ada/);
    const again = await openTalk(t, url, (await find('Cleo')).id);
    const refused = await again.client.ask('message', { roomId, text: 'It is me', userId: id });
    assert.equal(refused.details?.code ?? refused.code, 'speaking-as-agent');
    assert.equal((await call('create-agent', { body: { agent: { name: 'Ada', bio: ['Anew.'] } } })).status, 201);
  });

  it('ends what waits for a person when the agent is deleted', async (t) => {
    const { open, provider } = await openAgentsServer(t);
    const { call, url } = open();
    const { body } = await call('create-agent', {
      body: { agent: { name: 'Ada', bio: [], settings: { model: 'openai/test', secrets: { OPENAI_API_KEY: 'k' } } } },
    });
    const { id } = body.data;
    await call('start-agent', { params: { agentId: id } });
    const { client, send, done } = await openTalk(t, url, id);
    provider.script({ kind: 'calls', calls: [{ id: 'c1', name: 'book', input: {} }] });
    const asked = await send('Book it');
    await client.until('messageBroadcast', ({ source }) => source === 'agent_question');
    const untilWaiting = async () => {
      const { runs } = (await call('list-runs', { params: { agentId: id } })).body.data;
      return runs[0]?.metadata.state === 'waiting';
    };
    while (!(await untilWaiting())) await wait(20);
    assert.equal((await call('delete-agent', { params: { agentId: id } })).status, 204);
    const { outcome, turns } = await done(asked);
    assert.deepEqual([outcome, turns[0].code], ['failed', 'agent-not-running']);
  });

  it('keeps an agent stopped and edited while its file is edited and gone; started then, it needs no file', async (t) => {
    const server = await openAgentsServer(t, { LOG_LEVEL: 'info' });
    const { call, find, url } = server.open();
    const { client } = await openTalk(t, url, (await find('Cleo')).id);
    await client.ask('subscribe_logs');
    const logged = (text: string) => client.until('log_stream', ({ payload }) => payload.msg === text);
    const { id } = await find('Cleo');
    await call('stop-agent', { params: { agentId: id } });
    server.write('Cleo', { bio: ['From the file.'] });
    await logged('the agent has its new character, and stays stopped');
    assert.deepEqual([(await find('Cleo')).status, (await find('Cleo')).bio], ['inactive', 'From the file.']);
    server.remove('Cleo');
    await logged('the agent goes: its character file is gone');
    assert.equal((await find('Cleo')).status, 'inactive');
    assert.equal((await call('start-agent', { params: { agentId: id } })).body.data.status, 'active');
    const again = await server.restart();
    assert.equal((await again.find('Cleo')).status, 'active');
    const { body } = await again.call('get-agent', { params: { agentId: id } });
    assert.deepEqual([body.data.bio, body.data.settings.secrets], [['From the file.'], undefined]);
    assert.equal((await again.call('delete-agent', { params: { agentId: id } })).status, 204);
  });

  it('does not delete one that would be back: of a file, or built in', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    const { id } = await find('Cleo');
    const { status, body } = await call('delete-agent', { params: { agentId: id } });
    assert.deepEqual([status, body.error?.code], [409, 'agent-has-a-file']);
    assert.match(body.error?.hint ?? '', /stop it/);
    assert.equal((await find('Cleo')).status, 'active');
  });

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

  it('sends a key that is not shown to no other address', async (t) => {
    const { open } = await openAgentsServer(t);
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
    assert.match(second.output(), /the agent stays stopped: POST \/api\/agents\/[0-9a-f-]+\/start puts it to work/);
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

  it('lets only who holds the key change agents', async (t) => {
    const { open } = await openAgentsServer(t, { ELIZAD_API_KEY: 'the-key' });
    const { call } = open();
    assert.equal((await call('create-agent', { body: { agent: { name: 'Ada', bio: [] } } })).status, 401);
    const headers = { 'x-api-key': 'the-key' };
    assert.equal((await call('create-agent', { headers, body: { agent: { name: 'Ada', bio: [] } } })).status, 201);
  });
});
