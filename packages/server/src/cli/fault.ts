/** The last words of a command that fails by a fault of ours: what Node prints by itself may hold words of a server. */
import { inspect } from 'node:util';
import { toTerminalText } from '../observability/terminal-text.ts';

export function printFault(error: unknown): never {
  process.stderr.write(`elizad: ${toTerminalText(inspect(error)).slice(0, 10_000)}\n`);
  process.exit(1);
}
