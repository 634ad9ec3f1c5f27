/** What an agent remembers of the messages of elizad: its own answers, and what was deleted or cleared. */
import type { Content, Core, Runtime } from '../core.ts';
import { type AgentRoom, memoryIdOf } from './rooms.ts';

type Answer = {
  readonly turnId: string;
  readonly part: number;
  readonly content: Content;
  readonly places: AgentRoom;
};

/** Under an id made of that of the turn, which is the message in elizad: so its deletion finds it. */
export async function rememberAnswer(core: Core, runtime: Runtime, answer: Answer): Promise<void> {
  const { turnId, part, places } = answer;
  // Core hangs what was called back on the answer, mostly the answer itself.
  const { actionCallbacks: _actions, evalCallbacks: _evaluations, ...content } = answer.content;
  const id = memoryIdOf(core, runtime, turnId, part);
  // The turn was cut off, and runs again: what is said now counts.
  if (await runtime.getMemoryById(id)) await runtime.deleteMemory(id);
  const { agentId } = runtime;
  const metadata = { type: 'message', source: 'agent_response', sourceId: turnId };
  await runtime.createMemory(
    { id, entityId: agentId, agentId, content, ...places, createdAt: Date.now(), metadata },
    'messages',
  );
}

const mostParts = 100;

export async function forgetMessage(core: Core, runtime: Runtime, messageId: string): Promise<void> {
  for (let part = 0; part < mostParts; part += 1) {
    const memory = await runtime.getMemoryById(memoryIdOf(core, runtime, messageId, part));
    if (!memory) return;
    if (runtime.messageService) await runtime.messageService.deleteMessage(runtime, memory);
  }
}

export async function forgetRoom(core: Core, runtime: Runtime, channelId: string): Promise<void> {
  await runtime.messageService?.clearChannel(runtime, core.createUniqueUuid(runtime, channelId), channelId);
}
