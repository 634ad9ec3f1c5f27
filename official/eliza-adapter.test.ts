/**
 * The adapter of packages/eliza against plugin-sql 1.7.2 on PGlite: generated sequences of calls, the same on both, with the
 * same results. ELIZA_SEQUENCES says how many sequences there are altogether. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Call, compound, invoke } from './eliza-adapter/calls.ts';
import { assertSame } from './eliza-adapter/compare.ts';
import { differences } from './eliza-adapter/differences.ts';
import { agentId, entities, makeVector, memories, rooms, times, worlds } from './eliza-adapter/pools.ts';
import { type Callable, openOurs, openPluginSql, type Side } from './eliza-adapter/sides.ts';
import {
  cacheCalls,
  lengthCalls,
  logCalls,
  memoryCalls,
  searchCalls,
  taskCalls,
} from './eliza-adapter/subjects-memory.ts';
import {
  agentCalls,
  componentCalls,
  entityCalls,
  participantCalls,
  placeCalls,
  relationshipCalls,
} from './eliza-adapter/subjects-places.ts';

const sequences = Number(process.env.ELIZA_SEQUENCES ?? 900);
const seed = process.env.ELIZA_SEED === undefined ? {} : { seed: Number(process.env.ELIZA_SEED) };

/** Deleted with all that it has, and made again: nothing is without an agent there. */
const agentAgain = compound('deleteAgent and createAgent', async (adapter) => {
  const deleted = await invoke(adapter, 'deleteAgent', agentId);
  return [deleted, await invoke(adapter, 'createAgent', { id: agentId, name: 'Ada', bio: 'Counts.' })];
});
const aboutPlaces = [...entityCalls, ...componentCalls, ...placeCalls, ...participantCalls, ...relationshipCalls];
const aboutMemory = [...memoryCalls, ...searchCalls, ...cacheCalls, ...taskCalls, ...logCalls];

type Subject = { calls: readonly fc.Arbitrary<Call>[]; share: number; start?: (adapter: Callable) => Promise<void> };

/** Calls by subject, and how much of all sequences each gets. */
const subjects: Record<string, Subject> = {
  agents: { calls: agentCalls, share: 1, start: async () => {} },
  entities: { calls: [...entityCalls, ...participantCalls.slice(0, 3)], share: 1 },
  components: { calls: [...componentCalls, ...entityCalls.slice(0, 2)], share: 1 },
  'worlds and rooms': { calls: placeCalls, share: 1 },
  participants: { calls: participantCalls, share: 1 },
  relationships: { calls: relationshipCalls, share: 1 },
  memories: { calls: memoryCalls, share: 2, start: remember },
  searches: { calls: searchCalls, share: 2, start: remember },
  'embeddings of two lengths': { calls: lengthCalls, share: 0.5 },
  cache: { calls: cacheCalls, share: 0.5 },
  tasks: { calls: taskCalls, share: 1 },
  logs: { calls: logCalls, share: 1 },
  everything: { calls: [...aboutPlaces, ...aboutMemory, agentAgain], share: 3, start: remember },
};
const shares = Object.values(subjects).reduce((sum, { share }) => sum + share, 0);

async function furnish(adapter: Callable): Promise<void> {
  await invoke(adapter, 'createAgent', { id: agentId, name: 'Ada', bio: 'Counts.' });
  await invoke(adapter, 'createWorld', { id: worlds[0], agentId, name: 'Earth' });
  const common = { source: 'discord', type: 'GROUP', worldId: worlds[0] };
  await invoke(
    adapter,
    'createRooms',
    rooms.slice(0, 2).map((id) => ({ id, name: id.slice(-1), ...common })),
  );
  await invoke(
    adapter,
    'createEntities',
    entities.slice(0, 3).map((id) => ({ id, names: [id.slice(-1)], metadata: {}, agentId })),
  );
  await invoke(adapter, 'addParticipantsRoom', entities.slice(0, 2), rooms[0]);
}

/** Something to find from the first call on. */
async function remember(adapter: Callable): Promise<void> {
  await furnish(adapter);
  const said = { entityId: entities[0], roomId: rooms[0], worldId: worlds[0], content: { text: 'hello' } };
  const [first, second, third] = memories;
  await invoke(
    adapter,
    'createMemory',
    { ...said, id: first, createdAt: times[1], embedding: makeVector(0, 1) },
    'messages',
  );
  await invoke(
    adapter,
    'createMemory',
    { ...said, id: second, createdAt: times[2], embedding: makeVector(1, 2) },
    'messages',
  );
  await invoke(adapter, 'createMemory', { ...said, id: third, roomId: rooms[1], metadata: { type: 'a' } }, 'facts');
}

describe('the adapter of packages/eliza gives what plugin-sql gives', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elizad-adapter-'));
  let sides: readonly Side[] = [];
  before(async () => {
    sides = [await openPluginSql(), openOurs(folder)];
  });
  after(async () => {
    for (const side of sides) await side.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [name, { calls, share, start = furnish }] of Object.entries(subjects))
    test(name, { timeout: Number.POSITIVE_INFINITY }, async (t) => {
      let compared = 0;
      const sequence = fc.array(fc.oneof(...calls), { minLength: 5, maxLength: 15 });
      const property = fc.asyncProperty(sequence, async (all) => {
        for (const side of sides) {
          await side.reset();
          await start(side.adapter);
        }
        for (const call of all) {
          await assertSame(call, sides);
          compared += 1;
        }
      });
      const numRuns = Math.max(1, Math.round((sequences * share) / shares));
      await fc.assert(property, { numRuns, ...seed });
      t.diagnostic(`${numRuns} sequences, ${compared} calls`);
    });

  test('every difference has its reason', () => {
    for (const { what, why } of differences) assert.ok(what !== '' && why !== '');
  });
});
