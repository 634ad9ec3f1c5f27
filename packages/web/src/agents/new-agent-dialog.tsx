/** A new agent: from a name, or from a character as JSON, picked, dropped or pasted. Its faults are shown before it is made. */
import { type DragEvent, type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { makeAgent } from '../state/agents.ts';
import { showError } from '../state/toasts.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialogs/dialog.tsx';
import page from '../ui/page.module.css';
import type { Fault } from './character-check.ts';
import { type Draft, isRecord } from './character-draft.ts';
import fields from './fields/fields.module.css';
import { checkDraft, toFaults } from './use-character.ts';

/** Files of Eliza OS hold one character, or one in an `agent`. */
function readCharacter(text: string): Draft {
  const parsed: unknown = JSON.parse(text);
  const character = isRecord(parsed) ? (parsed.agent ?? parsed.character ?? parsed) : undefined;
  if (!isRecord(character)) throw new SyntaxError('a character is an object: {"name": …}');
  return character;
}

export default function NewAgentDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [json, setJson] = useState('');
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [isMaking, setMaking] = useState(false);
  const [, navigate] = useLocation();
  const make = async (event: FormEvent) => {
    event.preventDefault();
    setMaking(true);
    try {
      // An id that is there already belongs to somebody: the server gives a new one.
      const { id: _, ...character } = json.trim() === '' ? { name: name.trim(), bio: [] } : readCharacter(json);
      const found = await checkDraft(character);
      setFaults(found);
      if (found.length > 0) return;
      const agentId = await makeAgent(character);
      onClose();
      navigate(`/agents/${agentId}`);
    } catch (error) {
      setFaults(
        error instanceof SyntaxError
          ? [{ path: '', message: `This is not a character: ${error.message}` }]
          : toFaults(error),
      );
    } finally {
      setMaking(false);
    }
  };
  const read = (file: File | undefined) => file?.text().then(setJson, showError);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  };
  return (
    <Dialog title="New agent" isOpen onOpenChange={onClose}>
      <form className={page.stack} onSubmit={make} onDragOver={(event) => event.preventDefault()} onDrop={onDrop}>
        <label className={page.field}>
          Name
          <input
            value={name}
            required={json.trim() === ''}
            disabled={json.trim() !== ''}
            maxLength={200}
            autoComplete="off"
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <label className={page.field}>
          Or a character file
          <input type="file" accept="application/json,.json" onChange={({ target }) => read(target.files?.[0])} />
        </label>
        <div className={fields.field}>
          <label htmlFor="character-json">Its JSON</label>
          <textarea
            id="character-json"
            className={fields.code}
            rows={5}
            spellCheck={false}
            value={json}
            onChange={({ target }) => setJson(target.value)}
          />
          {faults.map(({ path, message }) => (
            <span key={path + message} className={fields.fault} role="alert">
              {path && <code>{path}</code>} {message}
            </span>
          ))}
        </div>
        <div className={page.row}>
          <Button look="main" type="submit" disabled={isMaking}>
            Create and start it
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
