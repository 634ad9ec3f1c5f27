/**
 * The contract over an engine that is broken on purpose, in a process of its own: BROKEN says how, FEATURES which features
 * are asked, and UNREAD, where it is set, takes counts as the engine gives them.
 */
import { registerHooks } from 'node:module';
import { runStorageContract } from '../storage/contract/contract.ts';
import { type Broken, brokenEngines } from './broken-engines.ts';

const { BROKEN = '', FEATURES = '', UNREAD } = process.env;

const reading = 'Number(figure ?? 0)';
if (UNREAD)
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith('/storage/engine/numbers.ts')) return loaded;
      const source = String(loaded.source);
      if (!source.includes(reading)) throw new Error(`numbers.ts has no ${reading}`);
      return { ...loaded, source: source.replace(reading, '(figure ?? 0) as number') };
    },
  });

// What counts is loaded behind the hook.
const { openNewSqlite } = await import('./sqlite-engine.ts');
const { features } = await import('../storage/contract/features.ts');
const asked = Object.entries(features).filter(([name]) => FEATURES.split(',').includes(name));
const spoil = brokenEngines[BROKEN as Broken];
runStorageContract(BROKEN, async () => spoil(await openNewSqlite()), Object.fromEntries(asked));
