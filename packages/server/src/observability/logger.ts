/** The one logger: pretty on a terminal, JSON lines otherwise, and the log stream as a second destination. */
import { type DestinationStream, multistream, type Logger as PinoLogger, pino } from 'pino';
import type { LogStream } from './log-stream.ts';
import { toTerminalText } from './terminal-text.ts';

export type Logger = PinoLogger;

/** Text of messages and secrets never get here; these paths are the belt to those braces. */
const redactedPaths = ['apiKey', 'token', 'authorization', 'text', '*.apiKey', '*.token', '*.authorization', '*.text'];

/** Opens the logger. `pretty` loads the formatter, which only a terminal needs. */
export async function openLogger(options: {
  level: string;
  pretty: boolean;
  stream: LogStream;
  out?: DestinationStream;
}): Promise<Logger> {
  const out = options.out ?? (options.pretty ? await openPretty() : pino.destination({ fd: 1, sync: true }));
  const level = options.level as 'info';
  return pino(
    { level, base: null, redact: { paths: redactedPaths, censor: '[redacted]' } },
    multistream([
      { level, stream: out },
      { level, stream: options.stream },
    ]),
  );
}

async function openPretty(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  const ignore = 'agentId,channelId,messageId,by';
  return toTerminal(pretty({ sync: true, translateTime: 'HH:MM:ss', singleLine: true, ignore }));
}

/** Lines go there without what only its own colours may do to the terminal. */
export const toTerminal = (formatter: DestinationStream): DestinationStream => ({
  write: (line) =>
    formatter.write(
      `${JSON.stringify(JSON.parse(line), (_key, value) => (typeof value === 'string' ? toTerminalText(value) : value))}\n`,
    ),
});
