/** A room to try an agent in, beside its character. It is made with the first word, and thrown away when one leaves it. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Transcript } from '../conversation/transcript.tsx';
import { openTrial, throwAway } from '../state/agents.ts';
import { type Agent, app, emptyConversation } from '../state/app-state.ts';
import { openConversation } from '../state/messages/conversation.ts';
import { say } from '../state/messages/outbox.ts';
import { useStore } from '../state/store.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import page from '../ui/page.module.css';
import styles from './agents.module.css';

type Props = { agent: Agent; isChanged: boolean; onSaveAndTry: () => void; onAgain: () => void };

export default function TryAgent({ agent: { id, name, status }, isChanged, onSaveAndTry, onAgain }: Props) {
  const room = useRef<Promise<string>>(undefined);
  const [roomId, setRoomId] = useState<string>();
  const [text, setText] = useState('');
  const conversation = useStore(app, ({ conversations }) => (roomId ? conversations[roomId] : undefined));
  useEffect(() => {
    const leave = () => void room.current?.then(throwAway).catch(showError);
    // The page may be kept and shown again: then so is the room.
    const onPageHide = ({ persisted }: PageTransitionEvent) => !persisted && leave();
    addEventListener('pagehide', onPageHide);
    return () => {
      removeEventListener('pagehide', onPageHide);
      leave();
    };
  }, []);
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    setText('');
    try {
      room.current ??= openTrial(id, name);
      const opened = await room.current;
      if (!roomId) await openConversation(opened);
      setRoomId(opened);
      say(opened, text);
    } catch (error) {
      room.current = undefined;
      showError(error);
    }
  };
  return (
    <section className={styles.trial} aria-label={`Try ${name}`}>
      <header className={page.row}>
        <h2>Try it</h2>
        {roomId && (
          <Button look="quiet" onClick={onAgain}>
            Start over
          </Button>
        )}
      </header>
      <p className={page.note}>
        {isChanged ? (
          <>
            It answers with what is saved. <Button onClick={onSaveAndTry}>Save and try</Button>
          </>
        ) : (
          'In a room of its own, which goes when you leave.'
        )}
      </p>
      <Transcript roomId={roomId ?? ''} conversation={conversation ?? emptyConversation} />
      <form className={styles.ask} onSubmit={send}>
        <input
          value={text}
          aria-label={`Try a message to ${name}`}
          placeholder={status === 'active' ? 'Say something' : 'It is stopped: start it first'}
          disabled={status !== 'active'}
          onChange={({ target }) => setText(target.value)}
        />
        <Button look="main" type="submit" disabled={status !== 'active' || text.trim() === ''}>
          Ask
        </Button>
      </form>
    </section>
  );
}
