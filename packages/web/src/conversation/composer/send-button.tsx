/** Sends what is written; while an answer is under way and nothing is written, it stops the answer. */
import { ArrowUp, Square } from 'lucide-react';
import { stopAnswer } from '../../state/messages/conversation.ts';
import { Button } from '../../ui/button.tsx';

type Props = { roomId: string; isEmpty: boolean; isTooLong: boolean; isAnswering: boolean };

export function SendButton({ roomId, isEmpty, isTooLong, isAnswering }: Props) {
  if (isEmpty && isAnswering)
    return (
      <Button key="stop" aria-label="Stop" title="Stop the answer" onClick={() => stopAnswer(roomId)}>
        <Square size={16} fill="currentColor" aria-hidden="true" />
      </Button>
    );
  return (
    <Button key="send" look="main" type="submit" aria-label="Send" title="Send" disabled={isEmpty || isTooLong}>
      <ArrowUp size={18} aria-hidden="true" />
    </Button>
  );
}
