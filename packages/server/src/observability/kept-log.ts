/** The part of the server's log that is kept: the port. Storage implements it. */
import type { LogLine } from 'elizad-protocol';

/** Lines at or above a level, after a time (ms since the epoch), of one agent. */
export type LogFilter = {
  since?: number | undefined;
  level: number;
  agentName?: string | undefined;
  agentId?: string | undefined;
  limit: number;
};

export type KeptLog = {
  /** The last lines that fit, oldest first, with those of this moment; `total` is how many are kept. */
  list(filter: LogFilter): Promise<{ lines: LogLine[]; total: number }>;
  clear(): Promise<void>;
  /** Resolves when everything that was logged is written. */
  stop(): Promise<void>;
};
