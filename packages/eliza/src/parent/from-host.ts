/** Whether a message has the shape of one from a host: code of the project runs there, and may send anything. */
import type { FromHost, LogLevel, ProjectFailure, ProjectPart } from '../link.ts';

type Fields = { readonly [key: string]: unknown };
type Check = (value: unknown) => boolean;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isOptionalText: Check = (value) => value === undefined || typeof value === 'string';
const isTextOrNull: Check = (value) => value === null || typeof value === 'string';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isList: Check = (value) => Array.isArray(value) && value.every(isFields);
const isAttachments: Check = (value) =>
  Array.isArray(value) && value.every((one) => isFields(one) && isText(one.id) && isText(one.url));

const levels: ReadonlySet<unknown> = new Set<LogLevel>(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
const isLogLine: Check = (value) =>
  isFields(value) && levels.has(value.level) && isText(value.message) && isOptionalText(value.agentId);

const hasFields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isFields(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const isUsage = hasFields({ inputTokens: isNumber, outputTokens: isNumber, model: isOptionalText });
const partChecks: { readonly [type in ProjectPart['type']]: Check } = {
  chunk: hasFields({ text: isText }),
  said: hasFields({ text: isText, thought: isTextOrNull, actions: isTexts, attachments: isAttachments }),
  thought: hasFields({ text: isText }),
  card: hasFields({
    id: isText,
    action: isText,
    status: (value) => value === 'executing' || value === 'completed' || value === 'failed',
    output: isOptionalText,
  }),
  usage: isUsage,
};
const isPart: Check = (value) =>
  isFields(value) &&
  Object.hasOwn(partChecks, String(value.type)) &&
  partChecks[value.type as ProjectPart['type']](value);

const hostFailures: ReadonlySet<unknown> = new Set<ProjectFailure>([
  'agent-unknown',
  'cancelled',
  'model-failed',
  'project-failed',
  'timed-out',
]);
const isVerdict: Check = (value) =>
  isFields(value) &&
  (value.outcome === 'answered' ||
    value.outcome === 'ignored' ||
    (value.outcome === 'failed' && hostFailures.has(value.code) && isText(value.reason)));

const isAgent = hasFields({
  id: isText,
  character: isFields,
  plugins: isTexts,
  actions: isTexts,
  providers: isTexts,
  evaluators: isTexts,
  services: isTexts,
  panels: (value) => isList(value) && (value as readonly Fields[]).every((one) => isText(one.name) && isText(one.path)),
  models: isTexts,
  store: isText,
});
const isInfo = hasFields({
  name: isText,
  coreVersion: isText,
  agents: (value) => Array.isArray(value) && value.every(isAgent),
  routesPort: isNumber,
  routesToken: isText,
});

const checks: { readonly [type in FromHost['type']]: Check } = {
  ready: hasFields({ info: isInfo }),
  unusable: hasFields({ reason: isText }),
  failed: hasFields({ reason: isText }),
  part: hasFields({ turnId: isText, part: isPart }),
  ended: hasFields({ turnId: isText, verdict: isVerdict }),
  saying: hasFields({
    saying: hasFields({
      agentId: isText,
      roomId: isText,
      text: isText,
      thought: isTextOrNull,
      actions: isTexts,
      attachments: isAttachments,
    }),
  }),
  usage: hasFields({ usage: (value) => isUsage(value) && hasFields({ agentId: isText })(value) }),
  used: hasFields({ id: isNumber, error: isOptionalText }),
  log: hasFields({ line: isLogLine }),
  alive: hasFields({ heapBytes: isNumber }),
};

export function isFromHost(message: unknown): message is FromHost {
  if (!isFields(message)) return false;
  const { type } = message;
  return typeof type === 'string' && Object.hasOwn(checks, type) && checks[type as FromHost['type']](message);
}
