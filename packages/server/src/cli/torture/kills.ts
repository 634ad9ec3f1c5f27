/** Kills the server at random moments of the load, and starts it again. */
import { type Chance, pause } from './chance.ts';
import type { Player } from './players/player.ts';
import type { ServerProcess } from './server-process.ts';

type Killing = { server: ServerProcess; witness: Player; kills: number; chance: Chance; count: () => void };

const mostWaitMs = 5_000;

/** Kills now and then while the server starts, or before anybody is back. It runs when this resolves. */
export async function killAll({ server, witness, kills, chance, count }: Killing): Promise<void> {
  for (let killed = 1; killed <= kills; killed++) {
    const isStarting = killed > 1 && chance.happens(0.1);
    if (isStarting) await server.start(chance.between(20, 400));
    else {
      if (killed > 1) await server.start();
      // On a slow machine a life would otherwise be over before it began.
      const longest = chance.happens(0.1) ? 0 : mostWaitMs;
      for (const began = performance.now(); !witness.socket.connected && performance.now() - began < longest; )
        await pause(10);
      await pause(chance.between(100, 1_200));
    }
    await server.kill();
    count();
  }
  await server.start();
}
