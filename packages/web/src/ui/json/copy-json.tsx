/** A button that copies a value as JSON, and says that it did. */
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { showError } from '../../state/toasts.ts';
import { Button } from '../button.tsx';

export function CopyJson({ value }: { value: unknown }) {
  const [copied, setCopied] = useState<unknown>();
  const isCopied = copied !== undefined && copied === value;
  const copy = async () => {
    if (!navigator.clipboard) throw new Error('This browser copies only on pages with HTTPS. Select the text instead.');
    await navigator.clipboard.writeText(JSON.stringify(value, null, 2));
    setCopied(value);
  };
  return (
    <Button onClick={() => copy().catch(showError)}>
      {isCopied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
      <span aria-live="polite">{isCopied ? 'Copied' : 'Copy JSON'}</span>
    </Button>
  );
}
