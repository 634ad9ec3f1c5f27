/** Files from the disk, or from the camera of a phone. */
import { Paperclip } from 'lucide-react';
import { useRef } from 'react';
import { addFiles } from '../../state/messages/uploads.ts';
import { Button } from '../../ui/button.tsx';

export function AttachButton({ roomId }: { roomId: string }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look="quiet" aria-label="Attach files" title="Attach files" onClick={() => picker.current?.click()}>
        <Paperclip size={18} aria-hidden="true" />
      </Button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={({ target }) => {
          addFiles(roomId, [...(target.files ?? [])]);
          // The same file again is a change too.
          target.value = '';
        }}
      />
    </>
  );
}
