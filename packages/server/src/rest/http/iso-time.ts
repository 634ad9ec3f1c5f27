/** Moments as ISO text, for lists: JavaScript's own way takes longer for each than all else that is done for a row. */

const dayMs = 86_400_000;

/** The day that was written last; most of a list are of the same. */
let last = { day: Number.NaN, text: '' };

/** As `Date.prototype.toISOString` has it, of ms since the epoch. */
export function toIso(time: number): string {
  const day = Math.floor(time / dayMs);
  if (day !== last.day) last = { day, text: new Date(day * dayMs).toISOString().slice(0, -'00:00:00.000Z'.length) };
  const ms = Math.trunc(time - day * dayMs);
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${last.text}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}:${pad(seconds % 60)}.${pad3(ms % 1_000)}Z`;
}

const pad = (number: number): string => (number < 10 ? `0${number}` : String(number));
const pad3 = (number: number): string => (number < 100 ? `0${pad(number)}` : String(number));
