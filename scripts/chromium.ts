/** Where Chromium is: `CHROMIUM` names it, or it is where Debian's packages put it. */
import { existsSync } from 'node:fs';

const whole = '/usr/bin/chromium';
/** Without windows, and so twice as fast to open. */
const shell = '/usr/bin/chromium-headless-shell';

const find = (...places: string[]): string | undefined =>
  process.env.CHROMIUM ?? places.find((path) => existsSync(path));

/** For flows; undefined where there is none. */
export const chromiumPath = find(shell, whole);

/** For what is measured: it draws as people's browsers do. Undefined where there is none. */
export const wholeChromiumPath = find(whole, shell);

/** For those that can do nothing without one. */
export function demand(path: string | undefined): string {
  if (path) return path;
  throw new Error('There is no Chromium: apt-get install chromium, or set CHROMIUM to where it is.');
}
