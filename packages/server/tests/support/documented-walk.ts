/**
 * How each documented operation is filled in, in an order in which one prepares the next. Values of `known` fill the
 * parameters of addresses; what an answer teaches goes there.
 */

export type Known = Record<string, string>;

export type Step = {
  /** Values of parameters of the address where they are not those of `known`. */
  params?: (known: Known) => Known;
  query?: (known: Known) => Record<string, string>;
  body?: (known: Known) => unknown;
  /** Under which name the id in the answer is known from then on. */
  learns?: string;
  /** Runs before it. */
  prepare?: 'answered' | 'remembered';
};

/** A WAV of a tenth of a second of silence. */
export const sound = Buffer.concat([
  Buffer.from('524946466406000057415645666d74201000000001000100401f0000803e0000020010006461746140060000', 'hex'),
  Buffer.alloc(1_600),
]);
/** A PNG of one pixel. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const form = (
  bytes: Buffer | undefined,
  name: string,
  fields: Record<string, string | undefined> = {},
): FormData => {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) data.set(field, value);
  if (bytes) data.set('file', new File([new Uint8Array(bytes)], name));
  return data;
};

const spare = ({ spareId = '' }: Known): Known => ({ agentId: spareId });
const made = ({ madeChannelId = '' }: Known): Known => ({ channelId: madeChannelId });
const madeServer = ({ madeServerId = '' }: Known): Known => ({ serverId: madeServerId });
const agentOf = ({ agentId }: Known) => ({ agentId });

/** All that the documentation knows of a character. */
const walker = {
  name: 'Walker',
  bio: 'Walks.',
  settings: { model: 'eliza' },
  system: 'You walk.',
  style: { all: ['brief'] },
  lore: ['Walked to Rome.'],
  topics: ['ways'],
  messageExamples: [[{ name: 'Ada', content: { text: 'Where to?' } }]],
  plugins: ['@elizaos/plugin-bootstrap'],
};

