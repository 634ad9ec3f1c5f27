/** How the server does: for the web client as JSON, for Prometheus as text. */
import type { metricRows } from 'elizad-protocol/rest';
import { type MeterRing, stepMs } from '../../../observability/meter-ring.ts';
import type { Prometheus } from '../../../observability/prometheus.ts';
import type { RestHandlers } from '../../http/handler.ts';

/** One for each server: there may be several in a process. */
const writers = new WeakMap<MeterRing, Prometheus>();

export const metricHandlers: RestHandlers<typeof metricRows> = {
  'get-metrics': ({ meterRing }) => {
    const { messages, turnsStarted, turnsEnded } = meterRing.meters;
    const totals = { messages, turnsStarted, turnsEnded };
    return { success: true, data: { now: meterRing.read(), stepMs, ring: [...meterRing.list()], totals } };
  },
  'get-prometheus': async ({ meterRing }, _request, reply) => {
    const writer = writers.get(meterRing) ?? (await openWriter(meterRing));
    return reply.type(writer.contentType).send(await writer.write());
  },
};

/** Most servers are never scraped: they do without the library. */
async function openWriter(ring: MeterRing): Promise<Prometheus> {
  const { createPrometheus } = await import('../../../observability/prometheus.ts');
  const writer = createPrometheus(ring);
  writers.set(ring, writer);
  return writer;
}
