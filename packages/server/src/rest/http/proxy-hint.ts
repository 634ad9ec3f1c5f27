/** A proxy in front that the settings know nothing of: said once, in the log, with the first request that came through it. */
import type { IncomingMessage, Server } from 'node:http';
import type { Settings } from '../../config.ts';
import type { Logger } from '../../observability/logger.ts';

/** What proxies add; a stranger may write it too, which is one line, once. */
const ofProxies = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'] as const;

/** After Engine.IO is there: it keeps requests of its own from the listeners before it. */
export function hintAtProxy(
  server: Server,
  { apiKey, trustProxy }: Pick<Settings, 'apiKey' | 'trustProxy'>,
  logger: Pick<Logger, 'warn'>,
): void {
  const hint = findHint(apiKey !== undefined, trustProxy !== false);
  if (hint === undefined) return;
  const look = ({ headers }: IncomingMessage) => {
    const header = ofProxies.find((name) => headers[name] !== undefined);
    if (header === undefined) return;
    server.off('request', look).off('upgrade', look);
    logger.warn({ header }, hint);
  };
  server.prependListener('request', look).prependListener('upgrade', look);
}

function findHint(hasKey: boolean, isTrusted: boolean): string | undefined {
  if (!hasKey)
    return 'requests come through a proxy, but the server has no key: everyone whom the proxy lets in may do everything. Set ELIZAD_API_KEY';
  if (!isTrusted)
    return 'requests come through a proxy whose X-Forwarded-For is not trusted: all its clients count as one address for the limits. Set TRUST_PROXY to its address';
  return undefined;
}
