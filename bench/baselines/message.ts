/** What the baselines tell a room: a payload with the keys and the size of our `messageBroadcast`. */

export type Said = { roomId: string; text: string; messageId?: string };

const id = crypto.randomUUID();

export const showMessage = ({ roomId, text }: Said, seq: number) => ({
  id: crypto.randomUUID(),
  senderId: id,
  senderName: 'User',
  text,
  roomId,
  channelId: roomId,
  serverId: id,
  messageServerId: id,
  createdAt: Date.now(),
  source: 'socketio_client',
  thought: null,
  actions: [],
  attachments: [],
  metadata: {},
  seq,
  inReplyTo: null,
});
