/** The parts of docs/rest.md that are written by hand: what needs more room than a cell of a table, by domain. */
import type { RestDomain } from 'elizad-protocol/rest';

export const restNotes: Partial<Record<RestDomain, readonly string[]>> = {
  agents: [
    'A change to an agent with a character file lasts until that file changes. Starting a running agent or stopping a stopped one changes nothing.',
  ],
  memory: [
    'A memory in `messages` is the message itself: when you change or delete it, everyone in its room sees that. Facts and documents belong to the agent alone.',
  ],
  messaging: [
    '**Answers.** `transport` (or `mode`) of a new message selects the response. With `http`, or `?wait=true`, the response includes the answer. With `sse` it is a stream of `user_message`, `chunk`, and `done` or `error`; to resume it, send the same `messageId` again with `Last-Event-ID`. The room hears the same in every case. Without `author_id` the author is the entity of `X-Entity-Id`.',
    '**Pages.** A page that you request by time continues through all messages of the same millisecond, so you can also request the next page by time.',
    '**Events of a channel.** `event` and `data` are the name and payload that sockets get; `id` is a position in the order of the server. After a break you get each missed event once and in order. A reader that is too slow is disconnected and can resume. If the entity of `X-Entity-Id` is removed from the channel, its stream ends with `error`, and it can resume only after joining again.',
    '**Search** covers the last 2,000 messages of each channel, reads up to 10 MB of text and returns up to 1 MB.',
    '**Titles.** The built-in Eliza has no model: its title is the first words of a person in the room.',
    '**Agents that run elsewhere** use `submit`. `raw_message` may contain `thought`, `actions` and `attachments`. If the author is not an agent and `source_type` is not `agent_response`, the agents of the room answer the message as they would any other.',
    '**Other platforms** use `ingest-external`. The status is 202 if the room is given as `channel_id`, 200 if it is given as `roomId`.',
  ],
  audio: [
    'As `multipart/form-data`, `speech/conversation` also takes audio in `file` and posts its transcript; `messages` is then JSON text.',
  ],
  openai: [
    '**In a room.** The header `X-Room-Id` names the room, and the response repeats the header; otherwise `user` selects one room for each user and agent. The room is the memory, so the agent reads only the last user message of the request. Without either, the room exists for this request only: the agent sees the earlier messages of the request, and nothing is kept unless you send `Idempotency-Key`. `stream`, `stream_options.include_usage` and parts with images, audio and files work. Model parameters are ignored, because the agent sets its own.',
    "**Led by the program.** With `tools`, `tool_choice`, a `response_format`, tool results or `n`, your program leads the conversation: the agent's model answers in one step, in character and from all messages of the request. There is no room and nothing is kept; `temperature`, `max_tokens`, `top_p`, `stop`, `seed` and the penalties take effect.",
  ],
};
