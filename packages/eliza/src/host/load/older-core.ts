/** Core 1.6 calls `serverId` what 1.7, and our adapter, call `messageServerId`: it gives and gets the name that it knows. */

type Named = { messageServerId?: unknown; serverId?: unknown } | null | undefined;
type Method = (...values: unknown[]) => Promise<unknown>;

const translated = ['createWorld', 'updateWorld', 'getWorld', 'getAllWorlds', 'createRooms', 'updateRoom'] as const;

export function speakOlderCore<A extends object>(adapter: A): A {
  const methods = adapter as Record<string, unknown>;
  for (const name of translated) {
    const method = methods[name];
    if (typeof method !== 'function') continue;
    const plain = method.bind(adapter) as Method;
    methods[name] = async (...values: unknown[]) => toOlder(await plain(...values.map(toNewer)));
  }
  return adapter;
}

function toNewer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toNewer);
  const named = value as Named;
  return isNamed(value) && named?.serverId !== undefined ? { messageServerId: named.serverId, ...value } : value;
}

function toOlder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toOlder);
  const named = value as Named;
  return isNamed(value) && named?.messageServerId !== undefined ? { serverId: named.messageServerId, ...value } : value;
}

const isNamed = (value: unknown): value is object => typeof value === 'object' && value !== null;
