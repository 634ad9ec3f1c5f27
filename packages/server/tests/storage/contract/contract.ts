/**
 * The contract of the storage floor, for any engine: each case is given a new one with the tables in it and nothing else
 * than the default server, and says what a function of the floor does on it.
 */
import { describe, test } from 'node:test';
import type { Engine } from '../../../src/storage/engine/engine.ts';

/** Opens a new engine; the contract closes it. */
export type OpenEngine = () => Promise<Engine>;

/** By its title. */
export type Cases = Readonly<Record<string, (engine: Engine) => Promise<void>>>;

/** All features, by their names: `features.ts` has them. */
export type Features = Readonly<Record<string, Cases>>;

export function runStorageContract(name: string, openEngine: OpenEngine, features: Features): void {
  for (const [feature, cases] of Object.entries(features))
    describe(`${name}: ${feature}`, () => {
      for (const [title, run] of Object.entries(cases))
        test(title, async () => {
          // Some work waits by timers that hold no process: without a server beside it, this one would end.
          const held = setInterval(() => {}, 60_000);
          const engine = await openEngine();
          try {
            await run(engine);
          } finally {
            await engine.close();
            clearInterval(held);
          }
        });
    });
}
