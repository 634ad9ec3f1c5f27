/**
 * The suite's hands: the server under test (WIRE_URL, or our own as a child process), stock clients over one transport,
 * and a record of everything that arrived, in order. Whatever is waited for has a deadline, and says what came instead.
 * Against a shared WIRE_URL run the files one after another (--test-concurrency=1): the log tests hear everybody's turns.
 */
import assert from 'node:assert/strict';
import { after, describe, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { type ServerUnderTest, startServer } from './server.ts';
import { type Acks, assertKeys, type ClientEvent, type EventName, type Failure, type Payloads } from './shapes.ts';

export type Transport = 'polling' | 'websocket';
export type Options = Partial<ManagerOptions & SocketOptions>;
export type Arrival = { event: string; payload: unknown };

const deadlineMs = 10_000;

let server: ServerUnderTest | undefined;
let starting: Promise<ServerUnderTest> | undefined;
let deaths = 0;
after(async () => {
  await server?.stop();
  if (server?.hasDied()) deaths += 1;
  assert.equal(deaths, 0, 'the server under test died; its last words are above');
});

/** Where the server under test is; the first call starts it, and the first after its death another. */
export async function serverUrl(): Promise<string> {
  if (server?.hasDied()) {
    deaths += 1;
    server = undefined;
    starting = undefined;
  }
  starting ??= startServer();
  server = await starting;
  return server.url;
}

/** A stock socket.io-client over one transport, with everything that it heard. */
export class Client {
  readonly socket: Socket;
  /** Every event so far, those of the connection included, in the order in which they arrived. */
  readonly arrived: Arrival[] = [];
  /** Looks at what arrived; told that nothing more will, it gives up. */
  readonly #waiting = new Set<(isOver: boolean) => void>();
  readonly #reconnects: boolean;
  #isOver = false;

  constructor(url: string, transport: Transport, options: Options) {
    this.#reconnects = options.reconnection === true;
    this.socket = io(url, { forceNew: true, reconnection: false, transports: [transport], ...options });
    this.socket.onAny((event: string, payload: unknown, ...more: unknown[]) => {
      assert.deepEqual(more, [], `${event} has one argument, as it is documented`);
      // Not for the program: the client keeps it by itself.
      if (event !== 'offset') this.#record(event, payload);
    });
    for (const event of ['connect', 'connect_error', 'disconnect'] as const) {
      this.socket.on(event, (payload?: unknown) => this.#record(event, payload));
    }
  }

  #record(event: string, payload: unknown): void {
    this.arrived.push({ event, payload });
    this.#isOver = !this.#reconnects && (event === 'disconnect' || event === 'connect_error');
    for (const look of this.#waiting) look(this.#isOver);
  }

  /** The id that the server knows this client by. */
  get id(): string {
    return this.#first('authenticated').entityId;
  }

  get limits(): Payloads['connection_established']['limits'] {
    return this.#first('connection_established').limits;
  }

  #first<E extends EventName>(event: E): Payloads[E] {
    const [first] = this.all(event);
    assert.ok(first, `no ${event} yet`);
    return first;
  }

  /** All of one event so far, oldest first; `from` is an index into `arrived`. */
  all<E extends EventName>(event: E, fits: (payload: Payloads[E]) => boolean = () => true, from = 0): Payloads[E][] {
    const named = this.arrived.slice(from).filter((one) => one.event === event);
    return named.map(({ payload }) => payload as Payloads[E]).filter(fits);
  }

  /** Resolves with the first that fits, among those from index `from` on and those still to come. */
  async until<E extends EventName>(
    event: E,
    fits: (payload: Payloads[E]) => boolean = () => true,
    from = 0,
  ): Promise<Payloads[E]> {
    const [found] = await this.untilCount(event, 1, fits, from);
    return found as Payloads[E];
  }

  /** Resolves with all that fit once there are `count` of them. */
  untilCount<E extends EventName>(
    event: E,
    count: number,
    fits: (payload: Payloads[E]) => boolean = () => true,
    from = 0,
  ): Promise<Payloads[E][]> {
    return this.#wait(`${count} fitting "${event}"`, from, () => {
      const found = this.all(event, fits, from);
      return found.length < count ? undefined : found;
    });
  }

  /** Resolves with the first arrival from index `from` on that is one of these events. */
  untilOneOf(events: readonly EventName[], from = 0): Promise<Arrival> {
    const isOne = ({ event }: Arrival) => events.includes(event as EventName);
    return this.#wait(`one of ${events.join(', ')}`, from, () => this.arrived.slice(from).find(isOne));
  }

  #wait<T>(wanted: string, from: number, find: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const stop = () => {
      clearTimeout(deadline);
      this.#waiting.delete(look);
    };
    const giveUp = (why: string) => {
      stop();
      reject(new Error(`no ${wanted} ${why}; what did arrive:\n${this.describe(from)}`));
    };
    const look = (isOver: boolean) => {
      const found = find();
      if (found !== undefined) {
        stop();
        resolve(found);
      } else if (isOver) giveUp('before the connection ended');
    };
    const deadline = setTimeout(() => giveUp(`within ${deadlineMs} ms`), deadlineMs);
    this.#waiting.add(look);
    look(this.#isOver);
    return promise;
  }

  /** The last arrivals, a line each. */
  describe(from = 0): string {
    const lines = this.arrived.slice(from).map(({ event, payload }) => {
      const shown =
        payload instanceof Error ? payload.message : inspect(payload, { breakLength: Number.POSITIVE_INFINITY });
      return `  ${event} ${shown.slice(0, 300)}`;
    });
    return lines.slice(-40).join('\n') || '  nothing';
  }

  /** Emits without an acknowledgement. */
  send(event: string, ...args: unknown[]): void {
    this.socket.emit(event, ...args);
  }

  /** Emits, and resolves with whatever the acknowledgement says. */
  async ask(event: string, ...args: unknown[]): Promise<unknown> {
    const from = this.arrived.length;
    if (this.#isOver) throw new Error(`${event} cannot be sent, the connection has ended:\n${this.describe()}`);
    try {
      return await this.socket.timeout(deadlineMs).emitWithAck(event, ...args);
    } catch (error) {
      const what = `${event} was not acknowledged: ${(error as Error).message}`;
      throw new Error(`${what}; what did arrive:\n${this.describe(from)}`);
    }
  }

  /** Emits what must succeed; resolves with the acknowledgement. */
  async done<E extends ClientEvent>(event: E, ...args: unknown[]): Promise<{ ok: true } & Acks[E]> {
    const ack = await this.ask(event, ...args);
    assert.equal((ack as { ok: unknown }).ok, true, `${event} failed: ${JSON.stringify(ack).slice(0, 1000)}`);
    return ack as { ok: true } & Acks[E];
  }

  /** Emits what must be refused with this code; see `allRefused`. */
  async refused(code: string, event: string, ...args: unknown[]): Promise<Failure> {
    const [failure] = await this.allRefused(code, [[event, ...args]]);
    return failure as Failure;
  }

  /**
   * Emits what must be refused with this code, all at once. Each is refused by its acknowledgement, by one `error` and
   * by one `messageError`, each in its exact shape and saying the same, in the order in which they were sent.
   */
  async allRefused(code: string, calls: readonly (readonly [event: string, ...args: unknown[]])[]): Promise<Failure[]> {
    const from = this.arrived.length;
    const acks = (await Promise.all(calls.map(([event, ...args]) => this.ask(event, ...args)))) as Failure[];
    for (const [index, ack] of acks.entries()) {
      const what = inspect(calls[index]).slice(0, 300);
      assert.equal(ack.ok, false, `not refused: ${what}: ${JSON.stringify(ack).slice(0, 300)}`);
      assertKeys(ack, ['ok', 'error', 'details'], `the acknowledgement of ${what}`);
      assert.equal(ack.details.code, code, `${what}: ${JSON.stringify(ack)}`);
      assert.equal(ack.details.event, calls[index]?.[0]);
      for (const said of [ack.error, ack.details.hint]) assert.ok(typeof said === 'string' && said !== '', what);
    }
    const aloud = await this.untilCount('error', acks.length, () => true, from);
    assert.deepEqual(
      aloud,
      acks.map(({ error, details }) => ({ error, details })),
    );
    assert.deepEqual(
      await this.untilCount('messageError', acks.length, () => true, from),
      acks.map(({ error }) => ({ error })),
    );
    return acks;
  }

  /** Resolves when, from index `from` on, an event was refused by `error` and `messageError`. */
  async refusedAloud(code: string, event: string, from: number): Promise<Payloads['error']> {
    const aloud = await this.until('error', ({ details }) => details.event === event, from);
    assertKeys(aloud, ['error', 'details'], 'error');
    assert.equal(aloud.details.code, code);
    assert.ok(typeof aloud.error === 'string' && aloud.error !== '', 'the error is a sentence');
    assert.ok(typeof aloud.details.hint === 'string' && aloud.details.hint !== '', 'the error has a hint');
    assert.deepEqual(await this.until('messageError', ({ error }) => error === aloud.error, from), {
      error: aloud.error,
    });
    return aloud;
  }

  /** Resolves when all that the server sent this client before now has arrived: an answer of the same stream has. */
  async settled(): Promise<void> {
    await this.done('request-world-state', { limit: 1 });
  }

  /** Sends a packet of the Socket.IO protocol as it stands, past the encoder: `2["join",{}]` is an event. */
  sendRaw(packet: string): void {
    this.socket.io.engine.write(packet);
  }

  /** Asks for the state of the world, or of one room. */
  async world(payload: { roomId?: string; limit?: number } = {}): Promise<Payloads['world-state']> {
    const from = this.arrived.length;
    await this.done('request-world-state', payload);
    return this.until('world-state', () => true, from);
  }

  /** The id of an agent that runs on this server, found as a stranger finds it. */
  async agentId(): Promise<string> {
    const { agents } = await this.world();
    const [active] = Object.values(agents).filter(({ status }) => status === 'active');
    assert.ok(active, `no active agent in ${JSON.stringify(agents)}`);
    return active.id;
  }
}

export type Wire = {
  readonly transport: Transport;
  /** Connects, and resolves when the server has said who this is; closed after the test. */
  connect(t: TestContext, options?: Options): Promise<Client>;
  /** Begins to connect. */
  open(t: TestContext, options?: Options): Promise<Client>;
};

/** Declares the tests of a theme twice: polling only, WebSocket only. */
export function overEachTransport(theme: string, declare: (wire: Wire) => void): void {
  for (const transport of ['polling', 'websocket'] as const) {
    const open: Wire['open'] = async (t, options = {}) => {
      const client = new Client(await serverUrl(), transport, options);
      t.after(() => {
        client.socket.close();
      });
      return client;
    };
    const connect: Wire['connect'] = async (t, options) => {
      const client = await open(t, options);
      await client.until('connection_established');
      return client;
    };
    describe(`${theme}, over ${transport}`, () => declare({ transport, connect, open }));
  }
}
