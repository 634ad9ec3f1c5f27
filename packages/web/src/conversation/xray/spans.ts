/** The stages of a turn as bars on a line of time: what took how long. */
import type { RestOutput } from 'elizad-client';

export type Xray = RestOutput<'get-message-xray'>['data'];
export type XrayTurn = Xray['turns'][number];
type Stage = XrayTurn['stages'][number];

export type Span = {
  label: string;
  kind: 'wait' | 'own' | 'model' | 'action' | 'people';
  from: number;
  to: number;
  isError?: boolean;
  /** It is not over. */
  isOpen?: boolean;
};

type Rule = { kind: Span['kind']; label: (stage: Stage) => string };

/** What ends with a stage, and so what the time before it was spent on. */
const before: Readonly<Record<string, Rule>> = {
  stored: { kind: 'own', label: () => 'Stored, durably' },
  claimed: {
    kind: 'wait',
    label: ({ attempt }) => (Number(attempt) > 1 ? `Waited, try ${attempt}` : 'Waited in the queue'),
  },
  context: { kind: 'own', label: () => 'Gathered what it knows' },
  decided: { kind: 'model', label: ({ answer }) => `Decided ${answer ? 'to answer' : 'not to answer'}` },
  asked: { kind: 'own', label: () => 'Wrote the prompt' },
  'fell-back': { kind: 'model', label: ({ model }) => `Fell back to ${model}` },
  'first-token': { kind: 'model', label: () => 'Model, to its first token' },
  thought: { kind: 'model', label: ({ code }) => (code ? `Model failed: ${code}` : 'Model, to its last token') },
  action: { kind: 'action', label: ({ action }) => `Action ${action}` },
  'asked-people': { kind: 'people', label: ({ action }) => `Asked people about ${action}` },
  posted: { kind: 'own', label: () => 'Posted, and told the room' },
};

const isError = ({ isError: failed, code }: Stage): boolean => failed === true || code !== undefined;

/** In the order of time. `now` is where one is in a turn that is not over. */
export function listSpans({ stages, state, endedAt }: XrayTurn, now: number): Span[] {
  const spans = stages.flatMap((stage, index): Span[] => {
    const last = stages[index - 1];
    const rule = before[stage.name];
    if (!last || !rule) return [];
    const isAfterPeople = last.name === 'asked-people' && stage.name === 'claimed';
    const from = stage.name === 'action' ? Math.max(last.at, stage.at - Number(stage.ms ?? 0)) : last.at;
    const span: Span = { label: rule.label(stage), kind: rule.kind, from, to: stage.at, isError: isError(stage) };
    return [isAfterPeople ? { ...span, kind: 'people', label: 'Waited for a person' } : span];
  });
  const end = stages.at(-1)?.at ?? 0;
  if (state === 'ended') {
    if (endedAt !== null && stages.at(-1)?.name !== 'posted')
      spans.push({ label: 'Ended', kind: 'own', from: end, to: endedAt });
    return spans;
  }
  const label = { queued: 'Waits in the queue', running: 'At work', waiting: 'Waits for a person' }[state];
  return [...spans, { label, kind: 'wait', from: end, to: Math.max(now, end), isOpen: true }];
}

export const formatMs = (ms: number): string =>
  ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;

/** The turn in a sentence. */
export function describeTurn(turn: XrayTurn): string {
  const { outcome, endedAt, stages } = turn;
  const first = stages.find(({ name }) => name === 'first-token');
  const parts = [
    outcome === null ? 'not over yet' : `${outcome}${endedAt === null ? '' : ` after ${formatMs(endedAt)}`}`,
    ...(first ? [`first token after ${formatMs(first.at)}`] : []),
    ...(turn.model ? [turn.model] : []),
    ...(turn.inputTokens ? [`${turn.inputTokens} tokens in, ${turn.outputTokens ?? 0} out`] : []),
    ...(turn.cost ? [`$${turn.cost.toFixed(4)}`] : []),
    ...(turn.attempts > 1 ? [`${turn.attempts} tries`] : []),
  ];
  return parts.join(' · ');
}
