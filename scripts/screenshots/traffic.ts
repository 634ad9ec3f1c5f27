/** A server at work, for the pictures of its metrics and its log: people who come, ask and go, more of them at times. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'elizad-client';

const people = 12;
const questions = ['Is it live?', 'What changed in 4.2.0?', 'Who is on call?', 'Thanks.'];
/** Between quiet and busy and back, ms. */
const waveMs = 55_000;

type Traffic = {
  url: string;
  agentIds: readonly string[];
  durationMs: number;
  /** Called now and then: the next question shall go wrong. */
  fail: () => void;
};

/** Resolves when the last one has gone. */
export async function makeTraffic({ url, agentIds, durationMs, fail }: Traffic): Promise<void> {
  const until = performance.now() + durationMs;
  /** From 0 to 1. */
  const howBusy = () => (1 - Math.cos((2 * Math.PI * performance.now()) / waveMs)) / 2;
  const ask = async (index: number): Promise<void> => {
    while (performance.now() < until) {
      await sleep(2_000 * Math.random());
      if (howBusy() < index / people) continue;
      const client = connect(url, { name: `Visitor ${index + 1}` });
      const roomId = crypto.randomUUID();
      await client.join({ roomId, agentId: agentIds[index % agentIds.length] as string });
      for (const text of questions) {
        if (Math.random() < 0.04) fail();
        await client.send({ roomId, text });
        await sleep(300 + 900 * Math.random());
      }
      client.close();
    }
  };
  await Promise.all(Array.from({ length: people }, (_, index) => ask(index)));
}
