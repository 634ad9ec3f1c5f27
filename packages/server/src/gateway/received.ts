/** One event as it came: `name` is what the client called it, the rest is what it means. */
import type { openEnvelope } from 'elizad-protocol';

export type Acknowledge = (answer: unknown) => void;

export type Received = {
  name: string;
  opened: ReturnType<typeof openEnvelope>;
  ack: Acknowledge | undefined;
  /** When it came, in ms of `performance.now()`. */
  at: number;
};
