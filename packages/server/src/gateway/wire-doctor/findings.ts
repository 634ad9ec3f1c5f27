/**
 * Every finding of the doctor, one row each. A row depends only on the facts of a socket, and states only what the
 * server can see.
 */
import { type ErrorCode, errorTable, type Finding, type FindingSeverity } from 'elizad-protocol';
import type { Facts } from './facts.ts';

/** The facts of a socket, and what is known of it at the time of asking. */
export type Patient = {
  facts: Facts;
  now: number;
  transport: string;
  isAssigned: boolean;
  /** How often somebody of this id connected in the last minute. */
  connectsPerMinute: number;
  /** Whether it is in a room now. */
  isInRoom: boolean;
  /** Rooms that it said something in and in which no agent takes part. */
  roomsWithoutAgent: readonly string[];
  /** Rooms that it is in and whose id is that of an agent. */
  roomsOfAgents: readonly string[];
};

type Rule = {
  severity: FindingSeverity;
  applies(patient: Patient): boolean;
  sentence(patient: Patient): string;
  hint(patient: Patient): string;
};

const idleMs = 30_000;
const upgradeMs = 15_000;
const manyConnects = 6;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const list = (names: Iterable<string>): string => [...names].slice(0, 3).join(', ');
const isWatching = ({ facts }: Patient): boolean =>
  facts.sent.has('subscribe_wire') || facts.sent.has('subscribe_logs');

