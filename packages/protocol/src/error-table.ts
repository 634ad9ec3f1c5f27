/**
 * The one table of errors. Whatever goes wrong, on a socket, over HTTP or in a turn, is a row here.
 * The number's range is the instruction to a client:
 *   1000-1999 the request is wrong: mend it, then send again      2000-2999 not allowed: get the right, then send again
 *   3000-3999 too much: wait, or send less                        4000-4999 the agent or its model failed: see the hint
 *   5000-5999 the server failed: send again later, with the same messageId
 */

type Row = {
  readonly number: number;
  readonly httpStatus: number;
  /** `never`: the same request fails again. `later`: it may pass. `changed`: it passes once what the hint names is mended. */
  readonly retry: 'never' | 'later' | 'changed';
  readonly message: string;
  readonly hint: string;
};

const row = (number: number, httpStatus: number, retry: Row['retry'], message: string, hint: string): Row => ({
  number,
  httpStatus,
  retry,
  message,
  hint,
});

export const errorTable = {
  'unknown-event': row(
    1001,
    404,
    'never',
    'This server knows no such event.',
    'See docs/protocol.md for the list of events.',
  ),
  'invalid-payload': row(
    1002,
    400,
    'never',
    'The payload does not fit the event.',
    'Each entry of `issues` names a path and what is expected there.',
  ),
  'text-too-long': row(
    1003,
    413,
    'never',
    'The text of the message is too long.',
    'Shorten it to `limits.maxTextLength` of connection_established, or split it.',
  ),
  'payload-too-large': row(
    1004,
    413,
    'never',
    'The payload is too large.',
    'Keep it under `limits.maxPayloadBytes` of connection_established; send big things as links.',
  ),
  'agent-not-found': row(
    1005,
    404,
    'changed',
    'No agent has this id.',
    'Emit `request-world-state` with {}: the keys of `agents` are the ids that this server knows.',
  ),
  'channel-not-found': row(1006, 404, 'changed', 'No room has this id.', 'Emit `join` first: it creates the room.'),
  'message-id-reused': row(
    1007,
    409,
    'never',
    'This messageId was already used for another text.',
    'Use a fresh messageId for each new message; repeat one only to send the same message again.',
  ),
  'invalid-entity-id': row(
    1008,
    400,
    'changed',
    '`auth.entityId` is not a UUID.',
    'Send 8-4-4-4-12 hex digits, or leave it out: the server then assigns one.',
  ),
  'not-found': row(
    1009,
    404,
    'never',
    'There is nothing at this address.',
    'Point a Socket.IO client at the root of this server; GET /healthz tells whether it runs.',
  ),
  'upgrade-required': row(
    1010,
    426,
    'changed',
    'This address speaks WebSocket only.',
    'Use a Socket.IO v4 client at the root of this server, or upgrade to WebSocket here.',
  ),
  'not-subscribed': row(1011, 409, 'changed', 'This socket has no log subscription.', 'Emit `subscribe_logs` first.'),
  'server-not-found': row(
    1012,
    404,
    'changed',
    'No server has this id.',
    'Leave `serverId` out: there is one server, and it is the default.',
  ),
  'message-not-found': row(
    1020,
    404,
    'never',
    'There is no such message in this room.',
    'It may have been deleted already; the `id` of messageBroadcast is what names a message.',
  ),
  unauthorized: row(
    2001,
    401,
    'changed',
    'A key is needed, and the one given is missing or wrong.',
    "Send the server's key as `auth.apiKey` or `auth.token` on the socket, or as the header X-API-KEY.",
  ),
  'speaking-as-agent': row(
    2002,
    403,
    'never',
    'Nobody may speak with the id of an agent.',
    'Send your own id as `userId`, or none.',
  ),
  'origin-not-allowed': row(
    2003,
    403,
    'changed',
    'Pages of this origin may not use this server.',
    'Add the origin to CORS_ORIGIN and start the server again.',
  ),
  'missing-scope': row(
    2004,
    403,
    'changed',
    'The credential does not allow this.',
    'Use a credential that has the scope named in `details.scope`.',
  ),
  'not-the-sender': row(
    2010,
    403,
    'never',
    'Only its sender may delete a message.',
    'Name the sender, or leave the header X-Entity-Id out: the holder of the key may delete any message.',
  ),
  'too-many-rooms': row(
    3001,
    429,
    'changed',
    'This connection is in as many rooms as it may be.',
    'Leave a room first, or open another connection; `limits.maxRooms` of connection_established says how many.',
  ),
  'reader-too-slow': row(
    3002,
    429,
    'later',
    'This connection did not read what was sent to it, so it was cut off.',
    'Nothing is lost: what was missed comes when the client is back. Handle events faster, or be in fewer rooms.',
  ),
  'too-many-sends': row(
    3003,
    429,
    'later',
    'This connection sends more than it may.',
    'Send it again after `retryAfterMs`; `limits.maxSendsPerSecond` of connection_established says how many.',
  ),
  'agent-not-running': row(
    4001,
    503,
    'changed',
    'The agent is known, but not running.',
    'Start the server with its character file (--character), or invite another agent.',
  ),
  'no-agent': row(
    4002,
    409,
    'changed',
    'No agent is in this room, so nobody answers.',
    'Join with `agentId` to invite one.',
  ),
  'model-unauthorized': row(
    4101,
    502,
    'changed',
    'The model provider refused the key.',
    "Check the provider's API key in the environment of the server.",
  ),
  'model-rate-limited': row(
    4102,
    503,
    'later',
    'The model provider is limiting the rate.',
    'Wait, then send again; or raise the limit at the provider.',
  ),
  'model-not-found': row(
    4103,
    502,
    'changed',
    'The model provider knows no such model.',
    'Check `settings.model` of the character.',
  ),
  'model-refused': row(
    4104,
    502,
    'never',
    'The model provider refused the request.',
    "The provider's words are in the server's log.",
  ),
  'model-unreachable': row(
    4105,
    503,
    'later',
    'The model provider cannot be reached.',
    'Check the base URL and that the provider is up.',
  ),
  'model-cut': row(
    4106,
    502,
    'later',
    'The connection to the model provider broke in mid-answer.',
    'Send again; what had arrived was kept.',
  ),
  'model-overloaded': row(4107, 503, 'later', 'The model provider reports a failure of its own.', 'Send again later.'),
  'model-empty': row(4108, 502, 'later', 'The model answered nothing.', 'Send again, or choose another model.'),
  'turn-timed-out': row(
    4109,
    504,
    'later',
    'The answer took longer than a turn may take.',
    'Send again, or raise TURN_TIMEOUT_MS.',
  ),
  'turn-cancelled': row(
    4110,
    409,
    'never',
    'The turn was cancelled.',
    'Somebody in the room asked for it; send again to get an answer.',
  ),
  'approval-not-found': row(
    1021,
    404,
    'never',
    'Nobody has asked for this approval in this room.',
    'The `id` of a messageBroadcast whose `source` is `agent_question` is the `approvalId`.',
  ),
  'approval-settled': row(
    1022,
    409,
    'never',
    'This question was answered already, or its time is over.',
    '`metadata.approval` of the message says how.',
  ),
  'not-a-participant': row(2011, 403, 'changed', 'Only who is in the room may answer this.', 'Emit `join` first.'),
  'turn-superseded': row(
    4111,
    409,
    'never',
    'A newer message took the place of this one.',
    'The newer one is answered; the policy of this room is `supersede`.',
  ),
  'agent-busy': row(
    4112,
    409,
    'later',
    'The agent was at work on another message.',
    'Send again when it has answered; the policy of this room is `reject`.',
  ),
  'room-frozen': row(
    4113,
    409,
    'later',
    'No agent answers in this room for now.',
    'A message of the server in the room says why, and until when.',
  ),
  'budget-spent': row(
    4114,
    429,
    'later',
    'The agents of this room have used up what they may spend in an hour.',
    'Send again later, or raise ROOM_TURNS_PER_HOUR, ROOM_TOKENS_PER_HOUR or ROOM_COST_PER_HOUR.',
  ),
  'storage-failed': row(
    5001,
    503,
    'later',
    'The server could not use its disk: nothing was stored, and nobody saw it.',
    'Send it again with the same messageId; if it lasts, look at the disk of the server.',
  ),
  internal: row(
    5003,
    500,
    'later',
    'The server failed at this request.',
    'Send it again with the same messageId; the log of the server says more.',
  ),
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof errorTable;
