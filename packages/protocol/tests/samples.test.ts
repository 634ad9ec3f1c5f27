/** Every sample of an event becomes frames that fit their schemas; every wrong frame is refused where it is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeEvent, outRows, type ServerEventName, type WireOutEvent, wireOut } from '../src/index.ts';

const frames = (Object.keys(outRows) as ServerEventName[]).flatMap((name) => encodeEvent(name, outRows[name].sample));

test('every event of the wire has a sample', () => {
  assert.deepEqual([...new Set(frames.map(([event]) => event))].sort(), Object.keys(wireOut).sort());
});

for (const [event, payload] of frames) {
  test(`${event}: the sample fits`, () => {
    const parsed = wireOut[event].schema.safeParse(payload);
    assert.ok(parsed.success, parsed.error?.message);
  });
}

for (const [event, { wrong }] of Object.entries(wireOut)) {
  const { change, path } = wrong;
  test(`${event}: ${JSON.stringify(change)} is refused at ${path || 'the frame'}`, () => {
    const sample = frames.find(([name]) => name === event)?.[1];
    const parsed = wireOut[event as WireOutEvent].schema.safeParse({ ...sample, ...change });
    assert.deepEqual(parsed.error?.issues[0]?.path.join('.'), path);
  });
}
