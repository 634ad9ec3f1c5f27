/** Kills the process of a project and its server in turns, at each step of a turn, and starts the server again. */
import { type Chance, pause } from '../chance.ts';
import type { Player } from '../players/player.ts';
import type { ServerProcess } from '../server-process.ts';
import type { HostProcess } from './host-process.ts';
import { type Moment, moments, until } from './moments.ts';

export type Kill = { readonly who: 'project' | 'server'; readonly moment: Moment; readonly at: number };

type Killing = {
  server: ServerProcess;
  host: HostProcess;
  witness: Player;
  kills: number;
  chance: Chance;
  isAsked: (roomId: string) => boolean;
  note: (kill: Kill) => void;
  /** No kill comes after so many s. */
  withinSeconds: number;
};

const connectMs = 5_000;
const restartMs = 8_000;

/** It runs when this resolves. */
export async function killProject(killing: Killing): Promise<void> {
  const { server, host, witness, kills, chance, isAsked, note, withinSeconds } = killing;
  const deadline = performance.now() + withinSeconds * 1_000;
  for (let killed = 0; killed < kills && performance.now() < deadline; killed++) {
    const who = killed % 2 === 0 ? 'project' : 'server';
    const moment = moments[Math.floor(killed / 2) % moments.length] as Moment;
    for (const since = performance.now(); !witness.socket.connected && performance.now() - since < connectMs; )
      await pause(10);
    await until(moment, { socket: witness.socket, host, chance, isAsked });
    if (who === 'server') {
      note({ who, moment, at: performance.now() });
      await server.kill();
      await server.start();
      continue;
    }
    // It may be between two lives: then the next is hit.
    if (!host.kill()) {
      await host.next(restartMs);
      host.kill();
    }
    note({ who, moment, at: performance.now() });
    // Now and then it is hit again as soon as it is back, in the same turn.
    if (chance.happens(0.15) && (await host.next(restartMs))) {
      await pause(chance.between(200, 1_500));
      host.kill();
      note({ who, moment: 'while the project starts', at: performance.now() });
    }
  }
}
