/** What a stranger can send before it has said who it is: many CONNECTs in one request, and handshakes that go no further. */
import { request } from 'node:http';
import { connect } from 'node:net';

const polling = '/socket.io/?EIO=4&transport=polling';

/** Opens a connection over long-polling; returns the address of its requests. */
export async function openHandshake(url: string): Promise<string> {
  const answer = await (await fetch(url + polling)).text();
  return `${url}${polling}&sid=${JSON.parse(answer.slice(1)).sid}`;
}

/** One request with so many CONNECTs; resolves with its status, or 0 where the connection was closed instead. */
export async function floodConnects(url: string, count: number): Promise<number> {
  const address = await openHandshake(url);
  return new Promise((resolve) => {
    const flood = request(address, { method: 'POST' }, (answer) => resolve(answer.resume().statusCode ?? 0));
    flood.on('error', () => resolve(0));
    flood.end(Array<string>(count).fill('40').join('\x1e'));
  });
}

/** Opens connections that say nothing more: a hundred requests in a row on each of the network's connections. */
export async function openSilent(url: string, count: number, inARow = 100): Promise<void> {
  const { host, hostname, port } = new URL(url);
  const handshake = `GET ${polling} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const openSome = async () => {
    const socket = connect(Number(port), hostname);
    socket.write(handshake.repeat(inARow));
    let answers = '';
    for await (const part of socket) {
      answers += part;
      if (answers.split('HTTP/1.1 200').length > inARow) break;
    }
  };
  for (let opened = 0; opened < count; opened += inARow) await openSome();
}

/** Asks the server all the time; `stop` returns the longest that one answer took, in ms. */
export function watchWaits(url: string): { stop(): Promise<number> } {
  let isOver = false;
  const run = async () => {
    for (let longest = 0; ; ) {
      const start = performance.now();
      await (await fetch(`${url}/healthz`)).arrayBuffer();
      longest = Math.max(longest, performance.now() - start);
      if (isOver) return longest;
    }
  };
  const running = run();
  return {
    stop: () => {
      isOver = true;
      return running;
    },
  };
}
