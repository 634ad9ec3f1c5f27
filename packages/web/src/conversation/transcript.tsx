/** What was said in a room, what is on its way, and what is being answered; only what is seen is drawn. */
import { ArrowDown } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { app, type Conversation, type RoomMessage } from '../state/app-state.ts';
import { useStore } from '../state/store.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Announcer } from './announcer.tsx';
import { Line } from './line/line.tsx';
import { LineBoundary } from './line/line-boundary.tsx';
import { DayMark, isSameDay, UnreadMark } from './line/marks.tsx';
import { type Extra, listExtras, OnItsWay } from './on-its-way.tsx';
import styles from './transcript.module.css';
import { useTranscriptList } from './use-transcript-list.ts';

const MessageMenu = lazy(() => import('./line/message-menu.tsx'));

/** What the same one says within this time stands together, in ms. */
const togetherMs = 5 * 60_000;

type Props = {
  roomId: string;
  conversation: Conversation;
  /** The `seq` to show; another value shows another place. */
  at?: { seq: number } | undefined;
  /** The first `seq` that was not read when the room was opened. */
  unreadFrom?: number | undefined;
};

const belongsTo = (message: RoomMessage, before: RoomMessage | undefined): boolean =>
  before?.senderId === message.senderId &&
  before.source === message.source &&
  message.createdAt - before.createdAt < togetherMs &&
  isSameDay(before.createdAt, message.createdAt);

export function Transcript({ roomId, conversation, at, unreadFrom }: Props) {
  const agents = useStore(app, (state) => state.agents);
  const entityId = useStore(app, (state) => state.entityId);
  const [menu, setMenu] = useState<{ message: RoomMessage; anchor: HTMLElement }>();
  const extras = useMemo(() => listExtras(conversation), [conversation]);
  const keys = useMemo(() => extras.map(({ key }) => key), [extras]);
  const shown = useTranscriptList({ roomId, conversation, extras: keys, unreadFrom });
  const { list, scroller, items, said, isAtEnd, jumpTo } = shown;
  const agentIds = useMemo(() => new Set(agents.map(({ id }) => id)), [agents]);
  const openMenu = useCallback((message: RoomMessage, anchor: HTMLElement) => setMenu({ message, anchor }), []);
  const { isLoaded, unanswered, editing } = conversation;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each place that is asked for.
  useEffect(() => {
    if (at && isLoaded) jumpTo(at.seq).catch(showError);
  }, [at, isLoaded]);

  // Also what is out of sight is edited in sight.
  const editedId = editing?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it begins.
  useEffect(() => {
    const edited = conversation.messages.find(({ id }) => id === editedId);
    if (edited) shown.show(edited.seq);
  }, [editedId]);

  // That people talk among themselves is no failure.
  const isWorthSaying = ({ id, senderId }: RoomMessage, isLast: boolean): boolean =>
    unanswered[id]?.outcome !== 'no-agent' || (isLast && senderId === entityId);

  const draw = (index: number) => {
    if (index >= said) return <OnItsWay roomId={roomId} extra={extras[index - said] as Extra} agents={agents} />;
    const message = shown.findMessage(index);
    if (!message) return shown.isDeleted(index) ? null : <div className={styles.hole} aria-hidden="true" />;
    const before = shown.findBefore(message);
    const isFirstUnread = message.seq === unreadFrom;
    return (
      <LineBoundary of={message} name={message.senderName} text={message.text}>
        {!isSameDay(before?.createdAt, message.createdAt) && <DayMark ms={message.createdAt} />}
        {isFirstUnread && <UnreadMark />}
        <Line
          message={message}
          isAgent={agentIds.has(message.senderId)}
          isMine={message.senderId === entityId}
          isNext={!isFirstUnread && belongsTo(message, before)}
          editing={editing?.id === message.id ? editing.text : undefined}
          unanswered={isWorthSaying(message, index === said - 1) ? unanswered[message.id] : undefined}
          onMenu={openMenu}
        />
      </LineBoundary>
    );
  };

  return (
    <div className={styles.frame}>
      <div
        className={styles.scroller}
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        role="log"
        aria-label="Messages"
        aria-live="off"
        onKeyDown={shown.onKeyDown}
      >
        {isLoaded && said + extras.length === 0 && <p className={styles.empty}>No messages yet.</p>}
        <ol className={styles.lines} ref={list.containerRef}>
          {items.map(({ key, index }) => (
            <li
              key={key}
              data-index={index}
              ref={list.measureElement}
              className={styles.row}
              data-target={at !== undefined && key === at.seq}
            >
              {draw(index)}
            </li>
          ))}
        </ol>
      </div>
      {!isAtEnd && said > 0 && (
        <div className={styles.newest}>
          <Button onClick={shown.toEnd}>
            <ArrowDown size={16} aria-hidden="true" />
            Newest
          </Button>
        </div>
      )}
      <Announcer message={conversation.messages.at(-1)} entityId={entityId} />
      {menu && (
        <Suspense>
          <MessageMenu
            message={menu.message}
            anchor={menu.anchor}
            isMine={menu.message.senderId === entityId}
            onClose={() => setMenu(undefined)}
          />
        </Suspense>
      )}
    </div>
  );
}
