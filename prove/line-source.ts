/**
 * Makes a server write log lines at an even rate: handshakes that it refuses, which it says at debug. A process of its own,
 * with requests one behind the other on a few connections: what writes the lines must not take the time of what shows them.
 * Called with the port, the rate and the seconds.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const [port = 0, rate = 2_000, seconds = 10] = process.argv.slice(2).map(Number);
const connections = 4;
const stepMs = 10;

const request = `GET /socket.io/?EIO=4&transport=pigeon HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
const sockets = Array.from({ length: connections }, () => connect(port, '127.0.0.1').resume());
await Promise.all(sockets.map((socket) => once(socket, 'connect')));

const total = rate * seconds;
const begin = performance.now();
let sent = 0;
while (sent < total) {
  await new Promise((resolve) => setTimeout(resolve, stepMs));
  const due = Math.min(total, Math.floor(((performance.now() - begin) / 1_000) * rate));
  const share = Math.ceil((due - sent) / connections);
  for (const socket of sockets) {
    const more = Math.min(share, due - sent);
    if (more > 0) socket.write(request.repeat(more));
    sent += Math.max(0, more);
  }
}
// The answers to the last ones are on their way.
for (const socket of sockets) socket.end();
await Promise.all(sockets.map((socket) => once(socket, 'close')));
process.stdout.write(`${sent} in ${Math.round(performance.now() - begin)} ms\n`);
