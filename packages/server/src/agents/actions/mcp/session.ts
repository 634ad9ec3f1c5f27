/**
 * A session with an MCP server, from the handshake to its loss. The client library is loaded with this file, so nothing
 * imports it before a server is listed.
 */
import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import { version } from '../../../config.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { boundMessages } from './bounded-message.ts';
import { isAnswer } from './client-error.ts';
import type { McpServerConfig } from './server-config.ts';
import { createStdioTransport, type StdioEvents } from './stdio-transport.ts';
import { type ListedTool, maxTools } from './tool-action.ts';

export type Session = {
  readonly pid: number | undefined;
  /** All tools, page by page, up to the most that are used and one more. */
  list(signal: AbortSignal): Promise<readonly ListedTool[]>;
  /** The result as the server gave it; rejects when there is none. */
  call(tool: string, input: Record<string, unknown>, signal: AbortSignal, timeoutMs: number): Promise<unknown>;
  /** Resolves within two seconds, when a child is gone. */
  close(): Promise<void>;
};

/** How long a server over HTTP may take to end the session, in ms. */
const farewellMs = 1_000;

/** How long the reason of a child's end may be in coming, after its pipe broke. */
const reasonMs = 300;

/**
 * Connects, within `signal`. Rejects with the reason, and nothing is left of what was started.
 * The handshake that every server knows comes first: some end themselves at a first word that is another.
 */
export async function openSession(config: McpServerConfig, events: StdioEvents, signal: AbortSignal): Promise<Session> {
  const connect = 'command' in config ? connectProgram : connectAddress;
  try {
    return await connect(config, events, signal, false);
  } catch (error) {
    // A server of the newest protocol answers that handshake with an error, and is asked in its own words.
    if (!isAnswer(error) || signal.aborted) throw error;
    return await connect(config, events, signal, true);
  }
}

const clientOptions = (signal: AbortSignal, isNewest: boolean) => ({
  clientName: 'elizad',
  version,
  protocolVersionDiscovery: isNewest,
  initializationOptions: { signal },
  // What goes wrong comes back from the request, too; what it quotes here is not for the log.
  onUncaughtError: () => {},
});

async function connectProgram(
  config: McpServerConfig,
  events: StdioEvents,
  signal: AbortSignal,
  isNewest: boolean,
): Promise<Session> {
  if (!('command' in config)) throw new TypeError('no command');
  let isOpen = false;
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const transport = createStdioTransport(config, {
    ...events,
    ended(reason) {
      end(reason);
      if (isOpen) events.ended(reason);
    },
  });
  transport.supportsProtocolVersionDiscovery = isNewest;
  try {
    const client = await createMCPClient({ transport, ...clientOptions(signal, isNewest) });
    isOpen = true;
    boundMessages(client);
    return toSession(client, transport.pid, () => transport.close());
  } catch (error) {
    // All that a broken pipe says is that something is wrong; the child's end says what.
    const isBroken = error instanceof Error && /EPIPE|has ended|Connection closed/.test(error.message);
    const reason = isBroken && !signal.aborted ? await Promise.race([ended, wait(reasonMs)]) : undefined;
    await transport.close();
    throw reason === undefined ? error : new Error(reason);
  }
}

async function connectAddress(
  config: McpServerConfig,
  events: StdioEvents,
  signal: AbortSignal,
  isNewest: boolean,
): Promise<Session> {
  if (!('url' in config)) throw new TypeError('no url');
  const { url, headers } = config;
  const type = config.type === 'sse' ? 'sse' : 'http';
  let isOpen = false;
  // Over SSE all answers come on the one stream that listens: without it nothing comes any more.
  const fetch = createBoundedFetch(() => {
    if (isOpen && type === 'sse') events.ended('its stream has ended');
  });
  const client = await createMCPClient({
    transport: { type, url, headers, fetch },
    ...clientOptions(signal, isNewest),
  });
  isOpen = true;
  boundMessages(client);
  return toSession(client, undefined, () => Promise.race([client.close(), wait(farewellMs).then(() => {})]));
}

function toSession(client: MCPClient, pid: number | undefined, close: () => Promise<void>): Session {
  return {
    pid,
    async list(signal) {
      const tools: ListedTool[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.listTools({
          params: cursor === undefined ? undefined : { cursor },
          options: { signal },
        });
        tools.push(...page.tools);
        // A server that hands out empty pages for ever would keep us for ever.
        cursor = page.tools.length === 0 ? undefined : page.nextCursor;
      } while (cursor !== undefined && tools.length <= maxTools);
      return tools;
    },
    call: (name, input, signal, timeout) => client.callTool({ name, arguments: input, options: { signal, timeout } }),
    close: () => close().catch(() => {}),
  };
}

const wait = (ms: number): Promise<undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
