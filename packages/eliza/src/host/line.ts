/** The line to the parent. When the parent goes, the host goes too. */
import { Worker } from 'node:worker_threads';
import type { FromHost, LogLevel, ToHost } from '../link.ts';

export const send = (message: FromHost): void => {
  // Without a callback a parent that is gone would be an error that nobody takes.
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

export const log = (level: LogLevel, message: string, agentId?: string): void =>
  send({ type: 'log', line: { level, message, ...(agentId !== undefined && { agentId }) } });

/** Messages of the parent, and the signs of life that it waits for. */
export function openLine(take: (message: ToHost) => void): void {
  process.on('message', (message) => take(message as ToHost));
  process.once('disconnect', () => process.exit(0));
  if (!process.connected) process.exit(0);
  watchParent();
  setInterval(() => send({ type: 'alive', heapBytes: process.memoryUsage().heapUsed }), 1_000);
}

/** A project that hangs does not learn that its parent is gone, and would hang for ever: a thread of its own looks. */
function watchParent(): void {
  const watch = `
    const { workerData: parent } = require('node:worker_threads');
    setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 2000);
  `;
  const resourceLimits = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 };
  new Worker(watch, { eval: true, workerData: process.ppid, env: {}, resourceLimits }).unref();
}
