/** The lines that are shown, as a file of JSON lines. */
import type { Line } from './log-line.ts';

export function download(lines: readonly Line[]): void {
  const text = lines
    .map(({ entry, isGap }) => JSON.stringify(isGap ? { gap: entry.msg, time: entry.time } : entry))
    .join('\n');
  const url = URL.createObjectURL(new Blob([`${text}\n`], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `elizad-log-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.jsonl`;
  link.click();
  URL.revokeObjectURL(url);
}
