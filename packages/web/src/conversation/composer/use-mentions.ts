/** The names that are offered after an `@`: which, which of them is chosen by keys, and what choosing writes. */
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { app } from '../../state/app-state.ts';
import { loadPeople, nobody, type Person, presence } from '../../state/rooms/presence.ts';
import { useStore } from '../../state/store.ts';
import { complete, findMention, listMatches } from './mention.ts';

type Given = {
  roomId: string;
  text: string;
  change: (text: string) => void;
  box: RefObject<HTMLTextAreaElement | null>;
};

export function useMentions({ roomId, text, change, box }: Given) {
  const everybody = useStore(presence, ({ people }) => people[roomId]) ?? nobody;
  const me = useStore(app, ({ entityId }) => entityId);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  /** Where an `@` stands whose list was closed. */
  const [closedAt, setClosedAt] = useState<number>();
  const caretAfter = useRef<number>(undefined);
  const mention = useMemo(() => findMention(text, caret), [text, caret]);
  const from = mention?.from;
  const query = mention?.query;
  const matches = useMemo(
    () =>
      query === undefined
        ? []
        : listMatches(
            everybody.filter(({ id }) => id !== me),
            query,
          ), // me I need not call
    [everybody, me, query],
  );
  const options: readonly Person[] = from === closedAt ? nobody : matches;

  useEffect(() => {
    // Who came since is asked for when a name is called.
    if (from !== undefined) loadPeople(roomId).catch(() => {});
    else setClosedAt(undefined);
  }, [roomId, from]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its first.
  useEffect(() => setActive(0), [from, query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: after the text that was completed is in the box.
  useLayoutEffect(() => {
    if (caretAfter.current !== undefined) box.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  }, [text]);

  const choose = ({ name }: Person) => {
    if (!mention) return;
    const completed = complete(text, mention, name);
    caretAfter.current = completed.caret;
    setCaret(completed.caret);
    change(completed.text);
    box.current?.focus();
  };
  /** Whether the key was for the list. */
  const takeKey = ({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean => {
    const person = options[active] ?? options[0];
    if (!person || nativeEvent.isComposing) return false;
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setActive((active + step + options.length) % options.length);
    else if ((key === 'Enter' || key === 'Tab') && !shiftKey) choose(person);
    else if (key === 'Escape') setClosedAt(from);
    else return false;
    return true;
  };
  return { options, active: Math.min(active, options.length - 1), choose, takeKey, setCaret };
}

export type Mentions = ReturnType<typeof useMentions>;
