/** The end of a run: everything comes to rest, and what was heard is compared with what the rooms hold. */
import { pause } from './chance.ts';
import { type Finding, type Heard, type Ledger, pendingKinds } from './ledger.ts';
import type { Done, Load, Room } from './load.ts';
import type { Tally } from './players/asking.ts';
import { type Place, readHistory } from './players/stranger.ts';
import type { ServerProcess } from './server-process.ts';

export type Ending = {
  place: Place;
  /** How long nothing may come before what is still due counts as missing, in s. */
  patience: number;
  rooms: readonly Room[];
  ledger: Ledger;
  tally: Tally;
  done: Done;
  /** Questions by how they ended. */
  completed: Readonly<Record<string, number>>;
};

/** Resolves when something is so, or nothing has come for as long as our patience lasts. */
export async function waitUntil({ patience, tally, done, completed }: Ending, isSo: () => boolean): Promise<void> {
  let [heard, since] = [-1, 0];
  while (!isSo()) {
    const now = tally.heard + Object.values(completed).reduce((a, b) => a + b, 0) + done.acks;
    if (now !== heard) [heard, since] = [now, performance.now()];
    if (performance.now() - since > patience * 1_000) return;
    await pause(50);
  }
}

/** Lets everything come to its end, and compares with what the rooms hold then. */
export async function finish(ending: Ending, load: Load, server: ServerProcess | undefined): Promise<Finding[]> {
  const { place, rooms, ledger } = ending;
  // It ended by itself: that is held against it already, and what it kept is still worth knowing.
  if (server && !server.isRunning()) await server.start().catch(() => {});
  if (server && !server.isRunning()) return ledger.judge(new Map());
  await waitUntil(ending, load.isAtRest);
  let findings: Finding[] = [];
  let isWhole = false;
  for (let times = 1; times <= 3 && !isWhole; times++) {
    const histories = new Map<string, Heard[]>();
    for (const { id } of rooms) histories.set(id, await readHistory(place, id));
    await waitUntil(ending, () => {
      findings = ledger.judge(histories);
      return findings.every(({ kind, count }) => count === 0 || !pendingKinds.has(kind));
    });
    // What came after the rooms were read is not in what was read.
    isWhole = rooms.every(({ id }) => (ledger.lastHeard('witness', id) ?? 0) <= (histories.get(id)?.at(-1)?.seq ?? 0));
  }
  return findings;
}
