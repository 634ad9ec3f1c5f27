/** What the server counts while it works: plain numbers and timings, raised where things happen, read by who asks. */
import { type Outcome, outcomes } from 'elizad-protocol';
import { createTiming, type Timing } from './timing.ts';

export type Meters = {
  /** Messages that were stored, of people, agents and the server. */
  messages: number;
  /** Times that a turn was taken up; again after a restart, or after a person was asked. */
  turnsStarted: number;
  readonly turnsEnded: Record<Outcome, number>;
  /** Turns that are at work now. */
  turnsUnderWay: number;
  /** From the arrival of a message on a socket to its acknowledgement. */
  readonly sends: Timing;
  /** From storing the question to the end of the turn. */
  readonly turns: Timing;
  /** From the question that is stored to the first word or call of the model. */
  readonly firstTokens: Timing;
};

export const createMeters = (): Meters => ({
  messages: 0,
  turnsStarted: 0,
  turnsEnded: Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>,
  turnsUnderWay: 0,
  sends: createTiming(),
  turns: createTiming(),
  firstTokens: createTiming(),
});
