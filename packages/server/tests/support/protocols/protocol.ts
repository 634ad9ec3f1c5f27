/** What a fake provider has to know of a protocol to speak it: the frames of a streamed answer, and the body of an error. */

export type Finish = 'stop' | 'length' | 'content-filter';

export type FakeCall = { id: string; name: string; input: object };

/** What was thought, and what it is signed with: the client has to give that back unchanged. */
export type Thought = { text?: string | undefined; signature?: string | undefined };

export type Protocol = {
  matches(path: string): boolean;
  open(thought: Thought, hasText: boolean): string[];
  text(piece: string): string;
  close(finish: Finish, hasText: boolean): string[];
  /** The end of an answer that wants something done. */
  calls(calls: readonly FakeCall[], hasText: boolean, thought: Thought): string[];
  /** A failure of the provider in the middle of a stream. */
  error(): string;
  /** The body that goes with a status. */
  refusal(status: number, message: string): object;
};

export const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
export const event = (type: string, rest: object = {}): string => `event: ${type}\n${frame({ type, ...rest })}`;

export function splitText(text: string, chunks: number): string[] {
  const size = Math.ceil(text.length / chunks) || 1;
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
}
