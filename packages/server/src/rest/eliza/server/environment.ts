/** The file `.env` over HTTP: names are shown, values never. */
import { ElizadError } from 'elizad-protocol';
import { type environmentRows, hiddenValue } from 'elizad-protocol/rest';
import type { RestHandlers } from '../../http/handler.ts';
import { readEnvFile, writeEnvFile } from './env-file.ts';

const path = '.env';

/** One change at a time: each begins with what the one before it has left. */
let changing: Promise<unknown> = Promise.resolve();

export const environmentHandlers: RestHandlers<typeof environmentRows> = {
  'get-environment': async () => {
    const { variables } = await readEnvFile(path);
    const shown = Object.entries(variables).map(([name, value]) => [name, value === '' ? '' : hiddenValue]);
    return { success: true, data: Object.fromEntries(shown) };
  },
  'set-environment': async ({ settings, logger }, { body }) => {
    if (!settings.envWrite) throw new ElizadError('env-write-off');
    const change = changing.then(() => writeEnvFile(path, body.content, hiddenValue));
    changing = change.catch(() => {});
    await change;
    logger.warn({ names: Object.keys(body.content).length }, '.env was changed over HTTP');
    const message = 'Local env updated';
    return { success: true, data: { message }, message };
  },
};
