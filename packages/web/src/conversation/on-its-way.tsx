/** What stands after the last message: what I said and is not stored yet, answers as they are made, and who is waited for. */
import { useDeferredValue } from 'react';
import { type Agent, app, type Conversation, type Pending, type Stream } from '../state/app-state.ts';
import { discardPending, sayAgain } from '../state/messages/outbox.ts';
import { myName } from '../state/session.ts';
import { useStore } from '../state/store.ts';
import { Button } from '../ui/button.tsx';
import { Markdown } from '../ui/markdown/markdown.tsx';
import { AttachmentList } from './attachments/attachment-list.tsx';
import { Frame, nameMe } from './line/frame.tsx';
import styles from './line/line.module.css';
import { LineBoundary } from './line/line-boundary.tsx';

export type Extra =
  | { key: string; kind: 'pending'; pending: Pending }
  | { key: string; kind: 'stream'; stream: Stream }
  | { key: string; kind: 'waiting' };

export function listExtras({ pending, streams, waiting }: Conversation): Extra[] {
  const under = Object.entries(streams);
  const extras: Extra[] = [
    ...pending.map((one) => ({ key: one.clientMessageId, kind: 'pending' as const, pending: one })),
    ...under.map(([key, stream]) => ({ key, kind: 'stream' as const, stream })),
  ];
  const isStreaming = under.some(([, { error }]) => !error);
  if (waiting.length > 0 && !isStreaming) extras.push({ key: 'waiting', kind: 'waiting' });
  return extras;
}

type Props = { roomId: string; extra: Extra; agents: readonly Agent[] };

export function OnItsWay({ roomId, extra, agents }: Props) {
  if (extra.kind === 'waiting') return <p className={styles.waiting}>Waiting for an answer…</p>;
  if (extra.kind === 'pending') {
    const { pending } = extra;
    return (
      <LineBoundary of={pending} name="You" text={pending.text}>
        <Unsent roomId={roomId} pending={pending} />
      </LineBoundary>
    );
  }
  const { stream } = extra;
  const name = agents.find(({ id }) => id === stream.agentId)?.name ?? 'Agent';
  return (
    <LineBoundary of={stream} name={name} text={stream.text}>
      <Streaming stream={stream} name={name} />
    </LineBoundary>
  );
}

function Unsent({ roomId, pending }: { roomId: string; pending: Pending }) {
  const isFailed = pending.state === 'failed';
  return (
    <Frame name={nameMe(myName())} isAgent={false} state={pending.state} meta={isFailed ? 'not sent' : 'sending…'}>
      <Markdown text={pending.text} />
      <AttachmentList attachments={pending.attachments ?? []} />
      {isFailed && (
        <div className={styles.note} data-look="danger">
          <p>{pending.error}</p>
          <p className={styles.deeds}>
            <Button onClick={() => sayAgain(roomId, pending)}>Send again</Button>
            <Button look="quiet" onClick={() => discardPending(roomId, pending)}>
              Discard
            </Button>
          </p>
        </div>
      )}
    </Frame>
  );
}

function Streaming({ stream, name }: { stream: Stream; name: string }) {
  const isOnline = useStore(app, ({ connection }) => connection === 'online');
  const text = useDeferredValue(stream.text);
  const { error } = stream;
  const meta = error ? 'broke off' : isOnline ? 'answers…' : 'connection lost; continues after reconnecting';
  return (
    <Frame name={name} isAgent state={error ? 'failed' : 'streaming'} meta={meta}>
      <Markdown text={text} />
      {error && <p className={styles.note}>{error}</p>}
    </Frame>
  );
}
