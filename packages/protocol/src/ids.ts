/** Ids of the wire: UUIDs of any version, and the id that a name has. */
import { z } from 'zod';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** 8-4-4-4-12 hex digits, any case, any version nibble; lower-cased, because two cases are one id. */
export const uuid = z
  .string({ error: 'expected a UUID (8-4-4-4-12 hex digits)' })
  .regex(uuidPattern, 'expected a UUID (8-4-4-4-12 hex digits)')
  .toLowerCase();

/** The server that every channel belongs to unless it names another. */
export const defaultServerId = '00000000-0000-0000-0000-000000000000';

/** Of a server; the first clients call the default one `0`. */
export const serverId = z.preprocess((given) => (given === '0' ? defaultServerId : given), uuid);

/** Who speaks for the server itself. */
export const systemId = '00000000-0000-0000-0000-000000000001';

/** Whether an id is the server's own: nobody may name it as theirs. */
export const isReservedId = (id: string): boolean => id === defaultServerId || id === systemId;

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuidPattern.test(value);

/**
 * The id of a name, as every Eliza OS client derives it: a UUID stays itself, anything else becomes
 * the SHA-1 of its URI-encoded form with version nibble 0 and variant 10.
 */
export async function deriveId(name: string): Promise<string> {
  if (isUuid(name)) return name.toLowerCase();
  const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(encodeURIComponent(name)));
  const bytes = new Uint8Array(digest).subarray(0, 16);
  bytes[6] = (bytes[6] as number) & 0x0f;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
