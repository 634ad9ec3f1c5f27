/** A character as it is saved and as it is being changed; faults found here or by the server, each with its path. */
import { RequestFailed } from 'elizad-client';
import { useEffect, useState } from 'react';
import { readAgent, saveAgent } from '../state/agents.ts';
import { app } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import { describeError, showError } from '../state/toasts.ts';
import type { Fault } from './character-check.ts';
import { type Draft, isSame, keepChanges, listChanges, toDraft, withKept } from './character-draft.ts';

/** `listFaults` comes with the schema, which is large: loaded when it is first needed. */
export const checkDraft = async (draft: Draft): Promise<Fault[]> =>
  (await import('./character-check.ts')).listFaults(draft);

export function useCharacter(agentId: string) {
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const [saved, setSaved] = useState<Draft>();
  const [draft, setDraft] = useState<Draft>();
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isSaving, setSaving] = useState(false);
  useEffect(() => {
    if (!isOnline) return;
    readAgent(agentId).then((detail) => {
      const there = toDraft(detail);
      setSaved(there);
      setDraft((now) => now ?? withKept(agentId, there));
    }, showError);
  }, [agentId, isOnline]);
  const isChanged = saved !== undefined && draft !== undefined && !isSame(saved, draft);
  const change = (next: Draft) => {
    setDraft(next);
    if (saved) keepChanges(agentId, saved, next);
  };
  const discard = () => {
    setFaults([]);
    if (saved) change(saved);
  };
  const save = async (): Promise<boolean> => {
    if (!saved || !draft) return false;
    setSaving(true);
    try {
      const found = await checkDraft(draft);
      setFaults(found);
      if (found.length > 0) return false;
      const there = toDraft(await saveAgent(agentId, listChanges(saved, draft)));
      setSaved(there);
      setDraft(there);
      keepChanges(agentId, there, there);
      return true;
    } catch (error) {
      setFaults(toFaults(error));
      return false;
    } finally {
      setSaving(false);
    }
  };
  return { draft, faults, isChanged, isSaving, change, discard, save };
}

/** What the server found, at its place; anything else at none. */
export function toFaults(error: unknown): Fault[] {
  const { issues = [] } = error instanceof RequestFailed ? error.details : {};
  if (issues.length > 0) return issues.map(({ path, message }) => ({ path, message }));
  const { text, hint } = describeError(error);
  return [{ path: '', message: [text, hint].filter(Boolean).join(' ') }];
}
