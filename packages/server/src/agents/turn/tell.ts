/** What becomes of the parts of a turn (stop 6 of the walk): its room hears them, and its work is kept. */
import { type Attachment, defaultLimits } from 'elizad-protocol';
import { postAside } from '../../messaging/posts/agent-posts.ts';
import { askApproval } from '../../messaging/posts/approvals.ts';
import { saveProgress } from '../../storage/turns/turns.ts';
import { beginCall, settleCard } from './action-card.ts';
import type { Part, Tell } from './runner.ts';
import type { RunningTurn } from './running-turn.ts';
import type { TurnDeps } from './turn-deps.ts';

/** Attachments of one answer, at most. */
const mostAttachments = 10;

type PartOf<T extends Part['type']> = Extract<Part, { type: T }>;
type Ended = Extract<Part, { type: 'card'; status: 'completed' | 'failed' }>;

export function createTell({ messaging }: Pick<TurnDeps, 'messaging'>, of: RunningTurn): Tell {
  const { agent, turn, trace, work } = of;
  const { answers, database } = messaging;
  // Somebody who keeps what people say short does not mean that agents shall break off.
  const most = Math.max(messaging.limits.maxTextLength, defaultLimits.maxTextLength);
  const began = new Map<string, number>();
  /** Whole messages before the one that is being said; and whether that one is whole. */
  let earlier = 0;
  let isWhole = false;

  function say(text: string): boolean {
    if (text === '') return true;
    const fitting = cutTo(text, most - work.text.length);
    work.text += fitting;
    answers.say({ messageId: turn.id, chunk: fitting, agentId: agent.id, channelId: turn.channel_id });
    return fitting.length === text.length;
  }

  function startOver(): void {
    // The next piece has the index 0: clients show it in place of the text so far.
    answers.end(turn.id);
    work.text = '';
  }

  /** What was whole is posted, as a message that ends nothing: the answer is still to come. */
  async function postEarlier(): Promise<boolean> {
    isWhole = false;
    const posted = await postAside(messaging, turn.channel_id, {
      senderId: agent.id,
      senderName: agent.name,
      text: work.text.trim(),
      thought: work.thought === '' ? null : work.thought,
      source: 'agent_response',
      actions: [...new Set(work.actions)],
      attachments: work.attachments,
      metadata: {},
      // Who waits for the reply gets the answer.
      inReplyTo: null,
      // Run again after a crash, the turn says it again: it is posted once.
      clientMessageId: `${turn.id} ${earlier}`,
    });
    earlier += 1;
    startOver();
    Object.assign(work, { thought: '', actions: [], attachments: [] });
    return posted !== undefined;
  }

  async function takeMessage({ text, thought, actions, attachments }: PartOf<'said'>): Promise<boolean> {
    if (isWhole && !(await postEarlier())) return false;
    if (!text.startsWith(work.text)) startOver();
    const fits = say(text.slice(work.text.length));
    work.thought = cutTo(thought ?? work.thought, most);
    work.actions.push(...actions);
    attach(attachments);
    isWhole = true;
    return fits;
  }

  const attach = (attachments: readonly Attachment[]) => {
    work.attachments = [...work.attachments, ...attachments].slice(0, mostAttachments);
  };

  async function endCall({ id, action, status, output, attachments = [] }: Ended): Promise<boolean> {
    const isError = status === 'failed';
    const ms = Math.round(performance.now() - (began.get(id) ?? performance.now()));
    trace.mark('action', { action, ms, isError });
    const card = work.calls[id]?.card ?? null;
    work.calls[id] = { card, result: { id, name: action, output, isError } };
    if (!isError) work.actions.push(action);
    attach(attachments);
    const isOpen = await saveProgress(database.db, turn.id, JSON.stringify(work));
    if (card !== null) await settleCard(messaging, card, { isError, output });
    return isOpen;
  }

  async function ask({ type: _, timeoutMs, ...asked }: PartOf<'question'>): Promise<boolean> {
    await askApproval(messaging, turn, { ...asked, agentName: agent.name, deadline: Date.now() + timeoutMs });
    trace.mark('asked-people', { action: asked.action });
    // The wait may outlive the process, and what was done before it shall be known.
    return saveProgress(database.db, turn.id, JSON.stringify(work));
  }

  return (part) => {
    switch (part.type) {
      case 'chunk':
        return isWhole ? postEarlier().then((isOpen) => isOpen && say(part.text)) : say(part.text);
      case 'said':
        return takeMessage(part);
      case 'thought':
        work.thought += cutTo(part.text, most - work.thought.length);
        return true;
      case 'card':
        if (part.status !== 'executing') return endCall(part);
        began.set(part.id, performance.now());
        return beginCall(messaging, of, { id: part.id, name: part.action }, work);
      case 'usage':
        trace.addUsage(part);
        if (part.model !== undefined) trace.setModel(part.model);
        return true;
      case 'question':
        return ask(part);
    }
  };
}

/** As much of it as there is room for. */
const cutTo = (text: string, room: number): string =>
  text.length <= room ? text : text.slice(0, Math.max(0, room)).toWellFormed();
