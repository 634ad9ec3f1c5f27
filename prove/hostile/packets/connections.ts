/** Layer e: connections opened, half upgraded, resumed with what was never given, and dropped at every stage. */
import { eventPacket } from './events.ts';
import type { Random } from './random.ts';
import { type Bare, openBare, type Target, toFrame, upgradeRequest } from './tcp.ts';
import { hostileId, hostileValue, type World } from './values.ts';

type Context = { world: World; random: Random; target: Target; bare: Bare };

const socketPath = '/socket.io/?EIO=4&transport=websocket';

/** The credentials of a handshake: somebody's, nobody's, garbage; `pid` and `offset` of sockets that were here, or never. */
export function hostileAuth(world: World, random: Random): string {
  const kind = random.next();
  if (kind < 0.4) return `{"entityId":"${random.pick(world.entities)}"}`;
  if (kind < 0.5) return '';
  if (kind < 0.6) return `{"entityId":${hostileId(world, random)},"name":${hostileValue(world, random)}}`;
  if (kind < 0.7) return `{"apiKey":${hostileValue(world, random)},"token":${hostileValue(world, random)}}`;
  const pid =
    random.chance(0.5) && world.pids.length > 0 ? JSON.stringify(random.pick(world.pids)) : hostileValue(world, random);
  // Asked for from the beginning of the log, all of it comes: rarely, because that is what costs time.
  const offset = random.chance(0.02)
    ? '"0"'
    : random.pick([
        '"999999999"',
        '"-1"',
        '"1.abcdef01.5"',
        '"1.5"',
        '""',
        '"1e9"',
        '"0x10"',
        hostileValue(world, random),
      ]);
  return `{"pid":${pid},"offset":${offset},"entityId":"${random.pick(world.entities)}"}`;
}

async function open({ bare }: Context, path = socketPath): Promise<boolean> {
  bare.send(upgradeRequest(path));
  return bare.until('0{"sid"');
}

/** A long-polling session, opened by hand; its id. */
async function openPolling({ target, random }: Context): Promise<string | undefined> {
  const bare = openBare(target);
  bare.send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await bare.until('"maxPayload"');
  bare.drop(random);
  return /"sid":"([\w-]+)"/.exec(bare.received())?.[1];
}

async function startUpgrade(context: Context): Promise<string | undefined> {
  const sid = await openPolling(context);
  context.bare.send(upgradeRequest(`${socketPath}&sid=${sid}`));
  await context.bare.until('\r\n\r\n');
  return sid;
}

const violations: ((random: Random) => Buffer)[] = [
  () => toFrame('40', { isMasked: false }),
  (random) => toFrame('40', { reserved: 1 + random.int(7) }),
  (random) => toFrame('40', { opcode: random.pick([3, 4, 7, 11, 15]) }),
  () => toFrame('40', { saidLength: 2n ** 62n }),
  () => toFrame('40', { saidLength: 5_000_000n }),
  () => toFrame('x'.repeat(200), { opcode: 9 }),
  () => toFrame('x', { opcode: 9, isLast: false }),
  () => toFrame('40', { opcode: 0 }),
  () => Buffer.concat([toFrame('4', { isLast: false }), toFrame('0')]),
  () => Buffer.concat([toFrame('4', { isLast: false }), toFrame('0', { opcode: 0 })]),
  () => toFrame(Buffer.from([0x34, 0x30, 0xc3, 0x28])),
  (random) => toFrame(random.bytes(random.int(4)), { opcode: 8 }),
  () => toFrame(Buffer.from([3, 237]), { opcode: 8 }),
  () => Buffer.concat(Array(50).fill(toFrame('x', { opcode: 9 }))),
  (random) => random.bytes(100),
];

/** Each goes as far as it likes; then the connection is dropped. */
const stages: ((context: Context) => Promise<unknown>)[] = [
  async () => {},
  async ({ bare, random }) =>
    bare.send('GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHo'.slice(0, 1 + random.int(50))),
  async ({ bare }) => bare.send(upgradeRequest(socketPath)),
  async ({ bare }) => {
    bare.send(upgradeRequest(socketPath));
    await bare.until('101 ');
  },
  async ({ bare }) => {
    bare.send(upgradeRequest('/elsewhere'));
    // No such place: the server hangs up.
    await bare.until('HTTP/1.1 ');
  },
  async ({ bare, random }) => {
    bare.send(
      upgradeRequest(
        socketPath,
        random.pick([
          'Sec-WebSocket-Version: 1\r\n',
          'Origin: http://evil.example\r\n',
          'Sec-WebSocket-Protocol: ,\r\n',
        ]),
      ),
    );
    await bare.until('HTTP/1.1 ');
  },
  (context) => open(context),
  (context) =>
    open(context, context.random.pick(['/websocket', '/websocket/?EIO=4', '/websocket?transport=polling&sid='])),
  async (context) => {
    if (await open(context)) context.bare.send(toFrame(`40${hostileAuth(context.world, context.random)}`));
  },
  async (context) => {
    const { bare, world, random } = context;
    if (!(await open(context))) return;
    // Many at once: all of them pass the door before the first one is in.
    bare.send(
      Buffer.concat(Array.from({ length: 2 + random.int(8) }, () => toFrame(`40${hostileAuth(world, random)}`))),
    );
    await bare.until('40{', '44{');
  },
  async (context) => {
    const { bare, world, random } = context;
    if (!(await open(context))) return;
    bare.send(toFrame(`40{"entityId":"${random.pick(world.entities)}"}`));
    if (!(await bare.until('40{'))) return;
    // Gone with everything still to be handled, behind some that wait for the disk.
    const joins = world.rooms.slice(0, random.int(12)).map((roomId) => toFrame(`42["join",{"roomId":"${roomId}"}]`));
    const events = Array.from({ length: 20 + random.int(40) }, () => toFrame(eventPacket(world, random).data));
    bare.send(Buffer.concat([...joins, ...events, toFrame('42["subscribe_logs"]')]));
    if (random.chance(0.5)) await bare.until('42["error"');
  },
  async (context) => {
    if (await open(context))
      context.bare.send(toFrame('42["x"]', { saidLength: BigInt(context.random.pick([10, 1_000, 100_000])) }));
  },
  async (context) => {
    if (await open(context)) context.bare.send(context.random.pick(violations)(context.random));
  },
  async (context) => {
    await startUpgrade(context);
    if (context.random.chance(0.5)) context.bare.send(toFrame('2probe'));
  },
  async (context) => {
    await startUpgrade(context);
    const { bare, random } = context;
    bare.send(Buffer.concat([toFrame(random.pick(['5', '2', '40', '', '2prob', '1', '6'])), toFrame('40')]));
    await bare.until('40{');
  },
  async (context) => {
    const sid = await startUpgrade(context);
    const second = openBare(context.target);
    second.send(upgradeRequest(`${socketPath}&sid=${sid}`));
    context.bare.send(toFrame('2probe'));
    await context.bare.until('3probe');
    second.send(toFrame('2probe'));
    context.bare.send(Buffer.concat([toFrame('5'), toFrame('40'), toFrame('5')]));
    await context.bare.until('40{');
    second.drop(context.random);
  },
];

/** One connection, misused and dropped. Resolves with the number of the stage, and whether the server owed an end and gave none. */
export async function abuseConnection(
  world: World,
  random: Random,
  target: Target,
): Promise<{ stage: number; isLeftHanging: boolean }> {
  const bare = openBare(target);
  const stage = random.int(stages.length);
  await stages[stage]?.({ world, random, target, bare });
  bare.drop(random);
  return { stage, isLeftHanging: bare.isLeftHanging() };
}
