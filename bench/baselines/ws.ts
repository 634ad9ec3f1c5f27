/**
 * The floor of a fan-out with a write for each frame: a bare `ws` server that knows one room, stores nothing, and sends
 * one frame, encoded once, to each socket in it. It says just enough of Socket.IO for the loads of this folder.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import * as ws from 'ws';
import { showMessage } from './message.ts';

/** What the types of `ws` do not show, and Socket.IO uses too. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };
const frameOptions = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

const http = createServer();
const server = new ws.WebSocketServer({ server: http, perMessageDeflate: false });
const room = new Set<ws.WebSocket & { _socket?: Socket }>();
let seq = 0;
/** Frames of one tick: they leave socket by socket, as Engine.IO's queue has it too. Frame by frame costs twice as much. */
let waiting: Buffer[] = [];

server.on('connection', (socket) => {
  socket.send(`0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`);
  socket.on('close', () => room.delete(socket));
  socket.on('message', (data) => {
    const text = String(data);
    if (text.startsWith('40')) return socket.send('40{"sid":"x"}');
    const [, ack, json] = /^42(\d+)(.*)$/s.exec(text) ?? [];
    if (!json) return;
    const [event, payload] = JSON.parse(json);
    if (event === 'join') room.add(socket);
    else tellAll(`42["messageBroadcast",${JSON.stringify(showMessage(payload, ++seq))}]`);
    socket.send(`43${ack}[{"ok":true}]`);
  });
});

function tellAll(text: string): void {
  if (waiting.length === 0) process.nextTick(flush);
  waiting.push(Buffer.concat(Sender.frame(Buffer.from(text), frameOptions)));
}

function flush(): void {
  const frames = waiting;
  waiting = [];
  for (const socket of room) for (const frame of frames) socket._socket?.write(frame);
}

http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`url http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});
