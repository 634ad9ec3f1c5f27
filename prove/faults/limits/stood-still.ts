/** The process stands still, as of a machine that sleeps or is moved, while people talk and agents are asked; then it goes on. */
import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../hostile/packets/random.ts';
import { audit, judge, waitForTurns } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer } from '../turn-server.ts';
import { findAgents, startTalkers } from './talkers.ts';

/** Long enough for clients to think that the server has gone: they hear a ping every 25 s, and wait 20 s more. */
const [people, stillMs] = [13, 40_000];
/** The first acknowledgement comes so soon after it goes on: 10 ms on a quiet machine. */
const mostFirstMs = 2_000;
/** So long it may take until all is as before, and the p99 of the waits from then on, in ms. */
const [settlingMs, mostP99Ms] = [3_000, 1_000];

export async function proveStoodStill({ seed, progress }: MissionOptions): Promise<Mission[]> {
  const server = await openTurnServer({ MODEL_ATTEMPTS: '3' });
  try {
    await server.start();
    const { url, pid } = server;
    const ids = await findAgents(url);
    const agentIds = Array.from({ length: people }, (_, n) => [ids.Eliza, ids.Quinn, undefined][n % 3]);
    const talkers = await startTalkers({ url, random: createRandom(seed, 22), agentIds, everyMs: 60 });
    await pause(3_000);
    progress(`the server stands still for ${stillMs / 1_000} s`);
    process.kill(pid, 'SIGSTOP');
    await pause(stillMs);
    const first = talkers.nextAck();
    const began = performance.now();
    process.kill(pid, 'SIGCONT');
    await first;
    const firstMs = performance.now() - began;
    progress('and goes on');
    await pause(settlingMs + 5_000);
    const p99 = talkers.p99Since(began + settlingMs);
    await talkers.stop();
    const haveEnded = await waitForTurns(server.dataDir, 30_000);
    const verdict = judge(talkers.ledger, audit(server.dataDir, talkers.ledger));
    const unheard = talkers.countUnheard();
    const { resumed, anew } = talkers.count();
    const isSame = server.isAlive() && server.pid === pid;
    talkers.close();
    return [
      {
        name: `the server stands still for ${stillMs / 1_000} s under load`,
        holds: verdict.holds && haveEnded && isSame && unheard + anew === 0 && firstMs < mostFirstMs && p99 < mostP99Ms,
        figures:
          `first ack after ${firstMs.toFixed(0)} ms (< ${mostFirstMs}); p99 from ${settlingMs / 1_000} s on ${p99.toFixed(0)} ms (< ${mostP99Ms}); ` +
          `of ${people} clients ${resumed} came back as who they were, ${anew} anew; ${isSame ? 'not restarted' : '**restarted**'}; ${verdict.figures}; unheard ${unheard}`,
      },
    ];
  } finally {
    await server.close();
  }
}