/** Each documented operation by `METHOD path`. */
export const documentedWalk: Readonly<Record<string, Step>> = {
  'GET /api/server/ping': {},
  'GET /api/server/hello': {},
  'GET /api/server/status': {},
  'GET /api/server/health': {},
  'GET /api/server/debug/servers': {},
  'GET /api/server/servers': {},
  'GET /api/server/logs': { query: ({ agentId = '' }) => ({ level: 'all', limit: '10', agentId }) },
  'POST /api/server/logs': { body: ({ agentId }) => ({ level: 'info', limit: 10, agentId }) },
  'GET /api/system/environment/local': {},
  'POST /api/system/environment/local': { body: () => ({ content: { WALKED: 'yes' } }) },
  'GET /websocket': {},

  'GET /api/agents': {},
  'POST /api/agents': { body: () => ({ characterJson: walker }), learns: 'spareId' },
  'GET /api/agents/{agentId}': {},
  'PATCH /api/agents/{agentId}': { params: spare, body: () => ({ topics: ['paths'] }) },
  'POST /api/agents/{agentId}/stop': { params: spare },
  'POST /api/agents/{agentId}/start': { params: spare },
  'GET /api/agents/{agentId}/panels': {},
  'GET /api/agents/{agentId}/logs': { prepare: 'answered', query: () => ({ limit: '5' }), learns: 'logId' },
  'DELETE /api/agents/{agentId}/logs/{logId}': {},

  'POST /api/agents/{agentId}/worlds': {
    body: () => ({ name: 'Home', sourceType: 'walk', sourceId: 'home', metadata: { colour: 'red' } }),
    learns: 'worldId',
  },
  'GET /api/agents/worlds': {},
  'PATCH /api/agents/{agentId}/worlds/{worldId}': { body: () => ({ name: 'House' }) },
  'POST /api/agents/{agentId}/rooms': {
    body: ({ worldId, userId }) => ({ name: 'Hall', worldId, entityId: userId }),
    learns: 'roomId',
  },
  'POST /api/memory/{agentId}/rooms': { body: () => ({ name: 'Attic', type: 'GROUP', source: 'client' }) },
  'GET /api/agents/{agentId}/rooms': {},
  'GET /api/agents/{agentId}/rooms/{roomId}': {},
  'PATCH /api/agents/{agentId}/rooms/{roomId}': { body: () => ({ name: 'Great hall' }) },

  'POST /api/messaging/submit': {
    body: ({ channelId, serverId, agentId }) => ({
      channel_id: channelId,
      server_id: serverId,
      author_id: agentId,
      content: 'Submitted',
      source_type: 'agent_response',
      raw_message: { text: 'Submitted', thought: 'It works.' },
    }),
  },
  'GET /api/memory/{agentId}/memories': { prepare: 'remembered', learns: 'memoryId' },
  'PATCH /api/memory/{agentId}/memories/{memoryId}': { body: () => ({ content: { text: 'Walks on Sundays.' } }) },
  'GET /api/agents/{agentId}/rooms/{roomId}/memories': {
    params: ({ channelId = '' }) => ({ roomId: channelId }),
    query: () => ({ count: '5' }),
  },
  'DELETE /api/memory/{agentId}/memories/all/{roomId}': {},
  'DELETE /api/memory/{agentId}/memories': {},
  'DELETE /api/agents/{agentId}/rooms/{roomId}': {},

  'POST /api/messaging/servers': { body: () => ({ name: 'Club', metadata: { open: true } }), learns: 'madeServerId' },
  'GET /api/messaging/central-servers': {},
  'POST /api/messaging/servers/{serverId}/agents': { params: madeServer, body: agentOf },
  'GET /api/messaging/servers/{serverId}/agents': { params: madeServer },
  'DELETE /api/messaging/servers/{serverId}/agents/{agentId}': {
    params: ({ madeServerId = '', agentId = '' }) => ({ serverId: madeServerId, agentId }),
  },
  'POST /api/messaging/channels': {
    body: ({ madeServerId, serverId }) => ({ name: 'Bar', serverId: madeServerId ?? serverId, type: 'text' }),
  },
  'POST /api/messaging/central-channels': {
    body: ({ serverId }) => ({ name: 'Garden', serverId, type: 'group', description: 'Outside.' }),
    learns: 'madeChannelId',
  },
  'GET /api/messaging/servers/{serverId}/channels': {},
  'GET /api/messaging/central-servers/{serverId}/channels': {},
  'GET /api/messaging/dm-channel': {
    query: ({ userId = '', agentId = '' }) => ({ userId1: userId, userId2: agentId }),
  },
  'POST /api/messaging/group-channels': {
    body: ({ userId, agentId }) => ({ name: 'Us', participants: [userId, agentId] }),
  },
  'GET /api/messaging/central-channels/{channelId}': { params: made },
  'GET /api/messaging/central-channels/{channelId}/details': { params: made },
  'PATCH /api/messaging/central-channels/{channelId}': {
    params: made,
    body: () => ({ name: 'Park', metadata: { a: 1 } }),
  },
  'POST /api/messaging/central-channels/{channelId}/agents': { params: made, body: agentOf },
  'GET /api/messaging/central-channels/{channelId}/participants': { params: made },

  'POST /api/messaging/complete': {
    body: ({ agentId, channelId, userId }) => ({ agentId, roomId: channelId, userId, prompt: 'Are you there?' }),
  },
  'POST /api/messaging/ingest-external': {
    body: ({ agentId, channelId, userId }) => ({
      agentId,
      roomId: channelId,
      userId,
      text: 'From afar',
      sourceId: 'd-1',
      sourceType: 'discord',
    }),
  },
  'POST /api/messaging/external-messages': {
    body: () => ({ platform: 'telegram', messageId: 't-1', channelId: 'c-1', userId: 'u-1', content: 'From afar' }),
  },
  'POST /api/messaging/central-channels/{channelId}/messages': {
    body: ({ userId, serverId }) => ({ author_id: userId, content: 'Hello', server_id: serverId, source_type: 'walk' }),
  },
  'GET /api/messaging/central-channels/{channelId}/messages': { query: () => ({ limit: '10' }) },
  'DELETE /api/messaging/central-channels/{channelId}/messages/{messageId}': {},
  'DELETE /api/messaging/central-channels/{channelId}/messages/all': {
    query: ({ userId = '' }) => ({ userId }),
  },

  'POST /api/audio/{agentId}/transcriptions': { body: ({ userId }) => form(sound, 'a.wav', { userId }) },
  'POST /api/audio/{agentId}/process-audio': {
    body: ({ userId, voiceId }) => form(sound, 'a.wav', { userId, roomId: voiceId }),
  },
  'POST /api/audio/{agentId}/audio-messages/synthesize': {
    body: () => ({ text: 'Hello', options: { voice: 'nova' } }),
  },
  'POST /api/audio/{agentId}/speech/generate': { body: () => ({ text: 'Hello' }) },
  'POST /api/audio/{agentId}/speech/conversation': {
    body: () => ({ messages: [{ text: 'Hello', speaker: 'A', timestamp: 1 }, { text: 'Bye' }] }),
  },
  'POST /api/media/{agentId}/upload-media': { body: () => form(picture, 'dot.png') },
  'POST /api/messaging/channels/{channelId}/upload-media': {
    body: ({ agentId }) => form(picture, 'dot.png', { agentId }),
  },

  'POST /api/messaging/sessions': {
    body: ({ agentId, userId }) => ({
      agentId,
      userId,
      metadata: { platform: 'walk' },
      timeoutConfig: { timeoutMinutes: 10 },
    }),
    learns: 'sessionId',
  },
  'GET /api/messaging/sessions': {},
  'GET /api/messaging/sessions/health': {},
  'GET /api/messaging/sessions/{sessionId}': {},
  'POST /api/messaging/sessions/{sessionId}/messages': { body: () => ({ content: 'Hello' }) },
  'GET /api/messaging/sessions/{sessionId}/messages': { query: () => ({ limit: '10' }) },
  'POST /api/messaging/sessions/{sessionId}/renew': {},
  'PATCH /api/messaging/sessions/{sessionId}/timeout': { body: () => ({ timeoutMinutes: 20, autoRenew: true }) },
  'POST /api/messaging/sessions/{sessionId}/heartbeat': {},
  'DELETE /api/messaging/sessions/{sessionId}': {},

  'DELETE /api/messaging/central-channels/{channelId}/messages': { params: made },
  'DELETE /api/messaging/central-channels/{channelId}': { params: made },
  'DELETE /api/agents/{agentId}': { params: spare },
  'DELETE /api/server/logs': {},
  'POST /api/server/stop': {},
};
