/**
 * Every spelling that a client may use, one row each: the event's name and its fields, and which intent they mean.
 * Stop 1 of the walk reads this table; a new dialect is new rows.
 */
import type { Issue } from '../errors.ts';
import { documentedRows, type Intent, type IntentInput, type IntentName, intents } from './intents.ts';
import { envelopeRows } from './wire-in-envelope.ts';

export const wireIn = { ...documentedRows, ...envelopeRows } as const;

export type WireInEvent = keyof typeof wireIn;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The event that is meant: an envelope on `message` is the event of its number, with its payload; anything else is
 * itself. Told apart by having both `type` and `payload`, which no documented message has.
 */
export function openEnvelope(
  event: string,
  payload: unknown,
): { event: string; payload: unknown } | { issues: Issue[] } {
  if (event !== 'message' || !isObject(payload) || !('type' in payload && 'payload' in payload))
    return { event, payload };
  const { type } = payload;
  if (type === 1 || type === 2) return { event: String(type), payload: payload.payload };
  return { issues: [{ path: 'type', message: 'expected 1 (join) or 2 (send)' }] };
}

/** Fields that may be left out, and in which an empty text means that: nothing else becomes of the event by it. */
const mayBeEmpty = ['agentId', 'targetId', 'entityId', 'serverId', 'name', 'source', 'clientMessageId', 'channelType'];

/** All that is read of an event, in the order in which it counts. */
type Spellings = { fields: Readonly<Record<string, string>>; alsoTaken?: Readonly<Record<string, string>> };
const fieldsOf = Object.fromEntries(
  Object.entries<Spellings>(wireIn).map(([event, { fields, alsoTaken }]) => [event, { ...fields, ...alsoTaken }]),
) as Record<WireInEvent, Readonly<Record<string, string>>>;

function readPath(given: Record<string, unknown>, path: string): unknown {
  const [first = '', second] = path.split('.');
  const value = given[first];
  if (second === undefined) return value;
  return isObject(value) ? value[second] : undefined;
}

/** Wire fields in, intent's fields out; `issues` speak of the wire's own names. */
export function parseWireIn(
  event: WireInEvent,
  payload: unknown,
): { intent: IntentName; value: Intent<IntentName> } | { issues: Issue[] } {
  const { intent } = wireIn[event];
  const fields = fieldsOf[event];
  const given = payload === undefined || payload === null ? {} : payload;
  if (!isObject(given)) return { issues: [{ path: '', message: 'expected an object' }] };
  const renamed: Record<string, unknown> = {};
  const spelledAs: Record<string, string> = {};
  for (const wire in fields) {
    const ours = fields[wire] as string;
    const value = readPath(given, wire);
    // An empty text gives way to a later spelling that is there.
    if (value === undefined || value === null || (ours in renamed && renamed[ours] !== '')) continue;
    renamed[ours] = value;
    spelledAs[ours] = wire;
  }
  // Clients of the field send what they have not as an empty text.
  for (const ours of mayBeEmpty) if (renamed[ours] === '') delete renamed[ours];
  const parsed = intents[intent].payload.safeParse(renamed);
  if (parsed.success) return { intent, value: parsed.data as Intent<IntentName> };
  // What was not there is named as the first spelling has it.
  for (const wire in fields) spelledAs[fields[wire] as string] ??= wire;
  const issues = new Map<string, Issue>();
  for (const issue of parsed.error.issues) {
    const [first = '', ...rest] = issue.path.map(String);
    const path = [spelledAs[first] ?? first, ...rest].join('.');
    // The first one says what is wrong; what follows from it is noise.
    if (!issues.has(path)) issues.set(path, { path, message: issue.message });
  }
  return { issues: [...issues.values()] };
}

type RequiredKey<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T];
type Spelled<T, F extends Readonly<Record<string, string>>> = {
  [K in keyof F as F[K] extends RequiredKey<T> ? Plain<K> : never]: T[F[K] & keyof T];
} & { [K in keyof F as F[K] extends RequiredKey<T> ? never : Plain<K>]?: T[F[K] & keyof T] };
type Plain<K> = K extends `${string}.${string}` ? never : K;

/** The payload of an event as a client writes it. */
export type WireInPayload<E extends WireInEvent> = Spelled<
  IntentInput<(typeof wireIn)[E]['intent']>,
  (typeof wireIn)[E]['fields']
>;
