/**
 * What a room costs with bare Socket.IO: the same version as ours, WebSocket without compression, no store. It tells a
 * room what is said, with a payload of the size of ours, and acknowledges; where an agent was invited it echoes.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { type Said, showMessage } from './message.ts';

const http = createServer();
const io = new Server(http, { serveClient: false, perMessageDeflate: false });
const echo = { id: crypto.randomUUID(), name: 'an echo' };
const withAgent = new Set<string>();
let seq = 0;

io.on('connection', (socket) => {
  socket.on('request-world-state', () => socket.emit('world-state', { agents: { echo } }));
  socket.on('join', ({ roomId, agentId }: { roomId: string; agentId?: string }, ack: (answer: object) => void) => {
    socket.join(roomId);
    if (agentId) withAgent.add(roomId);
    ack({ ok: true });
  });
  socket.on('message', (said: Said, ack?: (answer: object) => void) => {
    const message = showMessage(said, ++seq);
    io.to(said.roomId).emit('messageBroadcast', message);
    ack?.({ ok: true });
    if (!withAgent.has(said.roomId)) return;
    io.to(said.roomId).emit('messageBroadcast', { ...showMessage(said, ++seq), inReplyTo: message.id });
    io.to(said.roomId).emit('messageComplete', { roomId: said.roomId, messageId: message.id });
  });
});

http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`url http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});
