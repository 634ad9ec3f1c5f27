/**
 * The Eliza OS projects of a server: each runs in a process of its own, and its agents are agents like all others. Loaded only
 * where there is a project.
 */
import { join, resolve } from 'node:path';
import { openProject, type Project, type ProjectInfo, type ProjectOptions, routesTokenHeader } from 'elizad-eliza';
import { ElizadError, type ServerEventName, type ServerEvents } from 'elizad-protocol';
import type { Messaging } from '../../messaging/ground/context.ts';
import { postAside } from '../../messaging/posts/agent-posts.ts';
import type { Logger } from '../../observability/logger.ts';
import type { LoadedCharacter } from '../characters/characters.ts';
import type { Model } from '../models/model.ts';
import type { Runner } from '../turn/runner.ts';
import { toLoadedCharacter } from './project-character.ts';
import { createProjectModel } from './project-model.ts';
import { createProjectRunner, describeRoom, toAttachments } from './project-runner.ts';
import { watchProject } from './watch-project.ts';

/** What a project has to do with one of its agents. */
export type Hosted = { readonly runner: Runner; readonly model: Model; readonly modelKey: string };

export type Projects = {
  /** Whether there are any. */
  readonly isAny: boolean;
  /** Their agents, of the projects that are ready. */
  listCharacters(): LoadedCharacter[];
  /** Undefined for an agent of no project. */
  find(agentId: string): Hosted | undefined;
  /** Where the routes of an agent's plugins are served, and what a request must carry there; undefined where nothing is. */
  findRoutes(agentId: string): { port: number; headers: Record<string, string> } | undefined;
  /** The agent that has a plugin with routes by this name: the first one, where none is named. */
  findPlugin(name: string, agentId?: string): string | undefined;
  /** For people: where each stands. */
  list(): { project: Project; info: ProjectInfo | undefined }[];
  /** Told of everything that rooms hear. */
  hear<E extends ServerEventName>(event: E, payload: ServerEvents[E]): void;
  stop(timeoutMs: number): Promise<void>;
};

type Deps = {
  messaging: Messaging;
  logger: Logger;
  settings: { projects: readonly string[]; dataDir: string; turnTimeoutMs: number };
  serverUrl(): string | undefined;
  /** The agents of a project have come, changed, or gone. */
  onAgents(): void;
};

/** How long a start waits for its projects, in ms; one that takes longer comes later. */
const startMs = 20_000;

export async function openProjects(deps: Deps): Promise<Projects> {
  const { settings } = deps;
  const running = settings.projects.map((directory) => runProject(deps, resolve(directory)));
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, startMs);
  await Promise.race([Promise.all(running.map(({ project }) => project.whenReady())), late.promise]);
  clearTimeout(timer);
  const ownerOf = (agentId: string) => running.find(({ agents }) => agents.has(agentId));

  return {
    isAny: true,
    listCharacters: () => running.flatMap(({ agents }) => [...agents.values()].map(({ loaded }) => loaded)),
    find: (agentId) => ownerOf(agentId)?.agents.get(agentId)?.hosted,
    findRoutes(agentId) {
      const info = ownerOf(agentId)?.project.info();
      return info && { port: info.routesPort, headers: { [routesTokenHeader]: info.routesToken } };
    },
    findPlugin: (name, agentId) =>
      running
        .flatMap(({ project }) => project.info()?.agents ?? [])
        .find(({ id, routes }) => (agentId === undefined || id === agentId) && routes.includes(name))?.id,
    list: () => running.map(({ project }) => ({ project, info: project.info() })),
    hear(event, payload) {
      for (const { project, agents } of running) passOn(deps, project, agents, { event, payload } as Heard);
    },
    async stop(timeoutMs) {
      await Promise.all(running.map(({ stopWatching }) => stopWatching()));
      await Promise.all(running.map(({ project }) => project.stop(timeoutMs)));
    },
  };
}

