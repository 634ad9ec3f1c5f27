/** The live log: a destination of the logger that hands each entry to whoever listens, and costs nothing when nobody does. */
import { type LogLine, logLevels } from 'elizad-protocol';

export type LogStream = {
  /** Called by the logger with one JSON line. */
  write(line: string): void;
  /** Calls `listener` for every entry from now on; returns how to stop. */
  subscribe(listener: (line: LogLine) => void): () => void;
  /** Hands over every line as it was written from now on, for who reads it later: see `parseLogLine`. */
  tap(take: (line: string) => void): void;
};

export function createLogStream(): LogStream {
  const listeners = new Set<(line: LogLine) => void>();
  let takeLine: ((line: string) => void) | undefined;
  return {
    write(line) {
      takeLine?.(line);
      if (listeners.size === 0) return;
      const entry = parseLogLine(line);
      for (const listener of listeners) listener(entry);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tap(take) {
      takeLine = take;
    },
  };
}

/** Of a line of the logger, what is shown. */
export function parseLogLine(line: string): LogLine {
  const { level, time, msg, agentId, agentName } = JSON.parse(line) as LogLine;
  return { level, time, msg: msg ?? '', ...(agentId && { agentId }), ...(agentName && { agentName }) };
}

/** The number of a level given by name or number. */
export const levelNumber = (level: string | number): number =>
  typeof level === 'number' ? level : logLevels[level as keyof typeof logLevels];
