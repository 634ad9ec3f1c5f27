/** The clock of the server is set forward and back, by an hour and by forty days, while people talk, and at restarts. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createRandom } from '../../hostile/packets/random.ts';
import { audit, judge, listTraces, waitForTurns } from '../ledger.ts';
import type { Mission, MissionOptions } from '../mission.ts';
import { openTurnServer, type TurnServer } from '../turn-server.ts';
import { pageThrough } from './history-pages.ts';
import { findAgents, startTalkers, type Talkers } from './talkers.ts';

const hourMs = 3_600_000;
const fortyDaysMs = 40 * 24 * hourMs;
/** Each of these is how far the clock is off, for so long. */
const offsets = [hourMs, 0, -hourMs, 0, fortyDaysMs, 0, -fortyDaysMs, 0];
const [people, stepMs] = [9, 2_500];
/** A job that nobody answers ends after its time, in ms: not much earlier, and not an hour later. */
const [jobMs, earlyMs, lateMs] = [3_000, 500, 4_000];
const mostP99Ms = 1_000;
/** What is done after ten minutes, and then every minute, is done so many times as often: after six seconds. */
const [hastened, choresMs] = ['100', 9_000];

export async function proveMovedClock({ seed, progress }: MissionOptions): Promise<Mission[]> {
  const server = await openTurnServer({
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, 'shifted-clock.ts'))}`,
    TURN_TIMEOUT_MS: '50000',
    MODEL_ATTEMPTS: '3',
    REST_REQUESTS_PER_MINUTE: '0',
  });
  const file = join(server.dir, 'clock');
  const setClock = (ms: number) => {
    // In one step: it is read at any moment.
    writeFileSync(`${file}.new`, String(ms));
    renameSync(`${file}.new`, file);
  };
  const env = { CLOCK_OFFSET_FILE: file };
  try {
    await server.start(env);
    const ids = await findAgents(server.url);
    const agentIds = Array.from({ length: people }, (_, n) => [ids.Eliza, ids.Quinn, undefined][n % 3]);
    const talkers = await startTalkers({ url: server.url, random: createRandom(seed, 23), agentIds, everyMs: 60 });
    const began = performance.now();
    const jobs: string[] = [];
    for (const offset of offsets) {
      progress(`the clock is off by ${offset / hourMs} hours`);
      server.slow.script({ kind: 'hang' });
      const arrived = server.slow.arrived(server.slow.requests.length + 1);
      const job = askInVain(server.url, ids.Hannah as string);
      await arrived;
      setClock(offset);
      await pause(stepMs);
      jobs.push(await job);
    }
    const p99 = talkers.p99Since(began);
    const young = await outliveRestarts({ server, talkers, setClock, env, progress });
    await talkers.stop();
    const haveEnded = await waitForTurns(server.dataDir, 60_000);
    const verdict = judge(talkers.ledger, audit(server.dataDir, talkers.ledger));
    const missed = { seq: 0, created_at: 0 };
    for (const by of ['seq', 'created_at'] as const)
      for (const roomId of talkers.rooms) missed[by] += await pageThrough(server.url, roomId, by);
    const unheard = talkers.countUnheard();
    const { resumed, anew } = talkers.count();
    const areSane = jobs.every((job) => job === 'timeout');
    talkers.close();
    return [
      {
        name: 'the clock is set forward and back under load and at restarts',
        holds:
          verdict.holds &&
          haveEnded &&
          unheard + anew + missed.seq + young.gone === 0 &&
          resumed > 0 &&
          areSane &&
          p99 < mostP99Ms,
        figures:
          `by an hour and forty days; p99 ${p99.toFixed(0)} ms (< ${mostP99Ms}); jobs that nobody answers: ${jobs.join(', ')}; ` +
          `clients came back ${resumed} times as who they were, ${anew} anew; of ${young.all} traces of the last minutes ${young.gone} were forgotten; ` +
          `missed in the history paged by number ${missed.seq}, by time ${missed.created_at} (does not count: a clock that was days ahead is not made up for); ${verdict.figures}; unheard ${unheard}`,
      },
    ];
  } finally {
    await server.close();
  }
}

type Life = {
  server: TurnServer;
  talkers: Talkers;
  setClock(ms: number): void;
  env: Record<string, string>;
  progress: MissionOptions['progress'];
};

/** What is old is forgotten by such a clock, beside clients that are there; then the server is killed, and they come back. */
async function outliveRestarts({ server, talkers, setClock, env, progress }: Life) {
  const restart = async (more: Record<string, string> = {}) => {
    const before = talkers.count();
    await server.kill();
    await server.start({ ...env, ...more });
    await talkers.until(({ resumed, anew }) => resumed + anew >= before.resumed + before.anew + people);
  };
  const quick = { LONG_TIMERS_BY: hastened };
  progress('started anew with a clock forty days ahead');
  setClock(fortyDaysMs);
  await restart(quick);
  await pause(choresMs);
  setClock(0);
  progress('and with the right one, which is forty days ahead for a while');
  await restart(quick);
  await pause(choresMs);
  const young = listTraces(server.dataDir);
  setClock(fortyDaysMs);
  await pause(choresMs);
  setClock(0);
  const left = new Set(listTraces(server.dataDir));
  await restart();
  return { all: young.length, gone: young.filter((id) => !left.has(id)).length };
}

/** Asks an agent that does not answer, by a job; resolves with how that ended, and when, where it was not in time. */
async function askInVain(url: string, agentId: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const path = `${url}/api/messaging/jobs`;
  const body = JSON.stringify({ userId: crypto.randomUUID(), agentId, content: 'Hello?', timeoutMs: jobMs });
  const began = performance.now();
  const { jobId } = (await (await fetch(path, { method: 'POST', headers, body })).json()) as { jobId: string };
  for (;;) {
    const { status } = (await (await fetch(`${path}/${jobId}?wait=1`)).json()) as { status: string };
    const ms = performance.now() - began;
    const isOver = status !== 'pending' && status !== 'processing';
    if (isOver && ms > jobMs - earlyMs) return status;
    if (isOver) return `${status} after ${ms.toFixed(0)} ms`;
    if (ms > jobMs + lateMs) return `${status} after ${ms.toFixed(0)} ms`;
  }
}
