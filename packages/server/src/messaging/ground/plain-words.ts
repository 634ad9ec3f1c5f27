/**
 * What people send, without the words by which clients know the server and its agents: whoever reads a message may rely on
 * them. On the way in, in `postMessage` and wherever a message is changed; what is stored is what was cleaned.
 */
import {
  type DoorSource,
  isReservedSource,
  type JsonValue,
  type Message,
  plainSource,
  reservedMetadata,
  serverSources,
} from 'elizad-protocol';

type Metadata = Record<string, unknown>;

/** By which door of the server a person's message came in, and what came with it there. */
export type Door = { door: DoorSource; metadata?: Metadata };

const reservedKeys: ReadonlySet<string> = new Set(reservedMetadata);

/** What a person says of a message, and what its door says of it. */
export function toPlain({
  source,
  metadata,
  rawMessage,
}: {
  source: string | Door;
  metadata: Metadata;
  rawMessage?: JsonValue;
}): Pick<Message, 'source' | 'metadata' | 'rawMessage'> {
  const plain = toPlainMetadata(metadata);
  const said =
    typeof source === 'string'
      ? { source: isReservedSource(source) ? plainSource : source, metadata: plain }
      : { source: source.door, metadata: { ...plain, ...source.metadata } };
  return {
    ...said,
    ...(rawMessage !== undefined && { rawMessage: toPlainRaw(rawMessage) }),
  };
}

/** Without the reserved keys; the same object where there are none. */
const toPlainMetadata = (metadata: Metadata): Metadata =>
  reservedMetadata.some((key) => Object.hasOwn(metadata, key))
    ? Object.fromEntries(Object.entries(metadata).filter(([key]) => !reservedKeys.has(key)))
    : metadata;

/** Clients read of it what they read of metadata, and in which voice it speaks; other programs mean other things by `type`. */
function toPlainRaw(raw: JsonValue): JsonValue {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const kept = Object.entries(raw).filter(([key, value]) => {
    if (key === 'type' || key === 'source') return !(typeof value === 'string' && isReservedSource(value));
    return !reservedKeys.has(key);
  });
  return Object.fromEntries(kept);
}

/** Other metadata in place of what a message has: what the server wrote into it stays as it is. */
export function replaceMetadata({ metadata: before }: Pick<Message, 'metadata'>, metadata: Metadata): Metadata {
  const kept = Object.entries(before).filter(([key]) => reservedKeys.has(key));
  return { ...toPlainMetadata(metadata), ...Object.fromEntries(kept) };
}

/** What only this server's own turns write: an agent that runs elsewhere has no say in them. */
const ownKeys: ReadonlySet<string> = new Set(['approval', 'conversation']);
const ownSources: ReadonlySet<string> = new Set(serverSources);

/** What an agent says that runs elsewhere: it answers and acts, but neither asks for the server nor speaks as it. */
export function toOutsideWords<Said extends { source: string; metadata: Metadata }>(said: Said): Said {
  const source = ownSources.has(said.source) ? 'agent_response' : said.source;
  return { ...said, source, metadata: withoutOwn(said.metadata) };
}

export const withoutOwn = (metadata: Metadata): Metadata =>
  Object.fromEntries(Object.entries(metadata).filter(([key]) => !ownKeys.has(key)));