const rules = {
  'server-event': {
    severity: 'fault',
    applies: ({ facts }) => facts.fromServer !== undefined,
    sentence: ({ facts }) => `Sent \`${facts.fromServer}\`, which only the server sends.`,
    hint: ({ facts }) => `Listen to it with socket.on('${facts.fromServer}', …); to send a message, emit \`message\`.`,
  },
  'unknown-event': {
    severity: 'fault',
    applies: ({ facts }) => facts.unknown !== undefined,
    sentence: ({ facts }) => `Sent \`${facts.unknown?.event}\`, which this server does not know.`,
    hint: ({ facts }) => `Did you mean \`${facts.unknown?.nearest}\`?`,
  },
  'refused-payload': {
    severity: 'fault',
    applies: ({ facts }) => facts.refused.has('invalid-payload'),
    sentence: ({ facts }) =>
      `Sent invalid payloads ${times(facts.refused.get('invalid-payload') ?? 0)}${describeFaults(facts)}.`,
    hint: () => 'The `issues` of the `error` event and of the acknowledgement name the expected values.',
  },
  'refused-otherwise': {
    severity: 'fault',
    applies: ({ facts }) => listOtherCodes(facts).length > 0,
    sentence: ({ facts }) => `Was refused with ${list(listOtherCodes(facts).map((code) => `\`${code}\``))}.`,
    hint: () => 'The `hint` of the `error` event says what to do; select the event in the table below.',
  },
  'too-fast': {
    severity: 'fault',
    applies: ({ facts }) => facts.refused.has('too-many-sends'),
    sentence: ({ facts }) => `Sends too fast: events were refused ${times(facts.refused.get('too-many-sends') ?? 0)}.`,
    hint: () =>
      'Wait for `retryAfterMs` of the error; `limits.maxSendsPerSecond` of connection_established is the maximum.',
  },
  'never-joined': {
    severity: 'doubt',
    applies: ({ facts }) => facts.unjoined.size > 0,
    sentence: ({ facts }) => `Sent a message to room ${list(facts.unjoined)} without joining it first.`,
    hint: () => 'It receives only events after its own message, and nothing before: emit `join` first.',
  },
  'no-sender': {
    severity: 'doubt',
    applies: ({ facts }) => facts.withoutSender > 0,
    sentence: ({ facts }) => `Sent the envelope of type 2 without \`senderId\`, ${times(facts.withoutSender)}.`,
    hint: ({ isAssigned }) =>
      isAssigned
        ? "The server assigned an id to it, and assigns another after a reload: put the person's id into `senderId`."
        : "This server uses the id of the handshake, but Eliza OS refuses the message: put the person's id into `senderId`.",
  },
  'no-receipt': {
    severity: 'doubt',
    applies: ({ facts }) => facts.withoutReceipt > 0,
    sentence: ({ facts }) =>
      `Sent a message with neither an acknowledgement nor a \`messageId\`, ${times(facts.withoutReceipt)}.`,
    hint: () =>
      'It cannot know whether the message is stored, and sending it again stores it twice. Give each message a `messageId`.',
  },
  repeats: {
    severity: 'doubt',
    applies: ({ facts }) => facts.repeats > 0,
    sentence: ({ facts }) =>
      `Sent the same text again, ${times(facts.repeats)}, although the room had new messages: it may not receive answers.`,
    hint: ({ facts }) =>
      `The server cannot see which events a client listens to. Answers arrive as \`messageBroadcast\`; a client that listens to \`message\` receives nothing${facts.envelope > 0 ? ', even if it sends the envelope' : ''}.`,
  },
  'no-agent': {
    severity: 'doubt',
    applies: ({ roomsWithoutAgent }) => roomsWithoutAgent.length > 0,
    sentence: ({ roomsWithoutAgent }) => `Room ${list(roomsWithoutAgent)} has no agent: only people can answer.`,
    hint: () => 'Join with the `agentId` of an agent to invite it; `request-world-state` lists the ids.',
  },
  'room-of-an-agent': {
    severity: 'doubt',
    applies: ({ roomsOfAgents }) => roomsOfAgents.length > 0,
    sentence: ({ roomsOfAgents }) => `Is in room ${list(roomsOfAgents)}, which has the id of the agent in it.`,
    hint: () => 'All clients that do this share one room and can read all of it. Give each conversation its own id.',
  },
  loop: {
    severity: 'fault',
    applies: ({ facts }) => facts.refused.has('message-loop'),
    sentence: () => 'Resends what it receives, in an endless loop.',
    hint: () =>
      'Only display what arrives as `messageBroadcast`, and do not send from its handler; or give each message a `messageId`.',
  },
  reconnects: {
    severity: 'doubt',
    applies: ({ connectsPerMinute }) => connectsPerMinute >= manyConnects,
    sentence: ({ connectsPerMinute }) => `Clients with this id connected ${connectsPerMinute} times within a minute.`,
    hint: () =>
      'Use one socket per page: create it once, outside rendered components, and let it reconnect automatically.',
  },
  polling: {
    severity: 'note',
    applies: ({ facts, now, transport }) => transport === 'polling' && now - facts.connectedAt >= upgradeMs,
    sentence: () => 'Uses only long-polling.',
    hint: () =>
      "Allow `transports: ['polling', 'websocket']`. If it does already, a proxy in between blocks WebSockets.",
  },
  'in-no-room': {
    severity: 'note',
    applies: (patient) =>
      patient.facts.joined.size === 0 &&
      !patient.isInRoom &&
      !isWatching(patient) &&
      patient.now - patient.facts.connectedAt >= idleMs,
    sentence: () => 'Has been connected for more than half a minute without joining a room: it receives nothing.',
    hint: () => 'Emit `join` with a `roomId`, after each `connect` that is not `recovered`.',
  },
} as const satisfies Record<string, Rule>;

/** Codes that a row of their own speaks of. */
const ownRows = new Set(['invalid-payload', 'unknown-event', 'too-many-sends', 'message-loop']);
/** From here on the numbers of the table are faults of agents and of the server. */
const notTheClients = 4_000;

const listOtherCodes = ({ refused }: Facts): string[] =>
  [...refused.keys()].filter((code) => !ownRows.has(code) && errorTable[code as ErrorCode].number < notTheClients);

function describeFaults({ faults }: Facts): string {
  const described = [...faults.keys()].slice(0, 3).map((fault) => {
    const space = fault.lastIndexOf(' ');
    const [event, field] = [fault.slice(0, space), fault.slice(space + 1)];
    return field === '' ? `\`${event}\` as a whole` : `\`${field}\` of \`${event}\``;
  });
  return described.length > 0 ? `: ${described.join(', ')}` : '';
}

/** Everything that is wrong with a client, the worst first. */
export const listFindings = (patient: Patient): Finding[] =>
  Object.entries<Rule>(rules)
    .filter(([, rule]) => rule.applies(patient))
    .map(([id, rule]) => ({
      id,
      severity: rule.severity,
      sentence: rule.sentence(patient),
      hint: rule.hint(patient),
    }));
