/** Requests over HTTP, one by one: over a connection that is there, or as `fetch` makes them. */
import { connect as connectTcp, type Socket as TcpSocket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export function openTcp(url: string): Promise<TcpSocket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectTcp(Number(port), hostname, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** The status of the answer; 0 where there is none. */
export function request(socket: TcpSocket, text: string): Promise<number> {
  const answer = new Promise<number>((resolve) => {
    socket.once('data', (data) => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(data.toString())?.[1] ?? 0)));
    socket.once('close', () => resolve(0));
  });
  socket.write(text);
  return Promise.race([answer, pause(15_000, 0)]);
}

/** The same. */
export const fetchStatus = (url: string, init: RequestInit = {}): Promise<number> =>
  fetch(url, init).then(
    ({ status }) => status,
    () => 0,
  );

/** The same, of an upload into a room. */
export function uploadTo(url: string, roomId: string): Promise<number> {
  const body = new FormData();
  body.append('file', new File(['b'.repeat(5_000)], 'a.txt', { type: 'text/plain' }));
  return fetchStatus(`${url}/api/messaging/channels/${roomId}/upload-media`, { method: 'POST', body });
}
