#!/usr/bin/env node
/** The bin: turns on Node's compile cache before anything is loaded, which halves the time to ready from the second start on. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./program.ts');
