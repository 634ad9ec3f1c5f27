/** Writes memories with embeddings into a file without end, and prints the id of each that is stored: it is there to be killed. */
import { randomUUID } from 'node:crypto';
import { createAdapter } from '../../../src/host/adapter/adapter.ts';
import { ada, agentId, furnish, room } from './open.ts';

const adapter = createAdapter({ file: process.argv[2] ?? '', agentId });
await furnish(adapter);
for (let index = 0; ; index++) {
  const embedding = Array.from({ length: 384 }, (_, at) => Math.sin(at * (index + 1)));
  const id = randomUUID();
  await adapter.createMemory({ id, entityId: ada, roomId: room, content: { text: `${index}` }, embedding }, 'facts');
  process.stdout.write(`${id}\n`);
  if (index % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
}
