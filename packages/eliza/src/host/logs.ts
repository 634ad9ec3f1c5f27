/**
 * What core and the plugins log, as lines with the agent. Core's loggers are plain objects: their methods are replaced, for
 * it prints prompts and answers, and its own listeners get only the finished text, in which those cannot be told apart.
 */
import type { LogLevel } from '../link.ts';
import type { CoreLogger } from './core.ts';
import { log } from './line.ts';
import { redact } from './redact.ts';

const levelOf: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  verbose: 'trace',
  debug: 'debug',
  success: 'info',
  progress: 'info',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
};
const order: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** Without a LOG_LEVEL of its own, a project logs its warnings and errors. */
const lowest = Math.max(0, order.indexOf((process.env.LOG_LEVEL ?? 'warn').toLowerCase() as LogLevel));

const maxMessage = 500;
const maxField = 200;

/** Fields that never carry the words of a person or of a model. Numbers of any field are shown too. */
const shownFields = new Set([
  'src',
  'plugin',
  'pluginName',
  'serviceType',
  'serviceName',
  'service',
  'action',
  'evaluator',
  'provider',
  'model',
  'modelType',
  'modelName',
  'status',
  'code',
  'eventName',
  'handlerSource',
  'task',
  'taskName',
  'version',
]);

export function readLogs(logger: CoreLogger, agent?: { readonly id: string; readonly name: string }): void {
  for (const [method, level] of Object.entries(levelOf)) {
    if (typeof logger[method] !== 'function') continue;
    logger[method] = (first: unknown, ...rest: readonly unknown[]) => {
      if (order.indexOf(level) >= lowest) log(level, describe(first, rest, level, agent?.name), agent?.id);
    };
  }
  const { child } = logger;
  if (typeof child !== 'function') return;
  logger.child = (...bindings: unknown[]) => {
    const made = (child as (...bindings: unknown[]) => CoreLogger).apply(logger, bindings);
    readLogs(made, agent);
    return made;
  };
}

function describe(first: unknown, rest: readonly unknown[], level: LogLevel, agentName: string | undefined): string {
  const isContext = typeof first === 'object' && first !== null && !(first instanceof Error);
  const [message, ...others] = isContext ? rest : [first, ...rest];
  const words = [toWords(message), ...others.flatMap((one) => toOther(one, level))].join(' ');
  const fields = isContext ? listFields(first as Record<string, unknown>) : '';
  const name = agentName === undefined ? '' : `${agentName}: `;
  return cut(redact(`${name}${words}${fields}`), maxMessage);
}

const toWords = (value: unknown): string =>
  value instanceof Error ? value.message : typeof value === 'string' ? value : '';

/** What follows the message is mostly the error; in a line that is not about one it may be anything. */
function toOther(value: unknown, level: LogLevel): string[] {
  if (value instanceof Error) return [cut(value.message, maxField)];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  return typeof value === 'string' && (level === 'error' || level === 'fatal') ? [cut(value, maxField)] : [];
}

function listFields(fields: Record<string, unknown>): string {
  const shown = Object.entries(fields).flatMap(([name, value]) => {
    const isError = name === 'error' || name === 'err';
    if (isError && value !== undefined) return [`${name}=${cut(errorWords(value), maxField)}`];
    if (typeof value === 'number' || typeof value === 'boolean') return [`${name}=${value}`];
    return typeof value === 'string' && shownFields.has(name) ? [`${name}=${cut(value, 100)}`] : [];
  });
  return shown.length > 0 ? ` (${shown.join(', ')})` : '';
}

function errorWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const { message } = (value ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'unknown';
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
