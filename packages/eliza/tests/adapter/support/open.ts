/** An adapter on a file of its own, with an agent, a world, two rooms and two people in the first. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Adapter, createAdapter } from '../../../src/host/adapter/adapter.ts';

export const agentId = 'a0000000-0000-4000-8000-000000000001';
export const world = 'd0000000-0000-4000-8000-000000000001';
export const [room, otherRoom] = [
  'b0000000-0000-4000-8000-000000000001',
  'b0000000-0000-4000-8000-000000000002',
] as const;
export const [ada, ben] = ['e0000000-0000-4000-8000-000000000001', 'e0000000-0000-4000-8000-000000000002'] as const;

export const makeId = (): string => randomUUID();

/** Where a file may be; the folder goes when the test ends. */
export function makeFile(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'elizad-adapter-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'deep', 'agent.db');
}

/** Closed when the test ends, before its file goes. */
export function reopen(t: TestContext, file: string): Adapter {
  const adapter = createAdapter({ file, agentId });
  t.after(() => adapter.close());
  return adapter;
}

export async function furnish(adapter: Adapter): Promise<void> {
  await adapter.createAgent({ id: agentId, name: 'Eliza', bio: 'Listens.' });
  await adapter.createWorld({ id: world, agentId, name: 'Earth' });
  const common = { source: 'discord', type: 'GROUP', worldId: world };
  await adapter.createRooms([
    { id: room, name: 'one', ...common },
    { id: otherRoom, name: 'two', ...common },
  ]);
  await adapter.createEntities([
    { id: ada, names: ['Ada'], agentId },
    { id: ben, names: ['Ben'], agentId },
  ]);
  await adapter.addParticipantsRoom([ada, ben], room);
}

export async function open(t: TestContext): Promise<{ adapter: Adapter; file: string }> {
  const file = makeFile(t);
  const adapter = reopen(t, file);
  await furnish(adapter);
  return { adapter, file };
}
