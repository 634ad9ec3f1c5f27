/** One message of a transcript: who, when, which, and what was said; under it how it ended, where no answer came. */
import { memo, type ReactNode } from 'react';
import type { RoomMessage, Unanswered } from '../../state/app-state.ts';
import { systemId } from '../../state/known-agents.ts';
import { Markdown } from '../../ui/markdown/markdown.tsx';
import { Time } from '../../ui/time.tsx';
import { AttachmentList } from '../attachments/attachment-list.tsx';
import { ActionCard } from './action-card.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { Ending } from './ending.tsx';
import { Frame, nameMe } from './frame.tsx';
import styles from './line.module.css';
import { MessageEditor } from './message-editor.tsx';

export type LineProps = {
  message: RoomMessage;
  /** Whether the server knows its sender as one; what a message says of itself does not count. */
  isAgent: boolean;
  isMine: boolean;
  isNext: boolean;
  /** What it shall say, while it is edited. */
  editing: string | undefined;
  unanswered: Unanswered | undefined;
  onMenu: (message: RoomMessage, anchor: HTMLElement) => void;
};

export const Line = memo(function Line(props: LineProps) {
  const { message, isAgent, isMine, isNext, unanswered, onMenu } = props;
  const { senderId, senderName, createdAt, seq, updatedAt, source } = message;
  if (source === 'system' && senderId === systemId) return <p className={styles.notice}>{message.text}</p>;
  const isCard = isAgent && (source === 'agent_action' || source === 'agent_question');
  const name = isMine ? nameMe(senderName) : senderName;
  return (
    <Frame
      name={name}
      isAgent={isAgent}
      isNext={isNext}
      meta={
        <>
          <Time ms={createdAt} /> <span>#{seq}</span>
          {updatedAt !== undefined && !isCard && <span> edited</span>}
        </>
      }
      tools={
        <button
          type="button"
          className={styles.more}
          aria-haspopup="menu"
          aria-label={`Message ${seq}: what can be done`}
          onClick={({ currentTarget }) => onMenu(message, currentTarget)}
        >
          <span aria-hidden="true">⋯</span>
        </button>
      }
    >
      <Said {...props} />
      {unanswered && <Ending message={message} unanswered={unanswered} />}
    </Frame>
  );
});

function Said({ message, isAgent, editing }: LineProps): ReactNode {
  const { source, text, thought, attachments, metadata } = message;
  if (editing !== undefined) return <MessageEditor message={message} text={editing} />;
  if (isAgent && source === 'agent_action') return <ActionCard message={message} />;
  if (isAgent && source === 'agent_question') return <ApprovalCard message={message} />;
  return (
    <>
      {thought && (
        <details className={styles.thought}>
          <summary>Thought</summary>
          <Markdown text={thought} />
        </details>
      )}
      <Markdown text={text} />
      <AttachmentList attachments={attachments} />
      {metadata.partial === true && <p className={styles.note}>The answer broke off here.</p>}
    </>
  );
}
