/** The official `@elizaos/api-client`: agents, their runs, the server, files and speech. Run by `npm run test:official`. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { z } from 'zod';
import { openFakeHttp } from '../packages/server/tests/support/fake-http.ts';
import { makeDir, writeCharacter } from '../packages/server/tests/support/test-server.ts';
import { agent, channel, date, defaultServer, id, openApiClient, text, user } from './support/api-caller.ts';
import { apiClients } from './support/fetch-package.ts';

const success = z.object({ success: z.literal(true) });
const server = z.looseObject({ id, name: text, sourceType: text, createdAt: date, updatedAt: date });
const run = z.looseObject({
  runId: id,
  status: z.enum(['completed', 'timeout', 'error', 'started']),
  startedAt: z.number().nullable(),
});
const upload = z.looseObject({ url: text, type: text, filename: text, originalName: text, size: z.number() });

for (const published of apiClients)
  describe(`the official api-client ${published.version}`, async () => {
    const { ask, refuses, open, has, listUncalled } = await openApiClient(published);

    test('agents', async (t) => {
      const eliza = await open(t);
      await ask('agents.getAgent', agent, eliza);
      const made = await ask('agents.createAgent', z.looseObject({ id }), { agent: { name: 'Ada', bio: ['Counts.'] } });
      await ask('agents.updateAgent', agent, made.id, { bio: 'Counts well.' });
      await ask('agents.startAgent', z.looseObject({ status: z.literal('active') }), made.id);
      await ask('agents.stopAgent', z.looseObject({ status: z.literal('inactive') }), made.id);
      await ask('agents.getWorlds', z.looseObject({ worlds: z.array(z.looseObject({ id, name: text })) }));
      const worlds = await ask(
        'agents.addAgentToWorld',
        z.looseObject({ world: z.looseObject({ id }) }),
        eliza,
        defaultServer,
      );
      await ask('agents.updateAgentWorldSettings', z.looseObject({}), eliza, worlds.world.id, { note: 'x' });
      await ask('agents.getAgentPanels', z.looseObject({ panels: z.array(z.unknown()) }), eliza);
      await ask('agents.getAgentsForMessageServer', z.looseObject({ agents: z.array(id) }), defaultServer);
      await ask('agents.addAgentToMessageServer', z.looseObject({ agentId: id }), defaultServer, made.id);
      const servers = has('agents.getMessageServersForAgent') ? 'messageServers' : 'servers';
      await ask('agents.getMessageServersForAgent', z.looseObject({ [servers]: z.array(id) }), made.id);
      const lab = await ask('messaging.createMessageServer', z.looseObject({ server }), {
        name: 'Lab',
        sourceType: 'x',
      });
      await ask('agents.addAgentToMessageServer', z.looseObject({ agentId: id }), lab.server.id, made.id);
      await ask('agents.removeAgentFromMessageServer', z.looseObject({ agentId: id }), lab.server.id, made.id);
      await refuses('agents.removeAgentFromMessageServer', 'default-server', defaultServer, made.id);
      await ask('agents.deleteAgent', success, made.id);
      await refuses('agents.getAgent', 'agent-not-found', made.id);
    });

    test('runs', { skip: !has('runs.listRuns') && 'not in this version' }, async (t) => {
      const eliza = await open(t);
      await ask('jobs.ask', text, user, 'hello', eliza, { interval: 100 });
      const { runs } = await ask(
        'runs.listRuns',
        z.looseObject({ runs: z.array(run), total: z.number(), hasMore: z.boolean() }),
        eliza,
        { limit: 5 },
      );
      const detail = z.looseObject({
        summary: run,
        events: z.array(z.looseObject({ type: text, timestamp: z.number(), data: z.looseObject({}) })),
      });
      const { events } = await ask('runs.getRun', detail, eliza, runs[0]?.runId);
      assert.deepEqual([events[0]?.type, events.at(-1)?.type], ['RUN_STARTED', 'RUN_ENDED']);
    });

    test('agents’ logs', async (t) => {
      const eliza = await open(t);
      const dm = await ask('messaging.getOrCreateDmChannel', channel, { participantIds: [user, eliza] });
      await ask('messaging.postMessage', z.unknown(), dm.id, 'hello');
      const entries = z.array(z.looseObject({ id, type: text, createdAt: z.number() }));
      let logs: z.output<typeof entries> = [];
      for (const deadline = Date.now() + 10_000; logs.length === 0; ) {
        assert.ok(Date.now() < deadline, 'no entry');
        logs = await ask('agents.getAgentLogs', entries, eliza, { limit: 5 });
      }
      await ask('agents.deleteAgentLog', success, eliza, logs[0]?.id);
    });

    test('the server and its settings', async (t) => {
      await open(t);
      await ask('server.checkHealth', z.looseObject({ status: text, timestamp: date }));
      await ask('server.ping', z.looseObject({ pong: z.literal(true) }));
      await ask('server.hello', z.looseObject({ message: text }));
      await ask(
        'server.getStatus',
        z.looseObject({
          agentCount: z.number(),
          agents: z.looseObject({ total: z.number() }),
          uptime: z.number(),
          version: text,
        }),
      );
      await ask('server.getDebugInfo', z.unknown());
      await ask('server.submitLogs', z.unknown(), [{ level: 'info', message: 'x' }]);
      await ask(
        'system.getGlobalLogs',
        z.looseObject({ logs: z.array(z.looseObject({ level: z.number(), time: z.number(), msg: text })) }),
      );
      await ask('system.deleteGlobalLogs', z.unknown());
      await ask('server.clearLogs', z.unknown());
      const environment = await ask('system.getEnvironment', z.record(text, text));
      assert.ok(Object.values(environment).every((value) => value === '********' || value === ''));
      await refuses('system.updateLocalEnvironment', 'env-write-off', { content: { A: 'b' } });
      await refuses('server.stopServer', 'remote-stop-off');
    });

    test('media', async (t) => {
      const eliza = await open(t);
      const dm = await ask('messaging.getOrCreateDmChannel', channel, { participantIds: [user, eliza] });
      const pixel = Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      );
      const file = new File([pixel], 'pixel.png', { type: 'image/png' });
      await ask('media.uploadAgentMedia', upload, eliza, { file });
      await ask('media.uploadChannelMedia', upload, dm.id, file);
    });

    test('audio', async (t) => {
      const provider = await openFakeHttp(t, ({ path }) => ({
        body: path === '/v1/audio/speech' ? Buffer.from('ID3') : { text: 'Hello there' },
      }));
      const settings = { model: 'eliza', speechModel: 'openai/tts-1', transcriptionModel: 'openai/whisper-1' };
      const speaker = writeCharacter(makeDir(t), { name: 'Ada', bio: ['Speaks.'], settings });
      const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${provider.url}/v1`, ELIZAD_CHARACTERS: speaker };
      const ada = await open(t, env);
      const wav = Buffer.concat([Buffer.from('RIFF$\0\0\0WAVEfmt '), Buffer.alloc(40)]);
      const audio = new File([wav], 'a.wav', { type: 'audio/wav' });
      assert.equal((await ask('audio.transcribe', z.looseObject({ text }), ada, { audio })).text, 'Hello there');
      const { audio: spoken } = await ask('audio.generateSpeech', z.looseObject({ audio: text }), ada, {
        text: 'hello',
      });
      assert.equal(atob(spoken), 'ID3');
      await ask('audio.synthesizeAudioMessage', z.unknown(), ada, { text: 'hello' });
      await ask('audio.processSpeech', z.unknown(), ada, audio);
      await ask('audio.speechConversation', z.unknown(), ada, { audio, format: 'wav', metadata: { a: 1 } });
    });

    after(() => assert.deepEqual(listUncalled('others'), [], 'never called'));
  });
