/**
 * Makes a server write log lines at an even rate: clients that leave and connect anew, which it says at debug. A process of its
 * own: what writes the lines must not take the time of what shows them. Called with the port, the rate and the seconds.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [port = 0, rate = 2_000, seconds = 10] = process.argv.slice(2).map(Number);
const connections = 64;
const stepMs = 10;

/** A namespace that there is not, as its answer says that what was sent before it is done: a CONNECT overtakes a leave. */
const askWhetherDone = '40/done,';

/** Connections that are in, each of which may leave. */
const ready: WebSocket[] = [];
const sockets = Array.from({ length: connections }, () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  socket.on('message', (data) => {
    if (/^0\{|^44\/done/.test(String(data))) socket.send('40');
    if (String(data).startsWith('40{')) ready.push(socket);
  });
  socket.on('close', (code) => {
    process.stderr.write(`The server closed a connection: ${code}\n`);
    process.exit(1);
  });
  return socket;
});
await Promise.all(sockets.map((socket) => once(socket, 'open')));

// The last line of each connection is written when this process ends.
const total = rate * seconds - connections;
const begin = performance.now();
const step = () => new Promise((resolve) => setTimeout(resolve, stepMs));
let sent = 0;
while (sent < total) {
  await step();
  const due = Math.min(total, Math.floor(((performance.now() - begin) / 1_000) * rate));
  for (let socket = sent < due ? ready.shift() : undefined; socket; socket = sent < due ? ready.shift() : undefined) {
    socket.send('41');
    socket.send(askWhetherDone);
    sent++;
  }
}
while (ready.length < connections) await step();
process.stdout.write(`${sent + connections} in ${Math.round(performance.now() - begin)} ms\n`);
process.exit();
