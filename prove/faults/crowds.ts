/** Much of one thing: rooms of a user, agents, readers of the largest messages. Under four minutes. */
import { proveLargestMessages } from './crowds/largest-messages.ts';
import { proveManyAgents } from './crowds/many-agents.ts';
import { proveManyRooms } from './crowds/many-rooms.ts';
import { type Mission, type MissionOptions, runEach } from './mission.ts';

export const crowds = (options: MissionOptions): Promise<Mission[]> =>
  runEach(options, {
    'many rooms of one user': proveManyRooms,
    'many agents': proveManyAgents,
    'the largest messages': proveLargestMessages,
  });
