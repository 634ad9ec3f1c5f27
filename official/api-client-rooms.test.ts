/** The official `@elizaos/api-client`: what is said, remembered and asked in rooms, sessions and jobs. Run by `npm run test:official`. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { z } from 'zod';
import { channel, date, defaultServer, id, message, openApiClient, text, user } from './support/api-caller.ts';
import { apiClients } from './support/fetch-package.ts';

const server = z.looseObject({ id, name: text, sourceType: text, createdAt: date, updatedAt: date });
const memory = z.looseObject({ id, agentId: id, content: z.unknown(), createdAt: date });
const room = z.looseObject({ id, agentId: id, name: text });
const session = z.looseObject({
  sessionId: text,
  agentId: id,
  userId: id,
  createdAt: date,
  metadata: z.looseObject({}),
});
const jobStatus = z.enum(['pending', 'processing', 'completed', 'failed', 'timeout']);
const job = z.looseObject({
  jobId: text,
  status: jobStatus,
  agentId: id,
  userId: id,
  prompt: text,
  createdAt: z.number(),
  expiresAt: z.number(),
});

for (const published of apiClients)
  describe(`the official api-client ${published.version}, in rooms`, async () => {
    const { ask, refuses, open, has, listUncalled } = await openApiClient(published);

    test('messaging', async (t) => {
      const eliza = await open(t);
      if (has('messaging.getCurrentMessageServer'))
        await ask('messaging.getCurrentMessageServer', z.object({ messageServerId: id }));
      const servers = has('messaging.listMessageServers') ? 'messageServers' : 'servers';
      await ask('messaging.listMessageServers', z.looseObject({ [servers]: z.array(server) }));
      const made = await ask('messaging.createMessageServer', z.looseObject({}), { name: 'Lab', sourceType: 'test' });
      const lab = z.looseObject({ id }).parse(made.server ?? made).id;
      const channels = [{ name: 'one', type: 'GROUP', sourceId: '1' }];
      await ask('messaging.syncMessageServerChannels', z.unknown(), lab, { channels });
      const dm = await ask('messaging.getOrCreateDmChannel', channel, { participantIds: [user, eliza] });
      assert.equal((await ask('messaging.getOrCreateDmChannel', channel, { participantIds: [user, eliza] })).id, dm.id);
      const group = await ask('messaging.createGroupChannel', channel, {
        name: 'Team',
        participantIds: [user, eliza],
        metadata: { topic: 'x' },
      });
      await ask('messaging.createChannel', channel, { name: 'Open', type: 'GROUP' });
      await ask('messaging.getMessageServerChannels', z.looseObject({ channels: z.array(channel) }), defaultServer);
      await ask('messaging.getChannelDetails', channel, group.id);
      await ask('messaging.updateChannel', z.looseObject({}), group.id, { name: 'Team two' });
      assert.equal((await ask('messaging.getChannelDetails', channel, group.id)).name, 'Team two');
      const other = '11111111-1111-4111-8111-111111111111';
      await ask('messaging.addUserToChannel', z.looseObject({}), group.id, other);
      await ask('messaging.addUsersToChannel', z.looseObject({}), group.id, ['22222222-2222-4222-8222-222222222222']);
      await ask('messaging.removeUserFromChannel', z.looseObject({}), group.id, other);
      const people = await ask('messaging.getChannelParticipants', z.array(id), group.id);
      assert.deepEqual(people, [user, eliza, '22222222-2222-4222-8222-222222222222']);
      await ask('messaging.removeAgentFromChannel', z.unknown(), group.id, eliza);
      await ask('messaging.addAgentToChannel', z.unknown(), group.id, eliza);
      const posted = await ask('messaging.postMessage', message, dm.id, 'hello', { source: 'test' });
      await ask('messaging.getMessage', message, posted.id);
      await ask('messaging.updateMessage', message, posted.id, 'hello there');
      const { messages } = await ask(
        'messaging.getChannelMessages',
        z.looseObject({ messages: z.array(message) }),
        dm.id,
        { limit: 10 },
      );
      assert.ok(messages.some(({ content }) => content === 'hello there'));
      await ask('messaging.searchMessages', z.looseObject({ messages: z.array(message) }), {
        query: 'hello',
        channelId: dm.id,
      });
      await ask('messaging.submitMessage', z.looseObject({ id }), {
        agentId: eliza,
        channelId: dm.id,
        content: 'from outside',
      });
      await ask('messaging.completeMessage', z.unknown(), { messageId: posted.id, status: 'completed' });
      const external = { id: 'e1', authorId: 'someone', content: 'hi', timestamp: Date.now() };
      await ask('messaging.ingestExternalMessages', z.unknown(), {
        platform: 'test',
        channelId: dm.id,
        messages: [external],
      });
      await ask('messaging.generateChannelTitle', z.looseObject({ title: text.nullable() }), dm.id, eliza);
      await ask('messaging.deleteMessage', z.unknown(), dm.id, posted.id);
      await ask('messaging.clearChannelHistory', z.unknown(), dm.id);
      await ask('messaging.deleteChannel', z.unknown(), group.id);
      await ask('messaging.deleteMessageServer', z.unknown(), lab);
      await refuses('messaging.getChannelDetails', 'channel-not-found', group.id);
    });

    test('memory', async (t) => {
      const eliza = await open(t);
      const dm = await ask('messaging.getOrCreateDmChannel', channel, { participantIds: [user, eliza] });
      const posted = await ask('messaging.postMessage', message, dm.id, 'my cat is called Ada');
      const memories = z.looseObject({ memories: z.array(memory) });
      const found = await ask('memory.getAgentMemories', memories, eliza);
      assert.ok(found.memories.length > 0);
      await ask('memory.getRoomMemories', memories, eliza, dm.id);
      await ask('memory.getAgentInternalMemories', memories, eliza, dm.id, false);
      await ask('memory.updateMemory', z.looseObject({ id }), eliza, posted.id, {
        content: { text: 'my cat is called Bea' },
      });
      await ask('memory.updateAgentInternalMemory', z.looseObject({ id }), eliza, posted.id, {
        content: { text: 'my cat is called Bo' },
      });
      await ask('memory.deleteMemory', z.unknown(), eliza, posted.id);
      const second = await ask('messaging.postMessage', message, dm.id, 'another');
      await ask('memory.deleteAgentInternalMemory', z.unknown(), eliza, second.id);
      const third = await ask('messaging.postMessage', message, dm.id, 'a third');
      await ask('memory.deleteGroupMemory', z.unknown(), dm.id, third.id);
      await ask('memory.clearRoomMemories', z.unknown(), eliza, dm.id);
      await ask('memory.deleteAllAgentInternalMemories', z.unknown(), eliza, dm.id);
      await ask('memory.clearGroupChat', z.unknown(), dm.id);
      await ask('memory.clearAgentMemories', z.looseObject({ deleted: z.number() }), eliza);
      const made = await ask('memory.createRoom', room, eliza, { name: 'Study', type: 'DM' });
      await ask('memory.listAgentRooms', z.looseObject({ rooms: z.array(room) }), eliza);
      await ask('memory.getRoom', room, eliza, made.id);
      await ask('memory.createWorldFromMessageServer', z.unknown(), defaultServer, {
        agentIds: [eliza],
        name: 'W',
        messageServerId: defaultServer,
      });
      await ask('memory.clearWorldMemories', z.unknown(), defaultServer);
      await ask('memory.deleteWorld', z.unknown(), defaultServer);
    });

    test('sessions', { skip: !has('sessions.createSession') && 'not in this version' }, async (t) => {
      const eliza = await open(t);
      await ask(
        'sessions.checkHealth',
        z.looseObject({ status: z.literal('healthy'), activeSessions: z.number(), timestamp: text }),
      );
      const { sessionId } = await ask('sessions.createSession', session, {
        agentId: eliza,
        userId: user,
        metadata: { platform: 'test' },
      });
      await ask('sessions.getSession', session.extend({ lastActivity: date }), sessionId);
      const sent = z.looseObject({ id, content: text });
      await ask('sessions.sendMessage', sent, sessionId, { content: 'hello' });
      const response = z.looseObject({ agentResponse: z.looseObject({ text }) });
      if (has('sessions.sendMessageSync'))
        await ask('sessions.sendMessageSync', response, sessionId, { content: 'I am sad' });
      const simplified = z.looseObject({
        id: text,
        content: text,
        authorId: text,
        isAgent: z.boolean(),
        createdAt: date,
      });
      const page = z.looseObject({ messages: z.array(simplified), hasMore: z.boolean() });
      const deadline = Date.now() + 10_000;
      for (let isAnswered = false; !isAnswered; ) {
        const { messages } = await ask('sessions.getMessages', page, sessionId, { limit: 10 });
        isAnswered = messages.some(({ isAgent }) => isAgent);
        assert.ok(isAnswered || Date.now() < deadline, 'no answer');
      }
      await ask('sessions.listSessions', z.looseObject({ sessions: z.array(session), total: z.number() }));
      await ask('sessions.deleteSession', z.unknown(), sessionId);
      await refuses('sessions.getSession', 'session-not-found', sessionId);
    });

    test('jobs', { skip: !has('jobs.create') && 'not in this version' }, async (t) => {
      const eliza = await open(t);
      const created = await ask(
        'jobs.create',
        z.looseObject({ jobId: text, status: jobStatus, createdAt: z.number(), expiresAt: z.number() }),
        { userId: user, content: 'hello' },
      );
      await ask('jobs.getJob', job, created.jobId);
      const done = z.looseObject({
        success: z.literal(true),
        job: job.extend({ result: z.looseObject({ message: z.looseObject({ content: text }) }) }),
      });
      await ask('jobs.poll', done, created.jobId, { interval: 100 });
      await ask(
        'jobs.createAndPoll',
        done,
        { userId: user, content: 'I feel fine', agentId: eliza },
        { interval: 100 },
      );
      await ask(
        'jobs.createAndPollWithBackoff',
        done,
        { userId: user, content: 'I feel well' },
        { initialInterval: 100 },
      );
      assert.ok((await ask('jobs.ask', text, user, 'hello again', eliza, { interval: 100 })).length > 0);
      await ask('jobs.list', z.looseObject({ jobs: z.array(job), total: z.number(), filtered: z.number() }), {
        limit: 5,
      });
      await ask(
        'jobs.health',
        z.looseObject({
          healthy: z.boolean(),
          totalJobs: z.number(),
          statusCounts: z.looseObject({ completed: z.number() }),
          metrics: z.looseObject({ successRate: z.number() }),
        }),
      );
    });

    after(() => assert.deepEqual(listUncalled('rooms'), [], 'never called'));
  });
