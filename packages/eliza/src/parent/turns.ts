/** What is under way for a project, whichever host runs it: turns, uses of models, and notices that wait for the next host. */
import type { FromHost, Json, ProjectTurn, ProjectVerdict, ToHost } from '../link.ts';
import type { ProjectLimits } from './limits.ts';
import { createModelUses } from './model-uses.ts';
import { createRunningTurn, type RunningTurn, type Send, type Tell } from './running-turn.ts';

export type Turns = {
  run(turn: ProjectTurn, tell: Tell, signal: AbortSignal): Promise<ProjectVerdict>;
  useModel(agentId: string, model: string, params: Json, signal: AbortSignal): Promise<Json>;
  /** A notice: goes to the host, or waits for it. */
  send(message: ToHost): void;
  /** A host is ready: it gets everything that waits. */
  openTo(host: Send): void;
  /** New turns wait for the next host. Those under way go on. */
  hold(): void;
  /** Of a host: whatever belongs to turns and models. */
  take(message: Extract<FromHost, { type: 'part' | 'ended' | 'used' }>): void;
  loseHost(reason: string): Promise<void>;
  /** No host comes any more: everything ends, also what comes later, until one is held or opened again. */
  close(reason: string): void;
  /** Resolves when no turn is under way on the host, or after `timeoutMs`. */
  whenIdle(timeoutMs: number): Promise<void>;
};

/** Notices that wait for a host, at most: the oldest are dropped. */
const maxNotices = 1_000;

export function createTurns(limits: Pick<ProjectLimits, 'turnBytes'>): Turns {
  const running = new Map<string, RunningTurn>();
  const waiting = new Map<string, RunningTurn>();
  const uses = createModelUses();
  const idle = new Set<() => void>();
  let notices: ToHost[] = [];
  let host: Send | undefined;
  let isHeld = true;
  let closedBecause: string | undefined;

  const begin = (one: RunningTurn): void => {
    if (!host || isHeld) return void waiting.set(one.turn.id, one);
    running.set(one.turn.id, one);
    one.beginOn(host);
  };
  const leave = (one: RunningTurn): void => {
    waiting.delete(one.turn.id);
    running.delete(one.turn.id);
    if (running.size === 0) for (const wake of idle) wake();
  };
  /** Begins it again where it may; one that ended with its host leaves by itself. */
  const rescue = async (one: RunningTurn, reason: string): Promise<void> => {
    if (!(await one.loseHost(reason))) return;
    running.delete(one.turn.id);
    if (closedBecause === undefined) begin(one);
    else one.cutOff(hostDown(closedBecause));
  };

  return {
    async run(turn, tell, signal) {
      if (signal.aborted) return cancelled;
      if (closedBecause !== undefined) return hostDown(closedBecause);
      // The id names the turn on the line: two at once would take each other's parts.
      if (running.has(turn.id) || waiting.has(turn.id)) return underWay(turn.id);
      const one = createRunningTurn(turn, tell, limits);
      const abort = () => one.cutOff(cancelled);
      signal.addEventListener('abort', abort, { once: true });
      begin(one);
      const verdict = await one.verdict;
      signal.removeEventListener('abort', abort);
      leave(one);
      return verdict;
    },
    async useModel(agentId, model, params, signal) {
      if (signal.aborted) throw new Error('it was cancelled');
      if (!host) throw new Error(closedBecause ?? 'the project starts again: try it in a moment');
      return uses.begin(host, { agentId, model, params }, signal);
    },
    send(message) {
      if (host && !isHeld) host(message);
      else if (closedBecause === undefined) notices = [...notices.slice(1 - maxNotices), message];
    },
    openTo(next) {
      host = next;
      isHeld = false;
      closedBecause = undefined;
      for (const notice of notices) next(notice);
      notices = [];
      const ready = [...waiting.values()];
      waiting.clear();
      for (const one of ready) begin(one);
    },
    hold() {
      isHeld = true;
      closedBecause = undefined;
    },
    take(message) {
      if (message.type === 'used') uses.take(message);
      else if (message.type === 'part') running.get(message.turnId)?.take(message.part);
      else running.get(message.turnId)?.end(message.verdict);
    },
    async loseHost(reason) {
      host = undefined;
      isHeld = true;
      uses.failAll(`the project's process ended: ${reason}`);
      await Promise.all([...running.values()].map((one) => rescue(one, reason)));
      if (running.size === 0) for (const wake of idle) wake();
    },
    close(reason) {
      closedBecause = reason;
      host = undefined;
      isHeld = true;
      notices = [];
      uses.failAll(reason);
      for (const one of [...waiting.values(), ...running.values()]) one.cutOff(hostDown(reason));
    },
    async whenIdle(timeoutMs) {
      if (running.size === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      idle.add(resolve);
      await promise;
      idle.delete(resolve);
      clearTimeout(timer);
    },
  };
}

const cancelled: ProjectVerdict = { outcome: 'failed', code: 'cancelled', reason: 'it was cancelled' };
const hostDown = (reason: string): ProjectVerdict => ({ outcome: 'failed', code: 'host-down', reason });
const underWay = (turnId: string): ProjectVerdict => ({
  outcome: 'failed',
  code: 'not-taken',
  reason: `the turn ${turnId} is under way already`,
});
