/** The agents with their turns, and what makes them speak without being asked in a room: jobs, and chat sessions. */
import { type Agents, openAgents } from '../agents/agents.ts';
import type { LoadedCharacter } from '../agents/characters/characters.ts';
import type { LoadedConfig } from '../agents/config/loaded-config.ts';
import type { Settings } from '../config.ts';
import { type Jobs, openJobs } from '../messaging/jobs/jobs.ts';
import { type ChatSessions, openChatSessions } from '../messaging/sessions/chat-sessions.ts';
import type { Rooms } from './open-rooms.ts';
import type { Store } from './open-store.ts';

export type Company = { agents: Agents; jobs: Jobs; chatSessions: ChatSessions };

export async function openCompany(
  settings: Settings,
  { logger }: Store,
  { messaging, above }: Rooms,
  loaded: { config: LoadedConfig; characters: readonly LoadedCharacter[]; serverUrl(): string | undefined },
): Promise<Company> {
  const agents = await openAgents({ messaging, logger, settings, ...loaded });
  above.worker = agents.worker;
  // Without a project nobody listens.
  if (settings.projects.length > 0) above.hear = agents.projects.hear;
  const jobs = openJobs({
    messaging,
    cancelTurns: agents.worker.cancel,
    onError: (err) => logger.error({ err }, 'jobs could not be processed'),
  });
  const chatSessions = openChatSessions({
    messaging,
    limits: {
      timeoutMinutes: settings.sessionTimeoutMinutes,
      minTimeoutMinutes: settings.sessionMinTimeoutMinutes,
      maxTimeoutMinutes: settings.sessionMaxTimeoutMinutes,
      maxDurationMinutes: settings.sessionMaxDurationMinutes,
      warningThresholdMinutes: settings.sessionWarningMinutes,
      autoRenew: settings.sessionAutoRenew,
    },
    keptMs: settings.sessionKeptMinutes * 60_000,
    settingsOf: (id) => agents.roster.get(id)?.character.settings,
    onError: (err) => logger.error({ err }, 'sessions could not be processed'),
  });
  return { agents, jobs, chatSessions };
}
