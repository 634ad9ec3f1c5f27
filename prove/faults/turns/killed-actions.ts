/** The server is killed at chosen moments of an action that takes a while: it is done at most once, and its card settles. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createRandom } from '../../hostile/packets/random.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer, type Payload } from '../turn-server.ts';
import { openActingModel } from './acting-model.ts';

const kills = 12;
/** An action takes so long, in ms; the kill comes up to twice as long after the question is acknowledged. */
const actionMs = 250;

/** Writes down that it is done when it begins: what is done before a kill cannot be taken back. */
const config = (dir: string) => `
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { defineAction, defineConfig, z } from 'elizad';
export default defineConfig({
  actions: [
    defineAction({ name: 'work', description: 'Works.', parameters: z.object({}), async run(_input, { channelId }) {
      appendFileSync(${JSON.stringify(join(dir, 'done.txt'))}, channelId + '\\n');
      await setTimeout(${actionMs});
      return 'worked';
    } }),
  ],
});
`;

export async function proveKilledActions({ seed, progress }: MissionOptions): Promise<Mission[]> {
  const random = createRandom(seed, 1);
  const model = await openActingModel('work');
  const server = await openTurnServer({ OPENAI_BASE_URL: model.url }, config);
  const found = { unanswered: 0, doubled: 0, executing: 0, twice: 0, acted: 0 };
  try {
    await server.start();
    for (let kill = 0; kill < kills; kill++) {
      progress(`kill ${kill + 1} of ${kills} in an action`);
      const before = await server.connect();
      const roomId = await before.join('Hannah');
      await before.ask('message', { roomId, text: 'Work' });
      // Spread over what happens, and a little beside that.
      await setTimeout(((kill + random.next()) / kills) * 2 * actionMs);
      await server.kill();
      before.socket.close();
      await server.start();
      const after = await server.connect();
      await after.ask('join', { roomId, since: 0 });
      const isAnswer = (one: Payload) => one.roomId === roomId && one.source === 'agent_response';
      await after.until('messageBroadcast', isAnswer).catch(() => {
        found.unanswered += 1;
      });
      const heard = after.heard.filter(({ event }) => event === 'messageBroadcast').map(({ payload }) => payload);
      const cards = new Map(heard.filter(({ source }) => source === 'agent_action').map((card) => [card.id, card]));
      if (cards.size > 1) found.doubled += 1;
      found.executing += [...cards.values()].filter(({ rawMessage }) => rawMessage.actionStatus === 'executing').length;
      after.socket.close();
    }
    const path = join(server.dir, 'done.txt');
    const done = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    found.acted = done.length;
    found.twice = done.length - new Set(done).size;
  } finally {
    await server.close();
    model.close();
  }
  const { unanswered, doubled, executing, twice, acted } = found;
  return [
    {
      name: 'the server is killed in the middle of actions',
      holds: unanswered + doubled + executing + twice === 0 && acted > 0,
      figures: `${kills} kills; ${acted} actions begun, ${twice} twice; ${doubled} turns with two cards, ${executing} cards left executing, ${unanswered} turns unanswered`,
    },
  ];
}