type Agents = Map<string, { loaded: LoadedCharacter; hosted: Hosted }>;

function runProject(deps: Deps, directory: string) {
  const { messaging, logger, settings } = deps;
  const agents: Agents = new Map();
  const nameOf = (agentId: string | undefined) => agents.get(agentId ?? '')?.loaded.character.name;
  const project: Project = openProject({
    directory,
    dataDir: join(settings.dataDir, 'projects'),
    serverUrl: deps.serverUrl,
    onLog({ level, message, agentId }) {
      logger[level]({ project: project.name, ...(agentId && { agentId, agentName: nameOf(agentId) }) }, message);
    },
    onSaying(saying) {
      say(deps, saying, nameOf(saying.agentId)).catch((error) => {
        const entry = { project: project.name, agentId: saying.agentId, error: (error as Error).name };
        logger.warn(entry, 'what an agent says of its own accord was not posted');
      });
    },
    onInfo(info) {
      agents.clear();
      const runner = createProjectRunner({ messaging, project, timeoutMs: settings.turnTimeoutMs, logger });
      for (const agent of info.agents) {
        const hosted = { runner, model: createProjectModel(project, agent.id), modelKey: `project ${directory}` };
        agents.set(agent.id, { loaded: toLoadedCharacter(agent, project.name), hosted });
      }
      deps.onAgents();
    },
    onState({ name, reason }) {
      const level = name === 'unusable' ? 'error' : name === 'restarting' ? 'warn' : 'info';
      logger[level]({ project: directory }, `the project is ${name}${reason ? `: ${reason}` : ''}`);
    },
  });
  const stopWatching = watchProject(directory, async () => {
    logger.info({ project: project.name }, 'the project has changed, and starts again');
    project.restart().catch((err) => logger.error({ err, project: project.name }, 'the project was not started again'));
  });
  return { project, agents, stopWatching };
}

/** Words of an agent's own accord, such as a task's: in rooms where it is, like an answer, and nobody waits for them. */
async function say({ messaging }: Deps, saying: Parameters<ProjectOptions['onSaying']>[0], name = 'Agent') {
  const { agentId, roomId, text, thought, actions, attachments } = saying;
  const channel = await messaging.channels.find(roomId);
  if (channel?.participants.get(agentId)?.kind !== 'agent') throw new ElizadError('not-a-participant');
  await postAside(messaging, roomId, {
    senderId: agentId,
    senderName: name,
    text,
    thought,
    actions: [...actions],
    attachments: toAttachments(attachments),
    source: 'agent_response',
    metadata: {},
    inReplyTo: null,
  });
}

type Heard = { [E in ServerEventName]: { event: E; payload: ServerEvents[E] } }[ServerEventName];

/** Deletions, clears and arrivals, for the agents of a project that are in the room. */
function passOn({ messaging, logger }: Deps, project: Project, agents: Agents, heard: Heard): void {
  const { event, payload } = heard;
  if (event !== 'message-deleted' && event !== 'channel-cleared' && event !== 'participant-joined') return;
  const { channelId } = payload;
  const pass = async () => {
    const channel = await messaging.channels.find(channelId);
    if (!channel) return;
    for (const { id: agentId } of channel.participants.agents) {
      if (!agents.has(agentId)) continue;
      if (heard.event === 'message-deleted') project.messageDeleted(agentId, channelId, heard.payload.messageId);
      else if (heard.event === 'channel-cleared') project.roomCleared(agentId, channelId);
      else if (heard.event === 'participant-joined') {
        const { entityId } = heard.payload;
        if (agents.has(entityId)) continue;
        const name = channel.participants.get(entityId)?.name ?? 'User';
        project.joined(agentId, describeRoom(channel), { entityId, name });
      }
    }
  };
  pass().catch((err) =>
    logger.error({ err, project: project.name }, 'a project could not be told what its room heard'),
  );
}
