/** `elizad chat`: a terminal client for a running server, on elizad-client alone. */
import { createInterface } from 'node:readline';
import { type Client, connect } from 'elizad-client';
import { isUuid } from 'elizad-protocol';
import { findClientKey, SettingError } from '../config.ts';
import { toTerminalLine, toTerminalText } from '../observability/terminal-text.ts';
import { toServerUrl } from './server-url.ts';

type Flags = { room?: string; agent?: string; name: string; apiKey?: string; apiKeyFile?: string };

const help = '  /rooms  your rooms    /who  participants    /state  room statistics    /quit  leave\n';

export async function chat(server: string, flags: Flags): Promise<void> {
  const url =
    toServerUrl(server) ??
    fail(`${server} is not a server address. Expected: an address such as http://localhost:3000`);
  if (flags.room !== undefined && !isUuid(flags.room))
    fail(
      `--room: ${flags.room} is not a room. Expected: a UUID (8-4-4-4-12 hex digits); without --room you get a new room.`,
    );
  // Nothing that others wrote reaches the terminal but through here.
  const write = (text: string) => process.stdout.write(toTerminalText(text));
  const client = connect(url, { name: flags.name, apiKey: flags.apiKey ?? readKey(flags.apiKeyFile) });
  const waiting = setTimeout(() => write(`  waiting for a server at ${url} (npm start runs one)…\n`), 1_000);
  const welcome = await client.ready.catch((error: Error & { data?: { hint?: string } }) =>
    fail(`${error.message} ${error.data?.hint ?? ''}`),
  );
  clearTimeout(waiting);
  const refuse = (error: Error) => fail(error.message);
  const { agents } = await client.worldState().catch(refuse);
  const wanted = flags.agent?.toLowerCase();
  const agent = Object.values(agents).find(({ name, status }) =>
    wanted ? name.toLowerCase() === wanted : status === 'active',
  );
  if (!agent)
    return fail(
      `No agent ${wanted ? `is called ${flags.agent}` : 'is running'} there. Known: ${
        Object.values(agents)
          .map(({ name }) => toTerminalLine(name))
          .join(', ') || 'none'
      }.`,
    );
  const roomId = flags.room ?? crypto.randomUUID();
  await client.join({ roomId, agentId: agent.id }).catch(refuse);
  write(`  ${toTerminalLine(agent.name)} is here. Room ${roomId}.\n${help}\n`);

  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: `${flags.name}: ` });
  let isOpen = true;
  lines.once('close', () => {
    isOpen = false;
  });
  const show = (text: string) => {
    // The line that is being typed is cleared first, and drawn again below.
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[2K');
    write(`${text}\n`);
    if (process.stdout.isTTY && isOpen) lines.prompt(true);
  };
  client.on('messageBroadcast', (message) => {
    if (message.senderId !== welcome.entityId) show(formatMessage(message));
  });
  const ends = openEnds();
  client.on('messageComplete', ({ messageId, outcome, turns }) => {
    const { code, hint } = turns.find((turn) => turn.outcome === outcome) ?? {};
    if (outcome !== 'answered') show(`  ${toTerminalLine(`(${outcome}${code ? `, ${code}` : ''}) ${hint ?? ''}`)}`);
    if (!process.stdin.isTTY) ends.of(messageId).resolve();
  });
  client.socket.on('disconnect', (reason) => {
    if (reason !== 'io client disconnect') show('  connection lost; reconnecting…');
  });
  client.socket.io.on('reconnect', () => show('  connected again.'));

  lines.prompt();
  // Lines that were piped in are said one after the other, each after the answer to the one before.
  for await (const line of lines) {
    const text = line.trim();
    if (text === '/quit') break;
    if (text === '/help') write(help);
    else if (text === '/rooms' || text === '/who' || text === '/state') write(await describe(client, text, roomId));
    else if (text.startsWith('/')) write(`  unknown command.\n${help}`);
    else if (text !== '') await say(client, roomId, text, ends, show);
    if (isOpen) lines.prompt();
  }
  lines.close();
  client.close();
}

/** Lines after the first one are set in: at the margin begins only what somebody says. */
const formatMessage = ({ senderName, text }: { senderName: string; text: string }): string =>
  `${toTerminalLine(senderName)}: ${text.replaceAll('\n', '\n  ')}`;

function readKey(file: string | undefined): string | undefined {
  try {
    return findClientKey(file);
  } catch (error) {
    if (error instanceof SettingError) fail(error.message);
    throw error;
  }
}

type Ends = ReturnType<typeof openEnds>;

/** The ends of messages, for whoever waits; an end may come together with the acknowledgement, before anyone does. */
function openEnds() {
  const ends = new Map<string, PromiseWithResolvers<void>>();
  return {
    of(messageId: string): PromiseWithResolvers<void> {
      const end = ends.get(messageId) ?? Promise.withResolvers<void>();
      ends.set(messageId, end);
      return end;
    },
    forget: (messageId: string) => void ends.delete(messageId),
  };
}

async function say(
  client: Client,
  roomId: string,
  text: string,
  ends: Ends,
  show: (text: string) => void,
): Promise<void> {
  try {
    const { messageId } = await client.send({ roomId, text });
    if (process.stdin.isTTY) return;
    await ends.of(messageId).promise;
    ends.forget(messageId);
  } catch (error) {
    show(`  ${toTerminalLine((error as Error).message)}`);
  }
}

async function describe(client: Client, command: string, roomId: string): Promise<string> {
  const state = await client.worldState(command === '/rooms' ? {} : { roomId });
  const channels = Object.values(state.channels);
  if (command === '/rooms')
    return channels
      .map(({ id, name, type, seq }) => `  ${id}  ${type}  ${toTerminalLine(name)}, ${seq} messages\n`)
      .join('');
  const people = [
    ...Object.values(state.agents).map(({ name, model }) => `${name} (agent, ${model ?? 'not running'})`),
    ...Object.values(state.users).map(({ name }) => name),
  ];
  if (command === '/who') return people.map((person) => `  ${toTerminalLine(person)}\n`).join('');
  return `  room ${roomId}: ${channels[0]?.type}, ${state.seq} messages, ${people.length} participants\n`;
}

function fail(message: string): never {
  process.stderr.write(`elizad chat: ${toTerminalLine(message.trim())}\n`);
  process.exit(1);
}
