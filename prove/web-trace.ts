/** What a page was busy with while somebody uses it, from a trace of Chromium itself: each task of its main thread, each frame. */
import type { CDPSession, Page } from 'playwright-core';

type TraceEvent = {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  /** The part of `dur` in which the thread had a core. */
  tdur?: number;
  pid: number;
  tid: number;
  args: { name?: string };
};

export type Trace = {
  tookMs: number;
  /** Frames that were drawn. */
  frames: number;
  /** The longest task of the main thread, ms: so long nothing could be scrolled, typed or drawn. */
  longestTaskMs: number;
  /** The most that one task computed, ms: without its waits for a core. */
  longestWorkMs: number;
  /** Tasks of more than 50 ms. */
  longTasks: number;
  /** Between two frames while frames were wanted, ms. */
  p99FrameMs: number;
  longestFrameMs: number;
  /** From a key or a wheel to the end of the frame that shows it, ms. */
  longestInputMs: number;
};

const longMs = 50;

/** How often each use is recorded. */
export const recordings = 3;

export const traceNotes =
  'From traces of Chromium itself: the time between frames, one being asked for all the time; tasks of the page’s main thread, by the clock and by what they computed; and from an event to the frame that shows it. Each use was recorded three times; each figure is the one in the middle, and the longest frame of each recording stands behind. Server, browser and drawing share the cores, and there is no graphics card: a task waits while its picture before is drawn, so what it computed is held to 50 ms, and what is seen: every frame.';

/** In most recordings no frame takes longer than 50 ms, and no task of the page computes so long. Frames in whole ms. */
export function holdsFrames(traces: readonly Trace[]): boolean {
  const { longestFrameMs, longestWorkMs } = middleOf(traces);
  return Math.round(longestFrameMs) <= longMs && longestWorkMs <= longMs;
}

export function describeTraces(traces: readonly Trace[]): string {
  const { tookMs, frames, longestTaskMs, longestWorkMs, longTasks, p99FrameMs, longestFrameMs, longestInputMs } =
    middleOf(traces);
  const ms = (value: number) => `${Math.round(value)} ms`;
  const input = longestInputMs > 0 ? `; event to frame at most ${ms(longestInputMs)}` : '';
  const each = traces.map((trace) => Math.round(trace.longestFrameMs)).join(', ');
  return `${frames} frames in ${(tookMs / 1_000).toFixed(1)} s, p99 ${ms(p99FrameMs)}, longest ${ms(longestFrameMs)}; longest task ${ms(longestTaskMs)} of which computing at most ${ms(longestWorkMs)}, ${longTasks} over ${longMs} ms${input}${traces.length > 1 ? ` (${each})` : ''}`;
}

/** Each field's median. */
function middleOf(traces: readonly Trace[]): Trace {
  const [first] = traces;
  if (!first) throw new Error('nothing was recorded');
  const fields = Object.keys(first) as (keyof Trace)[];
  const middle = (field: keyof Trace) =>
    traces.map((trace) => trace[field]).sort((a, b) => a - b)[Math.floor(traces.length / 2)] ?? 0;
  return Object.fromEntries(fields.map((field) => [field, middle(field)])) as Trace;
}

/** Runs `use` and traces it. Frames are asked for all the time, so that a missing one is seen. */
export async function traceUse(page: Page, use: () => Promise<void>): Promise<Trace> {
  const session = await page.context().newCDPSession(page);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] },
  } as never);
  // Within the trace: that it begins, and that it is written at its end, takes up to 200 ms, which are not of the page.
  await page.evaluate(beginWatch);
  const startedAt = performance.now();
  await use();
  const tookMs = performance.now() - startedAt;
  const { gaps, inputs } = await page.evaluate(endWatch);
  const events = await stopTracing(session);
  const tasks = listTasks(events);
  const sorted = gaps.toSorted((a, b) => a - b);
  return {
    tookMs,
    frames: gaps.length,
    longestTaskMs: Math.max(0, ...tasks.map(({ ms }) => ms)),
    longestWorkMs: Math.max(0, ...tasks.map(({ workMs }) => workMs)),
    longTasks: tasks.filter(({ ms }) => ms > longMs).length,
    p99FrameMs: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    longestFrameMs: sorted.at(-1) ?? 0,
    longestInputMs: Math.max(0, ...inputs),
  };
}

async function stopTracing(session: CDPSession): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const done = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await done;
  return events;
}

/** How long each task of the pages' main threads took, ms. */
function listTasks(events: readonly TraceEvent[]): { ms: number; workMs: number }[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ ms: dur / 1000, workMs: tdur / 1000 }));
}

type Watch = { gaps: number[]; inputs: number[]; isOver: boolean };

function beginWatch(): void {
  const watch: Watch = { gaps: [], inputs: [], isOver: false };
  let last = performance.now();
  const frame = (now: number) => {
    watch.gaps.push(now - last);
    last = now;
    if (!watch.isOver) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  // After the frame that shows it was painted. Event Timing says the same, but not while Chromium without a screen is traced.
  const note = ({ timeStamp }: Event) =>
    requestAnimationFrame(() => setTimeout(() => watch.inputs.push(performance.now() - timeStamp)));
  for (const name of ['keydown', 'wheel', 'input']) addEventListener(name, note, { capture: true, passive: true });
  Object.assign(globalThis, { watch });
}

function endWatch(): Pick<Watch, 'gaps' | 'inputs'> {
  const { watch } = globalThis as unknown as { watch: Watch };
  watch.isOver = true;
  return { gaps: watch.gaps.slice(1), inputs: watch.inputs };
}
