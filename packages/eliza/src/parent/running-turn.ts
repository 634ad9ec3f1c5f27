/**
 * One turn as the parent sees it, over one host or two: it hands its parts on one after the other, lets the host send more
 * as they are taken, and knows how the turn ends when the host does not live to say so.
 */
import type { ProjectPart, ProjectTurn, ProjectVerdict, ToHost } from '../link.ts';

export type Tell = (part: ProjectPart) => void | Promise<void>;

/** Where the messages of the turn go: the host that runs it now. */
export type Send = (message: ToHost) => void;

export type RunningTurn = {
  readonly turn: ProjectTurn;
  readonly verdict: Promise<ProjectVerdict>;
  /** Begins it, or begins it again, on a host. */
  beginOn(send: Send): void;
  take(part: ProjectPart): void;
  /** The host says how it ended. */
  end(verdict: ProjectVerdict): void;
  /** The host is gone. Resolves to whether the turn must begin again on the next one. */
  loseHost(reason: string): Promise<boolean>;
  /** Ends it at once: nothing more is handed on. */
  cutOff(verdict: ProjectVerdict): void;
};

type Limits = { readonly turnBytes: number };

const cardBytes = 200;

export function createRunningTurn(turn: ProjectTurn, tell: Tell, { turnBytes }: Limits): RunningTurn {
  const { promise: verdict, resolve } = Promise.withResolvers<ProjectVerdict>();
  let send: Send | undefined;
  let begins = 0;
  let bytes = 0;
  let hasActed = false;
  let hasSaid = false;
  let hasStreamed = false;
  let isOver = false;
  /** Parts are handed on in their order; this is the last of them. */
  let lastTaken = Promise.resolve();

  const settle = (how: ProjectVerdict): void => {
    isOver = true;
    resolve(how);
  };
  const cutOff = (how: ProjectVerdict): void => {
    if (isOver) return;
    send?.({ type: 'cancel', turnId: turn.id });
    settle(how);
  };
  const hand = async (part: ProjectPart, host: Send | undefined): Promise<void> => {
    if (isOver) return;
    try {
      await tell(part);
      host?.({ type: 'taken', turnId: turn.id, count: 1 });
    } catch (error) {
      cutOff({
        outcome: 'failed',
        code: 'not-taken',
        reason: `what it said could not be passed on: ${wordsOf(error)}`,
      });
    }
  };

  return {
    turn,
    verdict,
    cutOff,
    beginOn(host) {
      if (isOver) return;
      begins += 1;
      send = host;
      host({ type: 'turn', turn });
    },
    take(part) {
      if (isOver) return;
      bytes += cardBytes + Buffer.byteLength(JSON.stringify(part));
      if (bytes > turnBytes) {
        const reason = `it said more than ${turnBytes} bytes in one turn`;
        return cutOff({ outcome: 'failed', code: 'too-much', reason });
      }
      if (part.type === 'card') hasActed = true;
      if (part.type === 'said') hasSaid = true;
      const host = send;
      // What was streamed before the host died is the beginning of the answer on the screen: the second time only the whole counts.
      if (part.type === 'chunk' && begins > 1 && hasStreamed) {
        host?.({ type: 'taken', turnId: turn.id, count: 1 });
        return;
      }
      if (part.type === 'chunk' && begins === 1) hasStreamed = true;
      lastTaken = lastTaken.then(() => hand(part, host));
    },
    end(how) {
      void lastTaken.then(() => {
        if (!isOver) settle(how);
      });
    },
    async loseHost(reason) {
      send = undefined;
      await lastTaken;
      if (isOver) return false;
      if (hasActed) {
        const words = `the project's process ended after an action had begun (${reason}); what it has done is not known`;
        settle({ outcome: 'failed', code: 'interrupted-action', reason: words });
      } else if (hasSaid) {
        settle({ outcome: 'answered' });
      } else if (begins > 1) {
        settle({ outcome: 'failed', code: 'host-died', reason: `the project's process ended twice: ${reason}` });
      }
      return !isOver;
    },
  };
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
