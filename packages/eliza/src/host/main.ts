/** The program of a host: `main <directory of the project> <directory for data>`, started by the parent, over its IPC. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { ProjectTurn, ProjectVerdict, ToHost } from '../link.ts';
import { type HostedAgent, type HostedAgents, startAgents } from './agents.ts';
import type { Core } from './core.ts';
import { describeProject } from './describe.ts';
import { log, openLine, send } from './line.ts';
import { findAgents } from './load/agents-of.ts';
import { loadEntry } from './load/entry.ts';
import { loadCore } from './load/load-core.ts';
import { Unusable, wordsOf } from './load/unusable.ts';
import { readLogs } from './logs.ts';
import { useModel } from './models.ts';
import { redact } from './redact.ts';
import { openRoutes } from './routes/server.ts';
import { forgetMessage, forgetRoom } from './turn/memories.ts';
import { ensureRoom, memoryIdOf } from './turn/rooms.ts';
import { runTurn } from './turn/run-turn.ts';
import { createScope, type TurnScope } from './turn/scope.ts';

// Much of a turn outlives the young space and is garbage soon after: as V8 is by default, it waits until the heap is four times
// what is alive. A Node that does not know the flag goes on without it, which it would not where it stood on the command line.
setFlagsFromString('--heap-growing-percent=40');

const [, , directory = '', dataDir = ''] = process.argv;

type Loaded = { readonly core: Core; readonly agents: HostedAgents };

const scopes = new Map<string, TurnScope>();
let loaded: Loaded | undefined;
let isStopping = false;

/** How long agents may think about turns that have ended before they are stopped, in ms. */
const thinkingMs = 2_000;

async function start(): Promise<void> {
  // Bun gives modules a `require`, and plugins that were bundled for it call it.
  Object.assign(globalThis, { require: createRequire(join(directory, 'package.json')) });
  const core = await loadCore(directory);
  readLogs(core.logger);
  // Code of the project may ask for its own main file.
  process.argv[1] = join(directory, 'package.json');
  const project = await loadEntry(directory, (message) => log('warn', redact(message)));
  const agents = await startAgents(core, directory, dataDir, findAgents(project));
  loaded = { core, agents };
  const server = await openRoutes([...agents.byId.values()].map(({ runtime }) => runtime));
  send({ type: 'ready', info: describeProject(core, directory, agents.byId.values(), server) });
}

async function answer(turn: ProjectTurn): Promise<void> {
  const agent = loaded?.agents.byId.get(turn.agentId);
  const end = (verdict: ProjectVerdict) => send({ type: 'ended', turnId: turn.id, verdict });
  if (!loaded || !agent)
    return end({ outcome: 'failed', code: 'agent-unknown', reason: `the project has no agent ${turn.agentId}` });
  const scope = createScope(turn.id);
  scopes.set(turn.id, scope);
  agent.turns += 1;
  const { verdict, after } = await runTurn(loaded.core, agent, turn, scope);
  scopes.delete(turn.id);
  scope.close();
  end(verdict);
  await after;
  agent.turns -= 1;
  forgetStates(agent, memoryIdOf(loaded.core, agent.runtime, turn.message.id));
}

/** Core keeps every state that it has composed, for ever. */
function forgetStates({ runtime, turns }: HostedAgent, memoryId: string): void {
  if (turns === 0) runtime.stateCache.clear();
  else for (const key of runtime.stateCache.keys()) if (key.startsWith(memoryId)) runtime.stateCache.delete(key);
}

async function notice(message: Extract<ToHost, { agentId: string }>): Promise<void> {
  const agent = loaded?.agents.byId.get(message.agentId);
  if (!loaded || !agent) return;
  const { core } = loaded;
  const { runtime } = agent;
  if (message.type === 'message-deleted') await forgetMessage(core, runtime, message.messageId);
  else if (message.type === 'room-cleared') await forgetRoom(core, runtime, message.roomId);
  else if (message.type === 'joined') {
    const { room, entityId, name } = message;
    const source = room.type === 'DM' ? 'client_chat' : 'client_group_chat';
    await agent.inTurn(() => ensureRoom(core, runtime, room, { id: entityId, name, source }));
    const metadata = { originalId: entityId, username: name, displayName: name, type: 'GROUP' };
    // Bootstrap makes the ids of the agent of these itself.
    await runtime.emitEvent('ENTITY_JOINED', {
      runtime,
      entityId,
      worldId: room.serverId,
      roomId: room.id,
      metadata,
      source,
    });
  } else {
    const { id } = message;
    try {
      send({ type: 'used', id, result: await useModel(runtime, message.model, message.params) });
    } catch (error) {
      send({ type: 'used', id, error: wordsOf(error) });
    }
  }
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  try {
    await loaded?.agents.whenIdle(thinkingMs);
    await loaded?.agents.stop();
  } catch (error) {
    log('warn', `not everything stopped in order: ${redact(wordsOf(error))}`);
  }
  end(0);
}

/** What was sent last must get through. */
function end(code: number): void {
  const timer = setTimeout(() => process.exit(code), 1_000);
  process.send?.({ type: 'alive', heapBytes: 0 }, undefined, undefined, () => {
    clearTimeout(timer);
    process.exit(code);
  });
}

openLine((message) => {
  if (message.type === 'turn') void answer(message.turn);
  else if (message.type === 'taken') scopes.get(message.turnId)?.taken(message.count);
  else if (message.type === 'cancel') scopes.get(message.turnId)?.cancel();
  else if (message.type === 'stop') void stop();
  else
    notice(message).catch((error) =>
      log('warn', `${message.type} could not be done: ${redact(wordsOf(error))}`, message.agentId),
    );
});
// One plugin's forgotten promise must not end the turns of all agents; an exception in the middle of anything may.
process.on('unhandledRejection', (error) =>
  log('error', `a promise was rejected and nobody took it: ${redact(wordsOf(error))}`),
);
start().catch((error: unknown) => {
  const reason = redact(wordsOf(error));
  send({ type: error instanceof Unusable ? 'unusable' : 'failed', reason });
  if (!(error instanceof Unusable)) end(1);
});
