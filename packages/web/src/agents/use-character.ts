/** A character as it is saved and as it is being changed; faults found here or by the server, each with its path. */
import { RequestFailed } from 'elizad-client';
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { readAgent, saveAgent } from '../state/agents.ts';
import { app } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import { describeError, showError } from '../state/toasts.ts';
import { listChanges, rebase } from './character-changes.ts';
import type { Fault } from './character-check.ts';
import { type Draft, isSame, toDraft } from './character-draft.ts';
import { keepChanges, withKept } from './kept-changes.ts';

/** `listFaults` comes with the schema, which is large: loaded when it is first needed. */
export const checkDraft = async (draft: Draft): Promise<Fault[]> =>
  (await import('./character-check.ts')).listFaults(draft);

/** What was read, and what was made of it. */
type Edited = { base: Draft; draft: Draft };

/** What is being edited, drawn, and at hand for what was waiting: it may have been typed on meanwhile. */
function useEdited(agentId: string) {
  const latest = useRef<Edited>(undefined);
  const [edited, setEdited] = useState<Edited>();
  const set = (next: Edited) => {
    latest.current = next;
    setEdited(next);
  };
  /** What the server has now, under what was made of `before` here. Drawn at once: the next letter goes into it. */
  const take = (there: Draft, before = latest.current?.base) => {
    const draft = latest.current ? rebase(before, latest.current.draft, there) : withKept(agentId, there);
    flushSync(() => set({ base: there, draft: draft as Draft }));
  };
  const change = (draft: Draft) => {
    if (!latest.current) return;
    set({ ...latest.current, draft });
    keepChanges(agentId, latest.current.base, draft);
  };
  return { edited, latest, take, change };
}

export function useCharacter(agentId: string) {
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const { edited, latest, take, change } = useEdited(agentId);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isSaving, setSaving] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `take` is another function each time, and does the same.
  useEffect(() => {
    // What is asked for before a save ends may be older than what the save answers.
    if (!isOnline || isSaving) return;
    let isLate = false;
    readAgent(agentId).then((detail) => {
      if (!isLate) take(toDraft(detail));
    }, showError);
    return () => {
      isLate = true;
    };
  }, [agentId, isOnline, isSaving]);
  const discard = () => {
    setFaults([]);
    if (edited) change(edited.base);
  };
  const save = async (): Promise<boolean> => {
    if (!edited) return false;
    const { base, draft } = edited;
    setSaving(true);
    try {
      const found = await checkDraft(draft);
      setFaults(found);
      if (found.length > 0) return false;
      take(toDraft(await saveAgent(agentId, listChanges(base, draft))), draft);
      // What is kept is only what was typed during the save.
      if (latest.current) change(latest.current.draft);
      return true;
    } catch (error) {
      setFaults(toFaults(error));
      return false;
    } finally {
      setSaving(false);
    }
  };
  const isChanged = edited !== undefined && !isSame(edited.base, edited.draft);
  return { draft: edited?.draft, faults, isChanged, isSaving, change, discard, save };
}

/** What the server found, at its place; anything else at none. */
export function toFaults(error: unknown): Fault[] {
  const { issues = [] } = error instanceof RequestFailed ? error.details : {};
  if (issues.length > 0) return issues.map(({ path, message }) => ({ path, message }));
  const { text, hint } = describeError(error);
  return [{ path: '', message: [text, hint].filter(Boolean).join(' ') }];
}
