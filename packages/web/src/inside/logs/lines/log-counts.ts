/** How many of the lines that are kept are of each level, and of each source. */
import type { LevelWord } from './log-levels.ts';
import { type Line, sourceOf } from './log-line.ts';

export function createLogCounts() {
  const levels = new Map<LevelWord, number>();
  const sources = new Map<string, number>();
  return {
    levels: levels as ReadonlyMap<LevelWord, number>,
    sources: sources as ReadonlyMap<string, number>,
    add({ word, entry, isGap }: Line, by: 1 | -1): void {
      if (isGap) return;
      levels.set(word, (levels.get(word) ?? 0) + by);
      const source = sourceOf(entry);
      const left = (sources.get(source) ?? 0) + by;
      if (left > 0) sources.set(source, left);
      else sources.delete(source);
    },
    clear(): void {
      levels.clear();
      sources.clear();
    },
  };
}
