/** All of adapter/, in one process: to start one takes longer than most of these tests do. */
import { globSync } from 'node:fs';

for (const file of globSync('adapter/*.test.ts', { cwd: import.meta.dirname }).sort()) await import(`./${file}`);
