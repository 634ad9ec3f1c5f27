/** The live log: a destination of the logger that hands each entry to whoever listens, and costs nothing when nobody does. */
import { type LogLine, logLevels } from 'elizad-protocol';

export type LogStream = {
  /** Called by the logger with one JSON line. */
  write(line: string): void;
  /** Calls `listener` for every entry from now on; returns how to stop. */
  subscribe(listener: (line: LogLine) => void): () => void;
};

export function createLogStream(): LogStream {
  const listeners = new Set<(line: LogLine) => void>();
  return {
    write(line) {
      if (listeners.size === 0) return;
      const { level, time, msg, agentId, agentName } = JSON.parse(line) as LogLine;
      const entry: LogLine = {
        level,
        time,
        msg: msg ?? '',
        ...(agentId && { agentId }),
        ...(agentName && { agentName }),
      };
      for (const listener of listeners) listener(entry);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The number of a level given by name or number. */
export const levelNumber = (level: string | number): number =>
  typeof level === 'number' ? level : logLevels[level as keyof typeof logLevels];
