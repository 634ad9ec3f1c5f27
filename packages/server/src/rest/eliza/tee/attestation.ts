/** What the hardware says of this machine, by whichever interface is there: the kernel's, or that of dstack. */
import { access } from 'node:fs/promises';
import { ElizadError } from 'elizad-protocol';
import type { RestDeps } from '../../http/context.ts';
import { quoteOfDstack } from './dstack.ts';
import { quoteOfKernel } from './kernel.ts';
import type { Quote } from './quote.ts';

/** Signs exactly 64 bytes. */
export type Attester = { provider: string; attest(reportData: Buffer): Promise<Quote> };

/** How many bytes the hardware signs. */
export const reportBytes = 64;

/** Reports under way at once, at most: the hardware makes one after the other. */
const mostAtOnce = 16;
let underWay = 0;

/** Throws `tee-not-available`; what it finds throws `attestation-failed`, and `too-many-requests` when much is asked at once. */
export async function findAttester({ settings, logger }: Pick<RestDeps, 'settings' | 'logger'>): Promise<Attester> {
  const { teeReportDir, dstackSockets } = settings;
  const guarded = (provider: string, attest: Attester['attest']): Attester => ({
    provider,
    attest: async (reportData) => {
      if (underWay >= mostAtOnce) throw new ElizadError('too-many-requests', { retryAfterMs: 1_000 });
      underWay += 1;
      try {
        return await attest(reportData);
      } catch (err) {
        logger.error({ err, provider }, 'the attestation failed');
        throw new ElizadError('attestation-failed', {}, { cause: err });
      } finally {
        underWay -= 1;
      }
    },
  });
  if (await isThere(teeReportDir)) return guarded('configfs-tsm', (data) => quoteOfKernel(teeReportDir, data));
  for (const socket of dstackSockets)
    if (await isThere(socket)) return guarded('dstack', (data) => quoteOfDstack(socket, data));
  throw new ElizadError('tee-not-available');
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
