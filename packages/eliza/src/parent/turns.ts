/** What is under way for a project, whichever host runs it: turns, uses of models, and notices that wait for the next host. */
import type { FromHost, Json, ProjectTurn, ProjectVerdict, ToHost } from '../link.ts';
import type { ProjectLimits } from './limits.ts';
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
  /** No host comes any more: everything ends, also what comes later, until one is opened again. */
  close(reason: string): void;
  /** Resolves when no turn is under way on the host, or after `timeoutMs`. */
  whenIdle(timeoutMs: number): Promise<void>;
};

type ModelUse = { resolve(result: Json): void; reject(error: Error): void };

/** Notices that wait for a host, at most: the oldest are dropped, for a host that is away so long learns it from messages. */
const maxNotices = 1_000;

export function createTurns(limits: Pick<ProjectLimits, 'turnBytes'>): Turns {
  const running = new Map<string, RunningTurn>();
  const waiting = new Set<RunningTurn>();
  const modelUses = new Map<number, ModelUse>();
  let notices: ToHost[] = [];
  let lastUse = 0;
  let host: Send | undefined;
  let isHeld = true;
  let closedBecause: string | undefined;
  const idle = new Set<() => void>();

  const begin = (one: RunningTurn): void => {
    if (host && !isHeld) {
      running.set(one.turn.id, one);
      one.beginOn(host);
    } else waiting.add(one);
  };
  const leave = (one: RunningTurn): void => {
    waiting.delete(one);
    if (running.get(one.turn.id) === one) running.delete(one.turn.id);
    if (running.size === 0) for (const wake of idle) wake();
  };
  const failUses = (reason: string): void => {
    for (const use of modelUses.values()) use.reject(new Error(reason));
    modelUses.clear();
  };

  return {
    async run(turn, tell, signal) {
      if (signal.aborted) return cancelled;
      if (closedBecause !== undefined) return hostDown(closedBecause);
      // The id names the turn on the line: two at once would take each other's parts.
      if (running.has(turn.id) || [...waiting].some((one) => one.turn.id === turn.id))
        return { outcome: 'failed', code: 'not-taken', reason: `the turn ${turn.id} is under way already` };
      const one = createRunningTurn(turn, tell, limits);
      const abort = () => one.cutOff(cancelled);
      signal.addEventListener('abort', abort, { once: true });
      begin(one);
      const verdict = await one.verdict;
      signal.removeEventListener('abort', abort);
      leave(one);
      return verdict;
    },
    useModel(agentId, model, params, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Json>();
      if (signal.aborted) return Promise.reject(new Error('it was cancelled'));
      if (!host) return Promise.reject(new Error(closedBecause ?? 'the project starts again: try it in a moment'));
      lastUse += 1;
      const id = lastUse;
      const abort = () => {
        modelUses.delete(id);
        reject(new Error('it was cancelled'));
      };
      signal.addEventListener('abort', abort, { once: true });
      modelUses.set(id, { resolve, reject });
      host({ type: 'use-model', id, agentId, model, params });
      return promise.finally(() => signal.removeEventListener('abort', abort));
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
      const ready = [...waiting];
      waiting.clear();
      for (const one of ready) begin(one);
    },
    hold() {
      isHeld = true;
      closedBecause = undefined;
    },
    take(message) {
      if (message.type === 'used') {
        const use = modelUses.get(message.id);
        modelUses.delete(message.id);
        if (message.error === undefined) use?.resolve(message.result ?? null);
        else use?.reject(new Error(message.error));
        return;
      }
      const one = running.get(message.turnId);
      if (message.type === 'part') one?.take(message.part);
      else one?.end(message.verdict);
    },
    async loseHost(reason) {
      host = undefined;
      isHeld = true;
      failUses(`the project's process ended: ${reason}`);
      const lost = [...running.values()];
      running.clear();
      await Promise.all(
        lost.map(async (one) => {
          if (!(await one.loseHost(reason))) return;
          if (closedBecause === undefined) begin(one);
          else one.cutOff(hostDown(closedBecause));
        }),
      );
      if (running.size === 0) for (const wake of idle) wake();
    },
    close(reason) {
      closedBecause = reason;
      host = undefined;
      isHeld = true;
      notices = [];
      failUses(reason);
      for (const one of [...waiting, ...running.values()]) one.cutOff(hostDown(reason));
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
