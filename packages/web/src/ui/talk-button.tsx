/** Opens the DM with an agent. */
import { MessageCircle } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { openDm } from '../state/messages/conversation.ts';
import { showError } from '../state/toasts.ts';
import { Button } from './button.tsx';

type Props = { agentId: string; label?: string; look?: 'main' | 'plain' };

export function TalkButton({ agentId, label = 'Talk', look = 'main' }: Props) {
  const [, navigate] = useLocation();
  const [isOpening, setOpening] = useState(false);
  const open = async () => {
    setOpening(true);
    try {
      navigate(`/rooms/${await openDm(agentId)}`);
    } catch (error) {
      showError(error);
      setOpening(false);
    }
  };
  return (
    <Button look={look} disabled={isOpening} onClick={open}>
      <MessageCircle size={16} aria-hidden="true" />
      {label}
    </Button>
  );
}
