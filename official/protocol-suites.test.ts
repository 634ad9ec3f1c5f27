/**
 * What the test suites of Engine.IO v4 and Socket.IO v5 ask of any server, under the names that they have there; those that need
 * an echo, a namespace of theirs or short pings are of their own server only. Run by `npm run test:official`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTestServer } from '../packages/server/tests/support/test-server.ts';

const ends: (() => unknown)[] = [];
const scope = { after: (end: () => unknown) => void ends.push(end) } as unknown as Parameters<typeof openTestServer>[0];
const { url } = await openTestServer(scope);
const polling = `${url}/socket.io/?EIO=4&transport=polling`;
const websocket = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;

/** A WebSocket whose messages are taken one by one; null stands for its end. */
function openSocket(address = websocket) {
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  const come: (string | null)[] = [];
  let wake = () => {};
  const push = (data: string | null) => {
    come.push(data);
    wake();
  };
  socket.addEventListener('message', ({ data }) => push(String(data)));
  socket.addEventListener('close', () => push(null));
  socket.addEventListener('error', () => {});
  return {
    opened: new Promise((resolve) => socket.addEventListener('open', resolve)),
    send: (data: string) => socket.send(data),
    close: () => socket.close(),
    async next(): Promise<string | null> {
      while (come.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return come.shift() as string | null;
    },
    /** Takes what comes until it ends. */
    async ended(): Promise<void> {
      while ((await this.next()) !== null);
    },
  };
}

/** Connected to the main namespace; what the server says of itself has been taken. */
async function connect(auth = '') {
  const socket = openSocket();
  assert.match(String(await socket.next()), /^0/);
  socket.send(`40${auth}`);
  const answer = String(await socket.next());
  socket.send('42900["request-world-state",{}]');
  for (let data = ''; !data.startsWith('43900'); ) data = String(await socket.next());
  return { socket, answer };
}

async function openSession(): Promise<string> {
  const text = await (await fetch(polling)).text();
  return `${polling}&sid=${JSON.parse(text.slice(1)).sid}`;
}

const statusOf = async (address: string, init?: RequestInit) => (await fetch(address, init)).status;
const options = { concurrency: true, timeout: 90_000 };

describe('Engine.IO protocol', options, () => {
  describe('handshake', options, () => {
    const keys = ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades'];

    describe('HTTP long-polling', () => {
      test('successfully opens a session', async () => {
        const response = await fetch(polling);
        assert.equal(response.status, 200);
        const text = await response.text();
        const opened = JSON.parse(text.slice(1));
        assert.deepEqual([text[0], Object.keys(opened).sort(), opened.upgrades], ['0', keys, ['websocket']]);
      });
      test("fails with an invalid 'EIO' query parameter", async () => {
        assert.equal(await statusOf(polling.replace('EIO=4&', '')), 400);
        assert.equal(await statusOf(polling.replace('EIO=4', 'EIO=abc')), 400);
      });
      test("fails with an invalid 'transport' query parameter", async () => {
        assert.equal(await statusOf(polling.replace('&transport=polling', '')), 400);
        assert.equal(await statusOf(polling.replace('polling', 'abc')), 400);
      });
      test('fails with an invalid request method', async () => {
        for (const method of ['POST', 'PUT']) assert.equal(await statusOf(polling, { method }), 400);
      });
    });

    describe('WebSocket', () => {
      test('successfully opens a session', async () => {
        const socket = openSocket();
        const text = String(await socket.next());
        const opened = JSON.parse(text.slice(1));
        assert.deepEqual([text[0], Object.keys(opened).sort(), opened.upgrades], ['0', keys, []]);
        socket.close();
      });
      test("fails with an invalid 'EIO' query parameter", async () => {
        await openSocket(websocket.replace('EIO=4&', '')).ended();
        await openSocket(websocket.replace('EIO=4', 'EIO=abc')).ended();
      });
      test("fails with an invalid 'transport' query parameter", async () => {
        await openSocket(websocket.replace('&transport=websocket', '')).ended();
        await openSocket(websocket.replace('transport=websocket', 'transport=abc')).ended();
      });
    });
  });

  describe('message', options, () => {
    test('HTTP long-polling: closes the session upon invalid packet format', async () => {
      const session = await openSession();
      await fetch(session, { method: 'POST', body: 'abc' }).catch(() => {});
      assert.equal(await statusOf(session), 400);
    });
    test('HTTP long-polling: closes the session upon duplicate poll requests', async () => {
      const session = await openSession();
      const first = fetch(session);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.ok([400, 500].includes(await statusOf(`${session}&t=burst`)));
      assert.equal(await (await first).text(), '1');
      assert.equal(await statusOf(session), 400);
    });
    test('HTTP long-polling: closes the session upon cancelled polling request', async () => {
      const session = await openSession();
      const cancel = new AbortController();
      const polled = fetch(session, { signal: cancel.signal }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
      cancel.abort();
      await polled;
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal(await statusOf(session), 400);
    });
    test('WebSocket: closes the session upon invalid packet format', async () => {
      const socket = openSocket();
      await socket.next();
      socket.send('abc');
      await socket.ended();
    });
  });

  describe('heartbeat', options, () => {
    test('HTTP long-polling: sends ping/pong packets', async () => {
      const session = await openSession();
      await fetch(session, { method: 'POST', body: '40' });
      for (let text = ''; !text.includes('2'); ) {
        text = await (await fetch(session)).text();
        if (text === '2') break;
        text = '';
      }
      assert.equal(await statusOf(session, { method: 'POST', body: '3' }), 200);
    });
    test('WebSocket: sends ping/pong packets', async () => {
      const { socket } = await connect();
      assert.equal(await socket.next(), '2');
      socket.send('3');
      socket.send('42901["request-world-state",{}]');
      for (let data = ''; !data.startsWith('43901'); ) data = String(await socket.next());
      socket.close();
    });
    test('WebSocket: closes the session upon ping timeout', async () => {
      const { socket } = await connect();
      await socket.ended();
    });
  });

  describe('close', options, () => {
    test('HTTP long-polling: forcefully closes the session', async () => {
      const session = await openSession();
      const polled = fetch(session);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await fetch(session, { method: 'POST', body: '1' });
      assert.equal(await (await polled).text(), '6');
      assert.equal(await statusOf(session), 400);
    });
  });

  describe('upgrade', options, () => {
    /** Upgraded to its end. */
    async function upgrade() {
      const session = await openSession();
      const socket = openSocket(session.replace('http', 'ws').replace('polling', 'websocket'));
      await socket.opened;
      socket.send('2probe');
      assert.equal(await socket.next(), '3probe');
      return { session, socket };
    }
    test('successfully upgrades from HTTP long-polling to WebSocket', async () => {
      const { session, socket } = await upgrade();
      assert.equal(await (await fetch(session)).text(), '6');
      socket.send('5');
      socket.send('40');
      assert.match(String(await socket.next()), /^40\{"sid"/);
      socket.close();
    });
    test('ignores HTTP requests with same sid after upgrade', async () => {
      const { session, socket } = await upgrade();
      socket.send('5');
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await statusOf(session), 400);
      socket.send('40');
      assert.match(String(await socket.next()), /^(6|40\{"sid")/);
      socket.close();
    });
    test('ignores WebSocket connection with same sid after upgrade', async () => {
      const { session, socket } = await upgrade();
      socket.send('5');
      await openSocket(session.replace('http', 'ws').replace('polling', 'websocket')).ended();
      socket.send('40');
      assert.match(String(await socket.next()), /^(6|40\{"sid")/);
      socket.close();
    });
  });
});

describe('Socket.IO protocol', options, () => {
  describe('connect', options, () => {
    test('should allow connection to the main namespace', async () => {
      const { socket, answer } = await connect();
      assert.match(answer, /^40\{"sid":"[^"]+"/);
      socket.close();
    });
    test('should allow connection to the main namespace with a payload', async () => {
      const { socket, answer } = await connect('{"token":"123"}');
      assert.match(answer, /^40\{"sid":"[^"]+"/);
      socket.close();
    });
    test('should disallow connection to an unknown namespace', async () => {
      const socket = openSocket();
      await socket.next();
      socket.send('40/random');
      assert.equal(await socket.next(), '44/random,{"message":"Invalid namespace"}');
      socket.close();
    });
    test('should disallow connection with an invalid handshake', async () => {
      const socket = openSocket();
      await socket.next();
      socket.send('4abc');
      await socket.ended();
    });
    test('should close the connection if no handshake is received', () => openSocket().ended());
  });

  describe('disconnect', options, () => {
    test('should disconnect from the main namespace', async () => {
      const { socket } = await connect();
      socket.send('41');
      assert.ok(['2', null].includes(await socket.next()), 'nothing more of the namespace');
      socket.close();
    });
  });

  describe('message', options, () => {
    test('should send a plain-text packet with an ack', async () => {
      const { socket } = await connect();
      socket.send('42456["request-world-state",{}]');
      let data = '';
      while (!data.startsWith('43456')) data = String(await socket.next());
      assert.equal(JSON.parse(data.slice(5))[0].ok, true);
      socket.close();
    });
    for (const [why, packet] of [
      ['unknown packet type', '4abc'],
      ['invalid payload format', '42{}'],
      ['invalid ack id', '42abc["message-with-ack",1,"2",{"3":[false]}]'],
    ] as const)
      test(`should close the connection upon ${why}`, async () => {
        const { socket } = await connect();
        socket.send(packet);
        await socket.ended();
      });
  });
});

test('the server of these suites ends', async () => {
  for (const end of ends.reverse()) await end();
});
