/** The kernel's own interface (configfs-tsm): a report is a directory that one makes, tells what to sign, reads and removes. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Quote } from './quote.ts';

/** How long the hardware may take, in ms, and how often it is asked meanwhile. */
const deadlineMs = 10_000;
const pauseMs = 20;

/** It may be at work for somebody else, or has not finished. */
const busy = ['EBUSY', 'EAGAIN', 'EINTR', 'ENOENT'];

/** Every report has a directory of its own, so that two at once do not meet. */
export async function quoteOfKernel(reportDir: string, reportData: Buffer): Promise<Quote> {
  const deadline = Date.now() + deadlineMs;
  const report = join(reportDir, `elizad-${randomUUID()}`);
  await mkdir(report);
  try {
    await retry(deadline, () => writeFile(join(report, 'inblob'), reportData));
    const quote = await retry(deadline, () => readFull(join(report, 'outblob')));
    const provider = await readFile(join(report, 'provider'), 'utf8');
    const generation = Number(await readFile(join(report, 'generation'), 'utf8'));
    // Not every kind of hardware has it.
    const auxiliary = await readFile(join(report, 'auxblob')).catch(() => Buffer.alloc(0));
    return {
      provider: provider.trim(),
      quote: quote.toString('hex'),
      generation,
      ...(auxiliary.length > 0 && { auxiliary: auxiliary.toString('hex') }),
    };
  } finally {
    await remove(report);
  }
}

async function readFull(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (bytes.length === 0) throw Object.assign(new Error('the report is empty'), { code: 'EAGAIN' });
  return bytes;
}

async function retry<T>(deadline: number, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!busy.includes(code) || Date.now() >= deadline) throw error;
      await wait(pauseMs);
    }
  }
}

/** The kernel removes the attributes with their directory; where something else plays its part, they are files. */
async function remove(report: string): Promise<void> {
  try {
    await rmdir(report);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    await rm(report, { recursive: true, force: true });
  }
}
