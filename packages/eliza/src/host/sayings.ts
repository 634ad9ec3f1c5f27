/** What an agent says of its own accord, in a room of elizad: core hands it to whoever registered for the room's source. */
import type { Content, Runtime } from './core.ts';
import { send } from './line.ts';
import { isSaid, readContent } from './turn/content.ts';

/** Sources of rooms of elizad, known before the first message: a task may speak first after a restart. */
export const usualSources = ['client_chat', 'client_group_chat', 'central-bus', 'api', 'websocket', 'direct'];

type Target = { readonly [key: string]: unknown };

export function registerSayings(runtime: Runtime, source: string): void {
  const { sendHandlers } = runtime as { sendHandlers?: ReadonlyMap<string, unknown> };
  // A plugin that has a way of its own to this source keeps it.
  if (sendHandlers?.has(source)) return;
  runtime.registerSendHandler(source, (_runtime, target, content) => say(runtime, target, content));
}

async function say(runtime: Runtime, target: Target, content: Content): Promise<void> {
  const room = typeof target.roomId === 'string' ? await runtime.getRoom(target.roomId) : null;
  const channelId = room?.channelId ?? target.channelId;
  if (typeof channelId !== 'string')
    throw new Error('the room is not known: give roomId, as the agent knows rooms, or channelId');
  const said = readContent(content);
  if (!isSaid(said)) return;
  send({ type: 'saying', saying: { agentId: runtime.agentId, roomId: channelId, ...said } });
  if (typeof target.roomId !== 'string') return;
  await runtime.createMemory(
    {
      entityId: runtime.agentId,
      agentId: runtime.agentId,
      roomId: target.roomId,
      createdAt: Date.now(),
      content: { ...content, source: room?.source ?? String(target.source) },
    },
    'messages',
  );
}
