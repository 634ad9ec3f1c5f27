/** The levels as the view words them. Numbers between two belong to the lower; `success`, `progress` and `log` are info here. */
export const levelWords = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LevelWord = (typeof levelWords)[number];

export function wordLevel(level: number): LevelWord {
  if (level < 20) return 'trace';
  if (level < 27) return 'debug';
  if (level < 40) return 'info';
  if (level < 50) return 'warn';
  return level < 60 ? 'error' : 'fatal';
}
