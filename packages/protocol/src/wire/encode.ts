/** How our events become the frames that clients know. */
import type { Message, ServerEventName, ServerEvents } from './events.ts';
import type { Frame, WireOutPayload } from './wire-out.ts';

const rooms = (channelId: string) => ({ channelId, roomId: channelId });
const servers = (serverId: string) => ({ serverId, messageServerId: serverId });
const byId = <T extends { id: string }, U>(items: readonly T[], show: (item: T) => U): Record<string, U> =>
  Object.fromEntries(items.map((item) => [item.id, show(item)]));

function showMessage({
  message: m,
  clientMessageId,
  replay,
}: ServerEvents['message-posted']): WireOutPayload<'messageBroadcast'> {
  return {
    id: m.id,
    senderId: m.senderId,
    senderName: m.senderName,
    text: m.text,
    roomId: m.channelId,
    channelId: m.channelId,
    serverId: m.serverId,
    messageServerId: m.serverId,
    createdAt: m.createdAt,
    source: m.source,
    thought: m.thought,
    actions: m.actions,
    attachments: m.attachments,
    metadata: m.metadata,
    seq: m.seq,
    inReplyTo: m.inReplyTo,
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(replay && { replay }),
    ...(m.updatedAt !== undefined && { updatedAt: m.updatedAt }),
    ...(m.source === 'agent_action' && { rawMessage: showCard(m) }),
  };
}

/** What a card of an action is drawn from: what came with it, and what it says now. */
const showCard = ({ rawMessage, metadata, text, actions, source }: Message): Record<string, unknown> => ({
  ...metadata,
  ...(typeof rawMessage === 'object' && !Array.isArray(rawMessage) && rawMessage),
  text,
  actions,
  source,
});

function showWorld(world: ServerEvents['world-state']): WireOutPayload<'world-state'> {
  return {
    ...servers(world.serverId),
    ...(world.channelId !== undefined && rooms(world.channelId)),
    seq: world.seq,
    timestamp: world.timestamp,
    agents: byId(world.agents, (agent) => agent),
    users: byId(world.users, (user) => user),
    channels: byId(world.channels, (channel) => ({ ...channel, ...servers(channel.serverId) })),
    messages: byId(world.messages, (message) => showMessage({ message })),
  };
}

const inRoom = <T extends { channelId: string }>(event: T) => ({ ...event, roomId: event.channelId });
const presenceOf = ({ entityId, channelId }: { entityId: string; channelId: string }) => ({
  userId: entityId,
  ...rooms(channelId),
});

/** Which frames each of our events becomes, in the order in which they leave. */
export const encoders: { readonly [E in ServerEventName]: (event: ServerEvents[E]) => readonly Frame[] } = {
  welcome: ({ entityId, timestamp, socketId, limits, version, resumed }) => [
    ['authenticated', { entityId, timestamp }],
    [
      'connection_established',
      { message: `Connected to elizad ${version}`, socketId, entityId, limits, version, resumed },
    ],
  ],
  'channel-joined': (event) => [
    ['channel_joined', inRoom(event)],
    ['room_joined', inRoom(event)],
  ],
  'channel-left': (event) => [
    ['channel_left', inRoom(event)],
    ['room_left', inRoom(event)],
  ],
  'message-posted': (event) => [['messageBroadcast', showMessage(event)]],
  'message-accepted': (event) => [['messageAck', { ...inRoom(event), status: 'received_by_server_and_processing' }]],
  'chunk-streamed': (event) => [['messageStreamChunk', inRoom(event)]],
  'stream-failed': (event) => [['messageStreamError', inRoom(event)]],
  'message-completed': (event) => [['messageComplete', { ...inRoom(event), messageServerId: event.serverId }]],
  'message-deleted': (event) => [['messageDeleted', inRoom(event)]],
  'channel-cleared': (event) => [['channelCleared', inRoom(event)]],
  'channel-deleted': (event) => [['channelDeleted', inRoom(event)]],
  'channel-updated': (event) => [['channelUpdated', inRoom(event)]],
  'input-controlled': (event) => [['controlMessage', inRoom(event)]],
  'session-warned': (event) => [['sessionExpirationWarning', inRoom(event)]],
  'session-ended': (event) => [['sessionExpired', inRoom(event)]],
  'session-renewed': (event) => [['sessionRenewed', inRoom(event)]],
  'world-state': (event) => [['world-state', showWorld(event)]],
  logged: (event) => [
    ['logEntry', event],
    ['log_stream', { type: 'log_entry', payload: event }],
  ],
  'log-subscription': ({ subscribed }) => [
    [
      'log_subscription_confirmed',
      { subscribed, message: subscribed ? 'Subscribed to the log stream' : 'Unsubscribed from the log stream' },
    ],
  ],
  'log-filters': ({ filters: current, error }) => [
    ['log_filters_updated', current ? { success: true, filters: current } : { success: false, error: error ?? '' }],
  ],
  'logged-many': (event) => [['logEntries', event]],
  'wire-watched': (event) => [['wireEvent', event]],
  'participant-joined': (event) => [['userJoined', presenceOf(event)]],
  'participant-left': (event) => [['userLeft', presenceOf(event)]],
  typing: (event) => [['userTyping', { ...presenceOf(event), isTyping: event.isTyping }]],
  failed: (event) => [
    ['error', event],
    ['messageError', { error: event.error }],
  ],
};

/** Our event in, the frames that clients know out. */
export const encodeEvent = <E extends ServerEventName>(name: E, event: ServerEvents[E]): readonly Frame[] =>
  encoders[name](event);
