/**
 * Makes a server write log lines at an even rate: clients that leave and connect anew, which it says at debug. A process of its
 * own: what writes the lines must not take the time of what shows them. Called with the port, the rate and the seconds.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [port = 0, rate = 2_000, seconds = 10] = process.argv.slice(2).map(Number);
const connections = 64;
const stepMs = 10;

/** How long after it has left one asks to be let in again, in ms: it has to be gone by then. */
const awayMs = 8;

/** Connections that are in, each of which may leave. */
const ready: WebSocket[] = [];
const sockets = Array.from({ length: connections }, () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  socket.on('message', (data) => {
    if (String(data).startsWith('0{')) socket.send('40');
    if (String(data).startsWith('40{')) ready.push(socket);
  });
  socket.on('close', (code) => {
    process.stderr.write(`The server closed a connection: ${code}\n`);
    process.exit(1);
  });
  return socket;
});
await Promise.all(sockets.map((socket) => once(socket, 'open')));

const total = rate * seconds;
const begin = performance.now();
let sent = 0;
while (sent < total) {
  await new Promise((resolve) => setTimeout(resolve, stepMs));
  const due = Math.min(total, Math.floor(((performance.now() - begin) / 1_000) * rate));
  for (let socket = sent < due ? ready.shift() : undefined; socket; socket = sent < due ? ready.shift() : undefined) {
    const leaving = socket;
    leaving.send('41');
    setTimeout(() => leaving.send('40'), awayMs);
    sent++;
  }
}
process.stdout.write(`${sent} in ${Math.round(performance.now() - begin)} ms\n`);
process.exit();
