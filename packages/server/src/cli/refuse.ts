/** What keeps a command from its work, where that is for people: one line, and code 1. Anything else is a fault of ours. */
import { SettingError } from '../config.ts';
import { toTerminalText } from '../observability/terminal-text.ts';
import { StoreError } from '../storage/engine/sqlite/data-lock.ts';

export function refuse(error: unknown): void {
  if (!(error instanceof SettingError || error instanceof StoreError)) throw error;
  process.stderr.write(`elizad: ${toTerminalText(error.message)}\n`);
  process.exitCode = 1;
}
