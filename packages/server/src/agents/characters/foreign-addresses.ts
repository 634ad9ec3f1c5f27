/** Addresses of model providers that come with an agent over HTTP: refused at once, as far as they would be when they are asked. */
import { addressOf, readText } from '../models/providers/access.ts';
import { listForeign, type Standing } from './agent-record.ts';

/** Throws `model-address-refused` for a new one that is not on the list. One that was there may stay: it is not asked. */
export async function assertAddresses(before: Standing, after: Standing, list: readonly string[]): Promise<void> {
  const given = listForeign(after).flatMap((name) => {
    const address = readText(after.edit?.secrets[name]);
    const isNew = Object.values(addressOf).includes(name) && address !== readText(before.edit?.secrets[name]);
    return isNew && address !== undefined ? [{ name, address }] : [];
  });
  if (given.length === 0) return;
  const { assertMayAsk } = await import('../models/providers/foreign-fetch.ts');
  for (const { name, address } of given) assertMayAsk(address, list, `settings.secrets.${name}`);
}
