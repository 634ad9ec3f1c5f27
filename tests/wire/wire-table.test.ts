/**
 * Every row of the server's own table of events, over a real socket: its valid samples are accepted, its invalid ones
 * refused at the path that the row names. The one file of this suite that reads anything of ours.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireIn } from 'elizad-protocol';
import type { ClientEvent } from './shapes.ts';
import { type Client, overEachTransport } from './support.ts';

type Sample = { why: string; payload: unknown; path?: string };

/** Every room that the samples speak of. */
const rooms = new Set(
  JSON.stringify(wireIn)
    .match(/"(?:roomId|channelId)":"[0-9a-f-]{36}"/gi)
    ?.map((pair) => pair.slice(-37, -1)),
);

/** What the samples take for granted: their rooms are there, and the log is subscribed to. */
async function prepare(client: Client): Promise<void> {
  for (const roomId of rooms) await client.done('join', { roomId });
  await client.done('subscribe_logs');
}

/** What speaks of something that only an agent can make is understood, and says that it is not there. */
const answeredWith: Record<string, string> = { approve: 'approval-not-found' };

overEachTransport('the table of events', (wire) => {
  for (const [event, row] of Object.entries(wireIn)) {
    const valid: readonly Sample[] = row.valid;
    const code = answeredWith[event];
    test(`${event}: accepted are ${valid.map(({ why }) => why).join('; ')}`, async (t) => {
      const ada = await wire.connect(t);
      await prepare(ada);
      if (code) {
        const payloads = valid.map(({ payload }): [string, unknown] => [event, payload]);
        await ada.allRefused(code, payloads);
        return;
      }
      for (const { payload } of valid) await ada.done(event as ClientEvent, payload);
      assert.deepEqual(ada.all('error'), []);
    });

    const invalid: readonly Sample[] = row.invalid;
    test(`${event}: refused are ${invalid.map(({ why }) => why).join('; ')}`, async (t) => {
      const ada = await wire.connect(t);
      await prepare(ada);
      const failures = await ada.allRefused(
        'invalid-payload',
        invalid.map(({ payload }) => [event, payload]),
      );
      for (const [index, { details }] of failures.entries()) {
        const { why, path } = invalid[index] as Sample;
        const paths = details.issues?.map((issue) => issue.path);
        assert.ok(path !== undefined && paths?.includes(path), `${why}: ${JSON.stringify(details.issues)}`);
      }
    });
  }
});
